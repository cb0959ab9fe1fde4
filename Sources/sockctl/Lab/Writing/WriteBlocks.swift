import SockKit

/// When a write has to wait.
enum WriteBlocks: Experiment {
    static let title = "A write blocks once the sender's and the receiver's buffers are full"
    static let covers = [60]
    static let documents = [SourceDocument.server]
    static let claim = """
        A client writes 65,536 bytes at a time to a server that does not read. Ten writes succeed, 655,360 bytes; then \
        the buffers of both sides are full and Write blocks.
        """
    static let question = "How many bytes can be written that nobody reads, and where are they?"

    static let expectations = [
        Expectation(
            says: "Write blocks when the own send buffer and the peer's receive buffer are full.",
            here: """
                {writes} writes returned and the next one waits: {sending} bytes are in the sender's queue, {receiving} in \
                the receiver's
                """,
            why: """
                The two queues hold the {returned} bytes of the writes that returned and a part of the one that waits. \
                TCP's window keeps the sender's kernel from sending what the receiver's has no room for.
                """,
            holds: .atLeast("inside", 0), .less("inside", than: "chunk"), .atLeast("sending", 1),
            .atLeast("receiving", 1)),
        Expectation(
            says: "That is after ten writes.",
            here: """
                it was after {writes:write}, with a send buffer of {send buffer} and a receive buffer of \
                {receive buffer} bytes
                """,
            why: """
                Ten is the macOS of the document. The numbers are those of SO_SNDBUF and SO_RCVBUF, in which Linux \
                counts its own bookkeeping as well (socket(7) says twice); without them the kernel lets the buffers \
                grow, up to tcp_wmem and tcp_rmem (tcp(7)).
                """, document: .elsewhere,
            holds: .atLeast("writes", 1), .atLeast("send buffer", 4608), .atLeast("receive buffer", 2304)),
        Expectation(
            here: "once the server had read all of that, the write that waited returned, and so did another: {more}",
            why:
                "Each read makes room; the receiver's kernel says so in its next acknowledgement, and the sender goes on.",
            holds: .isTrue("more")),
    ]

    static let commands = """
        1$ sockctl write-block-probe --sndbuf 65536 --rcvbuf 65536 --then drain
        ...
        blocked 42.3 ms after the start, in write 4: 58596 of its 65536 bytes were taken
                255204 bytes accepted
                127629 bytes in the sender's queue (SIOCOUTQ), 127629 of them not sent yet
                127575 bytes in the receiver's queue (SIOCINQ)
        ...
        """

    static let lesson = """
        A write that blocks is flow control at work: the peer's program reads too slowly, or not at all. Bytes are in \
        three places then: the sender's kernel, the receiver's kernel, and your own buffer.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let chunk = 65536
        stage.found("chunk", .bytes(chunk))
        let options = SocketOptions.buffered(65536)
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = try await listener.accept()
        stage.found("send buffer", .bytes(stage.kernel.buffers(client)?.send ?? 0))
        stage.found("receive buffer", .bytes(stage.kernel.buffers(server)?.receive ?? 0))

        await stage.step("The client writes; the server does not read")
        let flood = client.flood(server, chunk: chunk)
        let queued = await flood.untilBlocked(notedBy: stage.client)
        stage.found("writes", .number(flood.writes))
        stage.found("returned", .bytes(flood.returned))
        stage.found("sending", .bytes(queued.sending))
        stage.found("receiving", .bytes(queued.receiving))
        stage.found("inside", .bytes(queued.sending + queued.receiving - flood.returned))

        await stage.step("The server reads as much as had been taken")
        let before = flood.writes
        await server.drain(queued.sending + queued.receiving)
        stage.found("more", .flag(await stage.until { flood.writes > before + 1 }))
        stage.client.note("\(flood.writes - before) more writes have returned")
    }
}
