/// Several writers on one connection, as `dial` has them.
struct WriterArguments: Equatable, Sendable {
    /// nil: standard input is sent, as ever.
    var writers: Int?
    var messages = 1
    var messageSize = 1 << 20
    var isUnlocked = false
    var isSplit = false

    static let rows: [Row<WriterArguments>] = [
        .option(
            "writers", as: .writers, into: \.writers, help: "Have this many tasks write to the connection at once.",
            detail: """
                Each writes `--messages` messages of `--message-size` bytes: the first writer's are full of the letter \
                a, the second's of b, and so on to z. Each message is one write, which no other write can come into. \
                Standard input is not read. At the end the connection is half-closed, and the peer's end is waited \
                for; then comes a summary.
                """
        ).manualOnly,
        .option(
            "messages", as: .count(1...1_000_000_000), into: \.messages, help: "How many messages each writer writes."
        ).manualOnly,
        .option(
            "message-size", as: .size(1...(64 << 20)), into: \.messageSize, help: "How long each message is."
        ).manualOnly,
        .flag(
            "unlocked", into: \.isUnlocked, help: "Let the writers write without taking turns.",
            detail: """
                The bytes of one then come into the message of another wherever the kernel has no more room, just as \
                when threads share a socket and call write(2): a message that finds room as a whole is not torn. A \
                small `--sndbuf` shows it best.
                """
        ).manualOnly,
        .flag(
            "split", into: \.isSplit, help: "Write each message in two calls.",
            detail: "Each call has its turn, but between the two another writer may have its own."
        ).manualOnly,
    ].titled("Writers at once")

    private static let givenNames = Set(rows.map(\.info.name))
    private static let honoured: Set<String> = PeerArguments.plainNames.union(givenNames).union([
        "timeout", "fallback-delay", "source", "source-port", "quit-after", "no-shutdown", "idle-timeout", "max-time",
        "close", "output", "hex-dump", "read-size", "no-read",
    ])

    static func validate(_ arguments: DialArguments) throws(UsageError) {
        let own = arguments.writing
        guard own.writers != nil else {
            if let option = rows.firstGiven(in: own, unlike: WriterArguments(), besides: []) {
                throw UsageError("'\(option)' is about the writers of '--writers N', and there are none")
            }
            return
        }
        if own.isSplit, own.messageSize < 2 {
            throw UsageError("'--split' needs messages of 2 bytes or more: one byte can't be written in two calls")
        }
        if let option = DialArguments.rows.firstGiven(in: arguments, unlike: DialArguments(), besides: honoured) {
            throw UsageError(
                "'\(option)' has no effect with '--writers', which sends messages of its own instead of standard input")
        }
    }
}

extension ValueType where Value == Int {
    /// As many as there are letters to tell them apart.
    fileprivate static var writers: Self {
        Self(placeholder: "N") { (text: String) throws(UsageError) in
            guard let number = Decimal.number(text[...]), (1...26).contains(number) else {
                throw UsageError(
                    "'\(text)' is not a number from 1 to 26; each writer has a letter of its own, from a to z")
            }
            return number
        } show: {
            String($0)
        }
    }
}
