extension DialArguments {
    private static let honoured: Set<String> = PeerArguments.plainNames
        .union(WriterArguments.rows.map(\.info.name))
        .union([
            "timeout", "fallback-delay", "source", "source-port", "quit-after", "no-shutdown", "idle-timeout",
            "max-time",
            "close", "output", "hex-dump", "read-size", "no-read", "read-timeout", "write-timeout", "deadline",
            "keep-going", "goodbye", "retry", "retry-delay", "retry-max-delay",
        ])

    /// Refuses what `--writers` has no use for, and its own options where it is not there.
    func validateWriting() throws(UsageError) {
        guard writing.writers != nil else {
            if let option = WriterArguments.rows.firstGiven(in: writing, unlike: WriterArguments(), besides: []) {
                throw UsageError("'\(option)' is about the writers of '--writers N', and there are none")
            }
            return
        }
        if writing.isSplit, writing.messageSize < 2 {
            throw UsageError("'--split' needs messages of 2 bytes or more: one byte can't be written in two calls")
        }
        if let option = Self.rows.firstGiven(in: self, unlike: DialArguments(), besides: Self.honoured) {
            throw UsageError(
                "'\(option)' has no effect with '--writers', which sends messages of its own instead of standard input")
        }
    }
}
