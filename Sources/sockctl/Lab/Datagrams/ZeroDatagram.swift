import SockKit

/// A datagram without bytes.
enum ZeroDatagram: Experiment {
    static let title = "A datagram of zero bytes is a datagram, and not the end"
    static let covers = [86]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        Go's netFD has a field ZeroReadIsEOF: a read of 0 bytes means the end for streams, and does not for the types \
        SOCK_DGRAM and SOCK_RAW.
        """
    static let question =
        "A client sends a datagram without a single byte. What does the server receive, and does it go on?"

    static let expectations = [
        Expectation(
            says: "For datagrams a read of 0 bytes is not the end.",
            here:
                "the server received {count} bytes from {sender} without an error, and after that \u{201c}{next}\u{201d}",
            why: """
                An empty datagram is an IP packet with a UDP header and nothing behind it. It takes a place in the queue, and \
                has a source address like any other.
                """,
            holds: .equal("count", 0), .equal("error", "ok"), .equal("sender", to: "client"),
            .equal("next", "still here")),
        Expectation(
            here:
                "the client closed its socket, and within {silence} the server's read met {after close}: there is no end of UDP",
            why: """
                Closing a UDP socket sends nothing, so there is nothing to be received. A server learns that a client has \
                gone by its silence only.
                """,
            holds: .equal("after close", "timeout")),
    ]

    static let commands = """
        1$ sockctl udp-recv -v --count 2 127.0.0.1:3000
        from 127.0.0.1:54710, 0 bytes, to 127.0.0.1:3000, TTL 64, at 17:10:00.716705
        from 127.0.0.1:54710, 11 bytes, to 127.0.0.1:3000, TTL 64, at 17:10:00.716922
        still here
        ...
        2$ sockctl udp-send 127.0.0.1:3000 '' 'still here\\n'
        sent        2
        bytes       11 bytes
        ...
        """

    static let lesson = """
        Of a stream 0 means the end, of datagrams it means an empty one. A loop that stops at n == 0 can be stopped by \
        anybody who sends an empty datagram.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let server = try await stage.server.bind()
        let client = try await stage.client.bind()
        stage.found("client", .text("\(client.endpoint)"))

        await stage.step("The client sends an empty datagram, and another one")
        await client.send("", to: server.endpoint)
        await client.send("still here", to: server.endpoint)
        let (datagram, bytes, error) = await server.receive(100)
        stage.found("count", .bytes(bytes.count))
        stage.found("error", .text(error.code))
        stage.found("sender", .text(datagram.map { "\($0.source)" } ?? "nobody"))
        stage.found("next", .text(String(decoding: await server.receive(100).bytes, as: UTF8.self)))

        await stage.step("The client closes its socket")
        client.close()
        let silence = stage.span(.milliseconds(100), document: .seconds(1))
        stage.found("silence", .span(silence))
        server.socket.readDeadline = .now + silence
        stage.found("after close", .text(await server.receive(100).error.code))
    }
}
