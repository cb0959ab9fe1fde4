/// Several readers of one connection, and messages that are counted, as `listen` has them.
struct ReaderArguments: Equatable, Sendable {
    var readers: Int?
    var messageSize: Int?

    /// Whether anything is to be counted at the end.
    var isWanted: Bool { readers != nil || messageSize != nil }

    static let rows: [Row<ReaderArguments>] = [
        .option(
            "readers", as: .count(1...1024), into: \.readers, help: "Have this many tasks read the connection at once.",
            detail: """
                Reads take turns, so each byte goes to one reader, and standard output has the bytes in their order. \
                The summary says how many each had; with `-vv` each read says whose it was.
                """
        ).manualOnly,
        .option(
            "message-size", as: .size(1...(1 << 40)), into: \.messageSize,
            help: "Count the messages of this size that come, and the torn ones.",
            detail: """
                A message is torn if its bytes are not all the same, as those of `dial --writers` are; with `-v` the \
                first five show what is in them.
                """
        ).manualOnly,
    ].titled("Readers at once")

    static func validate(_ arguments: ListenArguments) throws(UsageError) {
        guard let option = rows.firstGiven(in: arguments.reading, unlike: ReaderArguments(), besides: []) else {
            return
        }
        switch arguments.serve {
        case .discard: break
        case .pipe:
            if arguments.goesOn {
                throw UsageError(
                    "'\(option)' is about one peer: '--keep-open' joins several to standard output",
                    hint: "use '--serve discard' to count what several peers send")
            }
        default:
            throw UsageError(
                "'\(option)' is about bytes that are only read: use it with '--serve discard' or a single peer, not "
                    + "with '--serve \(arguments.serve.rawValue)'")
        }
        if !arguments.peer.transfer.reads { throw UsageError("'\(option)' and '--no-read' exclude each other") }
        if arguments.peer.transfer.sendsOnly {
            throw UsageError("'\(option)' is about what comes, which '--send-only' has no interest in")
        }
    }
}
