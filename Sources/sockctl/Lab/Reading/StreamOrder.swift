import SockKit

/// A stream keeps the order of bytes, and nothing else.
enum StreamOrder: Experiment {
    static let title = "TCP keeps the order of the bytes, and forgets where each write ended"
    static let covers = [58]
    static let documents = [SourceDocument.server, .processes]
    static let claim = """
        TCP is a stream: bytes arrive in the order in which they were sent, and there are no boundaries between messages.
        """
    static let question = "Three small writes and a large one: how many reads do they become, and in which order?"

    static let expectations = [
        Expectation(
            says: "There are no boundaries between messages.",
            here: """
                three writes became one read, "{text}"; one write of {sent} bytes became {reads} reads
                """,
            why: """
                The receiver's kernel keeps one queue of bytes. A read takes from its head what fits, whoever wrote it \
                and in how many calls.
                """,
            holds: .equal("text", "onetwothree"), .atLeast("reads", 2)),
        Expectation(
            says: "The bytes arrive in order.",
            here: "{received} bytes arrived; in the order in which they were written: {in order}",
            why: """
                Every byte has a sequence number. What arrives early is kept until the gap before it is filled, what \
                arrives twice is dropped: a read never sees either.
                """,
            holds: .isTrue("in order"), .equal("received", to: "sent")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --first-read-delay 200ms -vv
        ...
        read     12 bytes, 12 bytes in all, 127.0.0.1:32840
        onetwothree
        ...
        2$ echo onetwothree | sockctl dial 3000 --write-size 4
        """

    static let lesson = """
        Count on the order and on nothing else. Where a message ends must be written in the stream itself: a length before \
        it, or a mark after it.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("Three writes, then one read")
        for word in ["one", "two", "three"] { await client.write(word) }
        await stage.kernel.holds(11, for: server)
        stage.found("text", .text(await server.read().string))

        await stage.step("One write, then reads of 7,000 bytes")
        let sent = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 251 &+ $0) }
        let writing = stage.go { await client.write(sent) }
        let quiet = LabConnection(server.connection, of: stage.server.quiet)
        var (received, reads) = ([UInt8](), 0)
        while received.count < sent.count {
            let reading = await quiet.read(7000)
            guard reading.count > 0 else { break }
            received += reading.bytes
            reads += 1
        }
        stage.server.note("\(reads) reads gave \(Quantity.bytes(received.count))")
        _ = await writing.value
        stage.found("sent", .bytes(sent.count))
        stage.found("received", .bytes(received.count))
        stage.found("reads", .number(reads))
        stage.found("in order", .flag(received == sent))
    }
}
