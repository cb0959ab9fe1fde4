import SockKit

/// A write that is cut short by the death of its peer.
enum PartialWrite: Experiment {
    static let title = "A write that is cut short says how much was taken, not how much arrived"
    static let covers = [62, 63]
    static let documents = [SourceDocument.server]
    static let claim = """
        A client writes 65,536 bytes at a time to a server that does not read, until a Write blocks. The server is \
        killed. The Write returns n=24108 and "write: broken pipe": it was a partial write, and those bytes never \
        reached the server.
        """
    static let question =
        "A peer is killed while a write waits for room. What does that write return, and the next one?"

    static let expectations = [
        Expectation(
            says: "The write that was blocked returns fewer bytes than it was given, and an error.",
            here: "write {number} returned {partial} of {chunk} bytes, and {first error}",
            why: """
                A write copies into the kernel's buffer as long as there is room, and waits for more with the rest. What \
                was copied before the error is counted: Go's Write returns both, and so does ours.
                """,
            holds: .less("partial", than: "chunk"), .sum(["returned", "partial"], equals: "accepted")),
        Expectation(
            says: "The error is: broken pipe.",
            here: "the first error was {first error}; the next write met {second error}",
            why: """
                The killed process had unread bytes, so its kernel sent a reset, and not an end. A reset is reported \
                once, as ECONNRESET; from then on the connection is gone and writes meet EPIPE. macOS says it otherwise.
                """, document: .elsewhere,
            holds: .equal("first error", "ECONNRESET"), .equal("second error", "EPIPE")),
        Expectation(
            says: "The bytes of the partial write were not received by the server.",
            here:
                "{accepted} bytes were accepted and {read} read: {lost} are lost, those of writes that succeeded included",
            why: """
                Accepted means copied into this machine's kernel. When the peer died, {sending} waited in the sender's \
                queue and {receiving} in the receiver's, and both queues went with the connection.
                """,
            holds: .equal("read", 0), .equal("lost", to: "accepted")),
    ]

    static let commands = """
        1$ sockctl write-block-probe --sndbuf 64K --rcvbuf 64K --then kill
        blocked 42.6 ms after the start, in write 4: 58596 of its 65536 bytes were taken
        the peer was killed (SIGKILL), with 127575 bytes unread
        write 58596 bytes this time, 255204 bytes in total, error: write tcp 127.0.0.1:39344->127.0.0.1:33243: write: connection reset by peer
        write 0 bytes this time, 255204 bytes in total, error: write tcp 127.0.0.1:39344->127.0.0.1:33243: write: broken pipe
        ...
        """

    static let lesson = """
        A count from write is a promise of your own kernel, and of nobody else. Only an answer from the peer's program \
        says that the peer's program has read something.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let chunk = 65536
        stage.found("chunk", .bytes(chunk))
        let options = SocketOptions.buffered(65536)

        await stage.step("The client writes to a server that does not read, until a write blocks")
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = try await listener.accept()
        let reads = server.log("recv")
        let flood = client.flood(server, chunk: chunk)
        let queued = await flood.untilBlocked(notedBy: stage.client)
        stage.found("sending", .bytes(queued.sending))
        stage.found("receiving", .bytes(queued.receiving))
        stage.found("returned", .bytes(flood.returned))
        stage.found("number", .number(flood.writes + 1))

        await stage.step("The server's process is killed")
        stage.found("read", .bytes(reads.results.compactMap { Int($0) }.reduce(0, +)))
        try server.kill()
        let cut = await flood.outcome
        await stage.kernel.isReset(client)
        stage.found("partial", .bytes(cut.count))
        stage.found("first error", .text(cut.code))
        stage.found("accepted", .bytes(flood.returned + cut.count))
        stage.found("lost", .bytes(queued.sending + queued.receiving))
        let next = await client.write("more")
        stage.found("second error", .text(next.code))
    }
}
