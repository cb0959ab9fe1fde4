import SockKit

/// A full receive buffer drops datagrams, and nobody is told.
enum UdpLoss: Experiment {
    static let title = "A slow receiver loses datagrams, and every send succeeds all the same"
    static let covers = [83]
    static let documents = [SourceDocument.processes]
    static let claim = "UDP cannot guarantee that what was sent arrives: it is not reliable."
    static let question =
        "A server does not read, and a client sends 200 datagrams. What do the sends say, and what arrives?"

    static let expectations = [
        Expectation(
            says: "The transport is not reliable.",
            here: "{sent} sends succeeded; {received} datagrams were read later, and {dropped} had been dropped",
            why: """
                The receive buffer ({buffer} bytes, bookkeeping included) was full, and UDP has nothing that slows a sender \
                down. The kernel drops what has no room, on this machine too, without any network in between.
                """,
            holds: .equal("sent", 200), .sum(["received", "dropped"], equals: "sent"), .atLeast("dropped", 1),
            .atLeast("received", 1)),
        Expectation(
            here: "no send failed ({failed:failure}); only the receiver's socket counts its losses",
            why: """
                send(2) returns once the datagram is on its way. What becomes of it is known at the other end alone \
                (SO_MEMINFO here, and RcvbufErrors in /proc/net/snmp), and nothing reports it back.
                """,
            holds: .equal("failed", 0)),
        Expectation(
            here: "those that arrived were the numbers {first} to {last}, in the order in which they were sent",
            why: """
                What came while there was room is kept, and the latest are lost. On loopback the order holds; a real network \
                may also change it.
                """,
            holds: .isTrue("in order"), .equal("first", 1)),
    ]

    static let commands = """
        1$ sockctl udp-recv --stats --first-read-delay 300ms --rcvbuf 8K --timeout 1s 127.0.0.1:3000 >/dev/null
        193 datagrams dropped by the kernel: the receive buffer of 16.0 KiB was full
        received        7
        kernel dropped  193
        lost            193
        ...
        2$ sockctl udp-send --size 1000 --count 200 127.0.0.1:3000
        sent        200
        refused     0
        ...
        """

    static let lesson = """
        A send that succeeds says nothing about arrival. Whoever needs every datagram numbers them, has them acknowledged and \
        sends them again, which is what TCP and QUIC do.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        var options = SocketOptions()
        options.receiveBuffer = 8192
        let server = try await stage.server.bind(.udp, "127.0.0.1:0", ListenConfiguration(options: options))
        let client = try await stage.client.bind()
        let buffer = server.socket.bufferSizes?.receive ?? 0
        stage.kernel.says("the server's receive buffer: \(buffer) bytes", source: "SO_RCVBUF")
        stage.found("buffer", .bytes(buffer))

        await stage.step("The client sends 200 datagrams of 1000 bytes, and nobody reads")
        let failed = await send(200, from: client, to: server)
        stage.client.note("200 sends: \(failed == 0 ? "all succeeded" : "\(failed) failed")")
        stage.found("sent", .number(200 - failed))
        stage.found("failed", .number(failed))
        await settle(server, stage)
        stage.kernel.drops(of: server)

        await stage.step("Now the server reads whatever there is")
        let numbers = await drain(server, stage, until: 200)
        stage.server.note("\(numbers.count) datagrams read, numbers \(numbers.first ?? 0) to \(numbers.last ?? 0)")
        stage.found("received", .number(numbers.count))
        stage.found("dropped", .number(stage.kernel.drops(of: server)))
        stage.found("first", .number(numbers.first ?? 0))
        stage.found("last", .number(numbers.last ?? 0))
        stage.found("in order", .flag(numbers == numbers.sorted()))
    }

    /// How many of these sends failed. Each datagram begins with its number.
    @Netpoller
    private static func send(_ count: Int, from client: LabSocket, to server: LabSocket) async -> Int {
        let quiet = LabSocket(client.socket, of: client.party.quiet)
        var failed = 0
        for number in 1...count {
            let text = "\(number) "
            let bytes = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 1000 - text.utf8.count)
            if await quiet.send(bytes, to: server.endpoint) != nil { failed += 1 }
        }
        return failed
    }

    /// Waits until the kernel has dropped something, and then drops nothing more.
    @Netpoller
    private static func settle(_ server: LabSocket, _ stage: Stage) async {
        var last = -1
        _ = await stage.until { (server.socket.drops ?? 0) > 0 }
        while last != server.socket.drops {
            last = server.socket.drops ?? 0
            await stage.pause(.milliseconds(20))
        }
    }

    /// The numbers of the datagrams that wait, until none of so many is missing.
    @Netpoller
    private static func drain(_ server: LabSocket, _ stage: Stage, until count: Int) async -> [Int] {
        let quiet = LabSocket(server.socket, of: server.party.quiet)
        var numbers: [Int] = []
        server.socket.readDeadline = .now + .seconds(5)
        while numbers.count + (server.socket.drops ?? 0) < count {
            let (datagram, bytes, _) = await quiet.receive()
            guard datagram != nil else { break }
            numbers.append(Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)) ?? 0)
        }
        return numbers
    }
}
