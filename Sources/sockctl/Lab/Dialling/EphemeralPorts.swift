import SockKit

/// Which ports clients get.
enum EphemeralPorts: Experiment {
    static let title = "Ports of connect and of bind come from one range, but from different halves of it"
    static let covers = [39]
    static let documents = [SourceDocument.basics]
    static let claim = """
        Each dial prints another local port: 61901, 61902, 61903, and so on.
        """
    static let question = "Which ports do 40 dials get, which ones 40 binds to port 0, and what if there are none left?"

    static let expectations = [
        Expectation(
            says: "The ports follow each other.",
            here: "the dials got {some dialled}: {consecutive:pair} of neighbours that follow each other by one",
            why: """
                Linux starts at a place that depends on both addresses and a secret, so that nobody can guess the next \
                port (RFC 6056, inet_hash_connect). In the document macOS counted.
                """, document: .elsewhere,
            holds: .equal("consecutive", 0)),
        Expectation(
            here:
                "all are from {low} to {high} (ip_local_port_range): {in range}; of {dials} dials {connect half} got a port of the one half, of {dials} binds {bind half} one of the other",
            why: """
                connect(2) prefers the ports with the same parity as the first of the range, bind(2) to port 0 the \
                others: so servers with many clients do not take the ports that bind needs.
                """,
            holds: .isTrue("in range"), .equal("connect half", to: "dials"), .equal("bind half", to: "dials")),
        Expectation(
            here: "with a range of 5 ports, {few:dial} succeeded, then: {exhausted}; to another server: {other}",
            why: """
                The port has to be new for each destination only: the four numbers must differ. When all are taken, \
                connect(2) says EADDRNOTAVAIL. Those in TIME-WAIT count as taken too, unless the kernel may use them \
                again (tcp_tw_reuse, by default on loopback only).
                """,
            holds: .unless(
                "no such option", .atLeast("few", 1), .atMost("few", 5), .equal("exhausted", "EADDRNOTAVAIL"),
                .equal("other", "connected"))),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time -k -v
        ...
        accepted 127.0.0.1:59236, connection 1
        ...
        accepted 127.0.0.1:59250, connection 2
        ...
        2$ sockctl dial 127.0.0.1:3000
        2026-11-28 17:08:47
        3$ sockctl dial 127.0.0.1:3000
        2026-11-28 17:08:47
        """

    static let lesson = """
        A client has some 28,000 ports for each destination, and each connection that it closes first keeps one for a \
        minute. Who dials the same remote server hundreds of times a second runs out: keep connections instead.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        guard let range = KernelSettings.now.localPorts, range.count > 2000 else {
            throw .notRun("net.ipv4.ip_local_port_range is not known, or too short to choose from")
        }
        stage.found("low", .number(range.lowerBound))
        stage.found("high", .number(range.upperBound))
        let dials = 40
        try stage.require(
            ProcessCalls.descriptorLimit > 2 * dials + 60, else: "\(2 * dials) sockets need more descriptors")
        stage.found("dials", .number(dials))
        await stage.step("A client dials \(dials) times, and binds \(dials) times to port 0")
        let listener = try await stage.server.listen(.tcp4)
        let quiet = stage.client.quiet
        var dialled: [Int] = []
        for _ in 1...dials {
            let client = try await quiet.dial(listener, Dialer(timeout: .seconds(5)))
            dialled.append(Int(client.connection.localEndpoint.port ?? 0))
        }
        let bound = try (1...dials).map { _ throws(Interruption) in
            let socket = try quiet.socket()
            socket.bind(.ip(.v4Loopback, port: 0))
            return Int(socket.endpoint.port ?? 0)
        }
        stage.client.note("dials: \(dialled.prefix(4).map(String.init).joined(separator: ", ")) …")
        stage.client.note("binds: \(bound.prefix(4).map(String.init).joined(separator: ", ")) …")
        stage.found("some dialled", .text(dialled.prefix(4).map(String.init).joined(separator: ", ") + " …"))
        stage.found("consecutive", .number(zip(dialled, dialled.dropFirst()).filter { $1 == $0 + 1 }.count))
        stage.found("in range", .flag((dialled + bound).allSatisfy(range.contains)))
        stage.found("connect half", .number(dialled.filter { ($0 - range.lowerBound) % 2 == 0 }.count))
        stage.found("bind half", .number(bound.filter { ($0 - range.lowerBound) % 2 == 1 }.count))

        await stage.step("A client may use only five ports (IP_LOCAL_PORT_RANGE)")
        try await exhaust(stage, listener, range.upperBound - 104...range.upperBound - 100)
    }

    @Netpoller
    private static func exhaust(
        _ stage: Stage, _ listener: LabListener, _ ports: ClosedRange<Int>
    ) async throws(Interruption) {
        let dialer = Dialer(
            timeout: .seconds(5),
            control: { socket, _, _ throws(Errno) in
                try SocketOption.localPortRange.set(
                    Int32(bitPattern: UInt32(ports.upperBound << 16 | ports.lowerBound)), on: socket.number)
            })
        var (few, last) = (0, "connected")
        while last == "connected", few < 10 {
            let error = try await stage.failure { () async throws(Interruption) in
                try await stage.client.dial(listener, dialer)
            }
            last = error?.code ?? "connected"
            if error == nil { few += 1 }
        }
        let isUnknown = last == "ENOPROTOOPT"
        stage.found("no such option", .flag(isUnknown))
        stage.found("few", .number(few))
        stage.found("exhausted", .text(isUnknown ? "\(last), as IP_LOCAL_PORT_RANGE came with Linux 6.3" : last))
        guard !isUnknown else { return stage.found("other", "not tried") }
        let second = try await stage.server.listen(.tcp4)
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(second, dialer)
        }
        stage.found("other", .text(error?.code ?? "connected"))
    }
}
