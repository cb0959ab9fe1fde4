import SockKit

/// Reads of zero bytes that mean different things.
enum EmptyOrEnd: Experiment {
    static let title = "Zero bytes: an empty datagram, an empty packet, the end, or an empty buffer"
    static let covers = [86, 90]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        When a file descriptor is made for a socket, it is noted whether a read of zero bytes is the end: it is for all types \
        but SOCK_DGRAM and SOCK_RAW.
        """
    static let question = "recv(2) returns 0 in five cases. In which of them is it over?"

    static let expectations = [
        Expectation(
            says: "A zero read of a stream is the end, and one of a datagram socket is not.",
            here: """
                TCP's end gave {stream} bytes; an empty UDP datagram gave {datagram}, and the next one came: \
                "{after datagram}"
                """,
            why: """
                A stream has no messages, so a read that waits gives at least 1 byte, and 0 is free to mean the end. \
                A datagram may be empty, so there 0 can mean nothing else.
                """,
            holds: .equal("stream", 0), .equal("datagram", 0), .equal("after datagram", "more")),
        Expectation(
            here: "a read into an empty buffer gave {no room} while {waiting} bytes waited",
            why: "Whoever asks for 0 bytes gets 0 bytes. Go returns 0, nil for that, without asking the kernel.",
            holds: .equal("no room", 0), .equal("waiting", 4)),
        Expectation(
            says: "For SOCK_SEQPACKET a zero read is the end.",
            here: """
                an empty packet gave {packet} bytes, the packet behind it was "{after packet}", and the end gave \
                {packets' end} too
                """,
            why: """
                SEQPACKET keeps boundaries and so has empty packets, and it has an end as well: recv(2) returns 0 for both. \
                Go takes every zero read for the end, and so loses what comes behind an empty packet.
                """, document: .wrongOnLinux,
            holds: .equal("packet", 0), .equal("after packet", "more"), .equal("packets' end", 0)),
        Expectation(
            here:
                "whether it was the end, the kernel says apart from the count: {packet ended} at the empty packet, {ended} at the end",
            why:
                "poll(2) and epoll(7) report POLLRDHUP once the peer has ended; with nothing left in the queue, 0 is the end.",
            holds: .isFalse("packet ended"), .isTrue("ended")),
    ]

    static let commands = """
        1$ sockctl udp-recv -v --count 1 127.0.0.1:3000
        from 127.0.0.1:35039, 0 bytes, to 127.0.0.1:3000, TTL 64, at 17:11:16.786669
        ...
        2$ sockctl udp-send 127.0.0.1:3000 ''
        ...
        3$ sockctl listen -v --serve discard --max-accepts 1 3001
        closed 127.0.0.1:45650 by the peer after 251 µs: received 1 byte (3.9 KiB/s), sent 0 bytes
        ...
        4$ printf x | sockctl dial -v 3001
        half-closed: nothing more goes to 127.0.0.1:3001
        half-closed: nothing more comes from 127.0.0.1:3001
        ...
        """

    static let lesson = """
        The same 0 is an end on streams and a message on datagram sockets. On SEQPACKET it is either, so a protocol over it \
        should never send empty packets.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("An empty datagram over UDP")
        let server = try await stage.server.bind()
        let sender = try await stage.client.bind()
        await sender.send("", to: server.endpoint)
        await sender.send("more", to: server.endpoint)
        stage.found("datagram", .number(await server.receive(100).bytes.count))
        stage.found("after datagram", .text(String(decoding: await server.receive(100).bytes, as: UTF8.self)))
        try await stream(stage)
        try await packets(stage)
    }

    @Netpoller
    private static func stream(_ stage: Stage) async throws(Interruption) {
        await stage.step("An empty buffer, and the end of a TCP connection")
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let end = try await listener.accept()
        await client.write("more")
        await stage.kernel.holds(4, for: end)
        stage.found("no room", .number(await end.read(0).count))
        stage.found("waiting", .number(end.connection.bytesWaiting))
        await end.read(100)
        client.close()
        stage.found("stream", .number(await end.read(100).count))
    }

    @Netpoller
    private static func packets(_ stage: Stage) async throws(Interruption) {
        await stage.step("An empty packet over a Unix socket of the type SOCK_SEQPACKET, and its end")
        let listener = try await stage.server.listen(.unixpacket, stage.abstractName)
        let client = try await stage.client.dial(listener)
        let end = try await listener.accept()
        await client.write("")
        await client.write("more")
        let first = await read(end, stage)
        stage.found("packet", .number(first.count))
        stage.found("packet ended", .flag(first.isEnd))
        stage.found("after packet", .text(String(decoding: await end.receiveMessage(100).bytes, as: UTF8.self)))
        client.close()
        _ = await stage.until { end.connection.descriptor.hasEnded }
        let last = await read(end, stage)
        stage.found("packets' end", .number(last.count))
        stage.found("ended", .flag(last.isEnd))
    }

    /// One packet, and whether the kernel says that the peer has ended.
    @Netpoller
    private static func read(_ end: LabConnection, _ stage: Stage) async -> (count: Int, isEnd: Bool) {
        let (message, _, _) = await end.receiveMessage(100)
        let isEnd = end.connection.descriptor.hasEnded && end.connection.bytesWaiting == 0
        stage.kernel.says("server: the peer has \(isEnd ? "" : "not ")ended", source: "POLLRDHUP")
        return (message?.count ?? -1, isEnd)
    }
}
