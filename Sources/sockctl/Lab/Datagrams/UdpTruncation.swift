import SockKit

/// A datagram is read whole or cut, never in two parts.
enum UdpTruncation: Experiment {
    static let title = "One receive takes one datagram, and what does not fit is gone"
    static let covers = [81, 82]
    static let documents = [SourceDocument.processes]
    static let claim = """
        A datagram socket keeps the boundaries of messages: the kernel sends and receives whole messages, and knows where \
        each begins and ends.
        """
    static let question = "Four datagrams wait. What does each receive return, and what if its buffer is too small?"

    static let expectations = [
        Expectation(
            says: "Message boundaries are kept.",
            here:
                "four sends of 1, 2, 0 and 4 bytes were received as {lengths} bytes; the kernel told the length of the next one, {next}",
            why: """
                The receive queue of a datagram socket is a list of datagrams, not of bytes. FIONREAD tells the length of \
                the first, where on a stream it tells all that waits.
                """,
            holds: .equal("lengths", ["1", "2", "0", "4"]), .equal("next", 1)),
        Expectation(
            here: """
                of a datagram of {length} bytes receive(4) gave "{cut}"; the next receive gave "{after}", which is the next \
                datagram
                """,
            why: """
                The kernel copies what fits, sets MSG_TRUNC, and frees the datagram with the rest. On a stream the rest \
                would have waited.
                """,
            holds: .equal("length", 10), .equal("cut", "0123"), .equal("after", "next")),
        Expectation(
            here: "a plain read(4) of another such datagram returned {plain:byte} with the error {plain error}",
            why: """
                read(2) and recv(2) have no place for the flag, and neither has Go's Conn.Read: nothing tells the caller that \
                6 bytes are lost. recvmsg(2) tells, and so does recv(2) when it is given MSG_TRUNC.
                """,
            holds: .equal("plain", 4), .equal("plain error", "nil")),
    ]

    static let commands = """
        1$ sockctl udp-recv -v --buffer 4 --separator '\\n' --count 2 127.0.0.1:3000
        from 127.0.0.1:42288, 4 bytes, cut: it had 10 bytes, to 127.0.0.1:3000, TTL 64, at 17:09:58.937316
        0123
        from 127.0.0.1:42288, 4 bytes, to 127.0.0.1:3000, TTL 64, at 17:09:58.937350
        next
        ...
        2$ sockctl udp-send 127.0.0.1:3000 0123456789 next
        ...
        """

    static let lesson = """
        Give receive a buffer for the longest datagram of your protocol, and look whether one was cut. A loop that reads \
        "the rest" reads the next datagram instead.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let server = try await stage.server.bind()
        let client = try await stage.client.bind()

        await stage.step("The client sends four datagrams, one of them empty")
        for text in ["a", "bb", "", "dddd"] { await client.send(text, to: server.endpoint) }
        stage.found("next", .number(await stage.kernel.nextDatagram(of: server)))
        var lengths: [String] = []
        for _ in 1...4 { lengths.append("\(await server.receive(100).bytes.count)") }
        stage.found("lengths", .list(lengths))

        await stage.step("The server has room for 4 bytes, and the next datagram has 10")
        await client.send("0123456789", to: server.endpoint)
        await client.send("next", to: server.endpoint)
        let (datagram, bytes, _) = await server.receive(4)
        stage.found("length", .number(datagram?.length ?? 0))
        stage.found("cut", .text(String(decoding: bytes, as: UTF8.self)))
        stage.found("after", .text(String(decoding: await server.receive(4).bytes, as: UTF8.self)))

        await stage.step("The same with a plain read of a connected socket")
        let reader = try await stage.server.dial(.udp, "\(client.endpoint)")
        await client.send("0123456789", to: reader.connection.localEndpoint)
        let plain = await reader.read(4)
        stage.found("plain", .bytes(plain.count))
        stage.found("plain error", .text(plain.code))
    }
}
