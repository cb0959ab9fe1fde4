import SockKit

/// Two tasks that write one connection.
enum TornWrites: Experiment {
    static let title = "Two writers do not mix their writes, unless the message takes two of them"
    static let covers = [65, 66]
    static let documents = [SourceDocument.server]
    static let claim = """
        Several goroutines may write one connection: each Write holds the lock of the descriptor until all its bytes are \
        sent, so writes do not mix. But a message that is split over several Writes can have another's bytes inside.
        """
    static let question = "Two tasks write messages of 128 KiB at the same time. Are they whole at the other end?"

    static let expectations = [
        Expectation(
            says: "With the lock, a Write is whole.",
            here: "of {messages} messages, each one write, {locked} were torn",
            why: "The second writer waits for its turn, also while the first one waits for room in the buffer.",
            holds: .equal("locked", 0), .equal("messages", 8)),
        Expectation(
            says: "Without it, writes of several tasks would mix.",
            here: "written without the turn, {unlocked} of {messages} were torn",
            why: """
                write(2) keeps the socket's lock only while it copies, not while it waits for room. A message that \
                is larger than the room is copied in pieces, and others get in between. Short ones fit in one piece: \
                the fault shows under load only.
                """,
            holds: .atLeast("unlocked", 1)),
        Expectation(
            says: "A message that is split over several Writes can be torn all the same.",
            here: "each message in two writes, with the turn: {split} of {messages} were torn",
            why: "The turn is for one Write. Between two of them it is given to whoever waits.",
            holds: .atLeast("split", 1)),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve discard --message-size 128K --max-accepts 1
        listening on 127.0.0.1:3000 (this machine only)
        ...
        messages          8
        torn              8
        ...
        2$ sockctl dial 3000 --writers 2 --messages 4 --message-size 128K --split
        ...
        """

    static let lesson = """
        One Write for one message, or a lock of your own around all that belong together. The lock of the connection \
        knows writes, not messages.
        """

    private enum How { case locked, unlocked, split }

    private static let size = 128 << 10

    static func run(_ stage: Stage) async throws(Interruption) {
        stage.found("messages", .number(8))
        await stage.step("Two tasks write four messages each, each with one write")
        stage.found("locked", .number(try await torn(stage, .locked)))
        await stage.step("The same without the write's turn, as two tasks whose send(2) calls take no turns")
        stage.found("unlocked", .number(try await torn(stage, .unlocked)))
        await stage.step("Again with the turn, but each message in two writes")
        stage.found("split", .number(try await torn(stage, .split)))
    }

    /// How many of eight messages arrive with other bytes inside.
    @Netpoller
    private static func torn(_ stage: Stage, _ how: How) async throws(Interruption) -> Int {
        var options = SocketOptions()
        (options.sendBuffer, options.receiveBuffer) = (8192, 8192)
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let accepted = try await listener.accept()
        let server = LabConnection(accepted.connection, of: stage.server.quiet)
        let place = stage.begin(.client, "write 4 × 128 KiB by each of two tasks")
        let writers = ["a", "b"].map { letter in stage.go { await write(client.connection, letter, how) } }
        let writing = stage.go {
            for writer in writers { await writer.value }
            stage.finish(place, "all written")
        }
        let reading = stage.begin(.server, "read all that comes")
        var received: [UInt8] = []
        while received.count < 8 * size {
            let piece = await server.read(65536)
            guard piece.count > 0 else { break }
            received += piece.bytes
        }
        stage.finish(reading, Quantity.bytes(received.count))
        await writing.value
        // A message begins where the one before it is complete; it is torn if it is not all of one letter.
        let torn = stride(from: 0, to: received.count, by: size).count { start in
            !received[start..<min(start + size, received.count)].allSatisfy { $0 == received[start] }
        }
        stage.server.note("of \(received.count / size) messages \(torn) are torn")
        client.connection.close()
        server.connection.close()
        return torn
    }

    @Netpoller
    private static func write(_ connection: Connection, _ letter: Character, _ how: How) async {
        let message = [UInt8](repeating: letter.asciiValue ?? 0, count: size)
        for _ in 1...4 {
            switch how {
            case .locked: try? await connection.write(message)
            case .unlocked: try? await connection.writeUnlocked(message.span)
            case .split:
                try? await connection.write(Array(message.prefix(size / 2)))
                try? await connection.write(Array(message.suffix(size / 2)))
            }
        }
    }
}
