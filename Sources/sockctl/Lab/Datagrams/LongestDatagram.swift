import SockKit

/// How long a datagram may be.
enum LongestDatagram: Experiment {
    static let title = "A datagram has at most 65,507 bytes, whatever the send buffer's size"
    static let covers = [85]
    static let claim = "They say nothing of how long a datagram may be; the examples send some dozen bytes."
    static let question = "What is the longest datagram that can be sent, and does the send buffer limit it?"

    static let expectations = [
        Expectation(
            here: "{longest} bytes were sent ({sent}) and arrived as {arrived}; one byte more met {too long}",
            why: """
                The length of an IP packet has 16 bits: 65,535 bytes, of which 20 are the IP header and 8 the UDP header. \
                EMSGSIZE comes at once, and nothing is sent.
                """,
            holds: .equal("sent", "ok"), .equal("arrived", to: "longest"), .equal("too long", "EMSGSIZE")),
        Expectation(
            here: "a socket with a send buffer of {buffer} bytes sent the same {longest} bytes: {small}",
            why: """
                The kernel looks whether the send buffer is full before it takes a datagram, not whether the datagram fits. \
                An empty buffer takes any one that UDP can carry.
                """,
            holds: .less("buffer", than: "longest"), .equal("small", "ok")),
        Expectation(
            here: "over IPv6 {v6}",
            why: """
                IPv6 does not count its header of 40 bytes in the length field, so only UDP's 8 bytes are subtracted from \
                65,535.
                """,
            holds: .one(
                "v6",
                of: ["65,527 bytes were sent and 65,528 met EMSGSIZE", "nothing was sent: this machine has no ::1"])),
    ]

    static let commands = """
        1$ sockctl udp-recv -v --count 1 127.0.0.1:3000 >/dev/null
        from 127.0.0.1:47015, 65507 bytes, to 127.0.0.1:3000, TTL 64, at 17:10:00.665735
        ...
        2$ sockctl udp-send --size 65507 --count 1 127.0.0.1:3000
        sent        1
        ...
        2$ sockctl udp-send --size 65508 --count 1 127.0.0.1:3000
        sockctl: write udp 127.0.0.1:45428->127.0.0.1:3000: sendmmsg: message too long
        hint: the datagram has 65508 bytes; the limit over IPv4 is 65507 bytes
        ...
        2$ echo $?
        65
        """

    static let lesson = """
        What UDP can carry is not what a network carries well: a datagram longer than the path's MTU, often 1500 bytes, is cut \
        into fragments, and the loss of any of them loses it all. Keep datagrams below about 1200 bytes.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let longest = 65_507
        stage.found("longest", .bytes(longest))
        let server = try await stage.server.bind()
        let client = try await stage.client.bind()

        await stage.step("The client sends the longest datagram, and one that is longer")
        stage.found("sent", .text(await client.send(bytes(longest), to: server.endpoint).code))
        server.socket.readDeadline = .now + .seconds(5)
        stage.found("arrived", .bytes(await server.receive().bytes.count))
        stage.found("too long", .text(await client.send(bytes(longest + 1), to: server.endpoint).code))

        await stage.step("A client with the smallest send buffer does it too")
        var options = SocketOptions()
        options.sendBuffer = 1
        let small = try await stage.another(.client, "small").bind(
            .udp, "127.0.0.1:0", ListenConfiguration(options: options))
        let buffer = small.socket.bufferSizes?.send ?? 0
        stage.kernel.says("small: send buffer \(buffer) bytes", source: "SO_SNDBUF")
        stage.found("buffer", .bytes(buffer))
        stage.found("small", .text(await small.send(bytes(longest), to: server.endpoint).code))

        await stage.step("The same over IPv6")
        stage.found("v6", .text(await overIPv6(stage)))
    }

    @Netpoller
    private static func overIPv6(_ stage: Stage) async -> String {
        guard let client = try? await stage.client.bind(.udp6, "[::1]:0") else {
            return "nothing was sent: this machine has no ::1"
        }
        let sent = await client.send(bytes(65_527), to: client.endpoint)
        let refused = await client.send(bytes(65_528), to: client.endpoint)
        return "65,527 bytes \(sent == nil ? "were sent" : "met \(sent.code)") and 65,528 met \(refused.code)"
    }

    private static func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "x"), count: count) }
}
