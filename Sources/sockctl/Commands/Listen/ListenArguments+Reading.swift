extension ListenArguments {
    private static let honoured: Set<String> = PeerArguments.plainNames.union([
        "io-model", "serve", "keep-open", "max-accepts", "timeout", "backlog", "reuse-port", "mode", "read-size",
        "max-time",
    ])

    /// Refuses what the small servers of `--io-model` do not honour.
    func validateModel() throws(UsageError) {
        guard ioModel != nil else { return }
        guard serve == .pipe || serve == .echo else {
            throw UsageError("'--io-model' is an echo server: '--serve \(serve.rawValue)' is another one")
        }
        if let option = Self.rows.firstGiven(in: self, unlike: ListenArguments(), besides: Self.honoured) {
            throw UsageError(
                "'\(option)' has no effect with '--io-model', a small echo server of plain system calls"
            )
        }
    }

    /// Refuses several readers, and counted messages, where bytes are not merely read.
    func validateReading() throws(UsageError) {
        guard let option = ReaderArguments.rows.firstGiven(in: reading, unlike: ReaderArguments(), besides: []) else {
            return
        }
        switch serve {
        case .discard: break
        case .pipe:
            if goesOn {
                throw UsageError(
                    "'\(option)' is about one peer: '--keep-open' joins several to standard output",
                    hint: "use '--serve discard' to count what several peers send")
            }
        default:
            throw UsageError(
                "'\(option)' is about bytes that are only read, but '--serve \(serve.rawValue)' answers",
                hint: "use '--serve discard', or leave '--serve' out")
        }
        if peer.frame.framing != nil {
            throw UsageError("'\(option)' is about the bytes of single reads, and '--frame' puts them together again")
        }
        if !peer.pace.reads { throw UsageError("'\(option)' and '--no-read' exclude each other") }
        if peer.transfer.sendsOnly {
            throw UsageError("'\(option)' is about what comes, which '--send-only' has no interest in")
        }
    }
}
