import SockKit

/// A reader that takes a little now and then.
enum SlowReader: Experiment {
    static let title = "A slow reader releases the writer in jumps, not with each read"
    static let covers = [61]
    static let documents = [SourceDocument.server]
    static let claim = """
        The writer is blocked, and the server reads 60,000 bytes every 5 seconds: with each read the writer can go on with \
        about one more write.
        """
    static let question = "How many reads of 60,000 bytes does it take until a blocked writer moves?"

    static let expectations = [
        Expectation(
            says: "Each read lets the writer go on.",
            here:
                "the writer moved only after {reads} reads, {read} bytes in all; then {jump:write} returned within moments",
            why: """
                A receiver does not announce every bit of room: a window that opens by less than a segment would make \
                the sender send crumbs (RFC 1122, 4.2.3.3). And a sender with a full buffer is woken only when a third \
                of it is free (sk_stream_is_writeable). In the document's time that is {waited}.
                """, document: .wrongOnLinux,
            holds: .atLeast("reads", 2), .atLeast("jump", 1)),
        Expectation(
            here:
                "after the first read {first unread} bytes were unread, and the sender's queue had changed by {first moved}",
            why: "The read made room on its own side. The sender is told of room only where it is worth a segment.",
            holds: .less("first unread", than: "unread before")),
    ]

    static let commands = """
        1$ sockctl write-block-probe --read-after 700ms --read-every 10ms --duration 1500ms
        ...
          a socket polls writable once a third of its send buffer (4194304 bytes) is free
        ...
        unblocked by read       24
        ...
        """

    static let lesson = """
        A writer sees its reader's pace only from far away, through two buffers that empty in steps. A program that has to \
        know how far the reader is must let the reader say so.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let options = SocketOptions.buffered(65536)
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = try await listener.accept()

        await stage.step("The client writes until it blocks; both sides asked for buffers of 65,536 bytes")
        let flood = client.flood(server, chunk: 65536)
        let queued = await flood.untilBlocked(notedBy: stage.client)
        let blockedAt = flood.writes
        stage.found("unread before", .bytes(queued.receiving))

        await stage.step("The server reads 60,000 bytes at a time")
        let first = await server.read(60_000)
        await stage.pause(.milliseconds(20))
        stage.found("first unread", .bytes(stage.kernel.unread(server)))
        let moved = stage.kernel.unacknowledged(client) - queued.sending
        stage.found("first moved", .bytes(moved))
        let quiet = LabConnection(server.connection, of: stage.server.quiet)
        var (reads, read) = (1, first.count)
        while flood.writes == blockedAt, reads < 1000 {
            read += await quiet.read(60_000).count
            reads += 1
            await stage.pause(.milliseconds(5))
        }
        stage.server.note("has read \(reads) times, \(Quantity.bytes(read))")
        await stage.pause(.milliseconds(20))
        stage.client.note("\(flood.writes - blockedAt) more writes have returned")
        stage.found("reads", .number(reads))
        stage.found("read", .bytes(read))
        stage.found("jump", .number(flood.writes - blockedAt))
        stage.found("waited", .span(.seconds(5 * reads)))
    }
}
