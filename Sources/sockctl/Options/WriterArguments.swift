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
            "writers", as: .writers, into: \.writers, help: "Have this many tasks write to the connection.",
            detail: """
                Each writes `--messages` messages of `--message-size` bytes: the first writer's are full of the letter \
                a, the second's of b, and so on to z. Each message is one write, which no other write can come into. \
                Standard input is not read. At the end the connection is half-closed, and the peer's end is waited \
                for; then comes a summary.
                """
        ).manualOnly
            .honours(
                honoured,
                reason: """
                    '{other}' has no effect with '--writers', which sends messages of its own instead of standard input
                    """
            )
            .needs(
                .stream, reason: "'--writers' is about one stream: on {network} each write is a message of its own"),
        .option(
            "messages", as: .count(1...1_000_000_000), into: \.messages, help: "How many messages each writer writes."
        ).manualOnly.needs("writers", reason: withoutWriters),
        .option(
            "message-size", as: .size(1...(64 << 20)), into: \.messageSize, help: "How long each message is."
        ).manualOnly.needs("writers", reason: withoutWriters),
        .flag(
            "unlocked", into: \.isUnlocked, help: "Let the writers write without taking turns.",
            detail: """
                The bytes of one then come into the message of another wherever the kernel has no more room, just as \
                when threads share a socket and call write(2): a message that finds room as a whole is not torn. \
                It shows best with a small `--sndbuf`, as 64K; with one too small for a segment each write waits for \
                a delayed acknowledgement.
                """
        ).manualOnly.needs("writers", reason: withoutWriters)
            .excludes("tls", reason: "'{option}' tears messages apart on the way, and TLS takes no torn record"),
        .flag(
            "split", into: \.isSplit, help: "Write each message in two calls.",
            detail: "Each call has its turn, but between the two another writer may have its own."
        ).manualOnly.needs("writers", reason: withoutWriters),
    ].titled("Writers at once")

    private static let withoutWriters = "'{option}' is about the writers of '--writers N', and there are none"

    /// What else has an effect where writers write.
    private static let honoured = PeerArguments.plainNames.union(ProxyArguments.names).union(TLSArguments.names).union([
        "messages", "message-size", "unlocked", "split", "timeout", "fallback-delay", "source", "source-port",
        "quit-after", "no-shutdown", "idle-timeout", "max-time", "close", "output", "append", "hex-dump", "read-size",
        "no-read", "read-timeout", "write-timeout", "deadline", "keep-going", "goodbye", "retry", "retry-delay",
        "retry-max-delay", "busy-poll",
    ])

    func validate() throws(UsageError) {
        if isSplit, messageSize < 2 {
            throw UsageError("'--split' needs messages of 2 bytes or more: one byte can't be written in two calls")
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
