/// Several readers of one connection, and messages that are counted, as `listen` has them.
struct ReaderArguments: Equatable, Sendable {
    var readers: Int?
    var messageSize: Int?

    /// Whether anything is to be counted at the end.
    var isWanted: Bool { readers != nil || messageSize != nil }

    static let rows: [Row<ReaderArguments>] = [
        .option(
            "readers", as: .count(1...1024), into: \.readers, help: "Have this many tasks read a connection.",
            detail: """
                Reads take turns, so each byte goes to one reader, and standard output has the bytes in their order. \
                The summary says how many each had; with `-vv` each read says whose it was.
                """
        ).manualOnly.countingReads,
        .option(
            "message-size", as: .size(1...(1 << 40)), into: \.messageSize,
            help: "Count messages of this size, and the torn ones among them.",
            detail: """
                A message is torn if its bytes are not all the same, as those of `dial --writers` are; with `-v` the \
                first five show what is in them.
                """
        ).manualOnly.countingReads,
    ].titled("Readers at once")
}

extension Row {
    /// The same row, for bytes that are only read, of one stream.
    fileprivate var countingReads: Row {
        excludes(
            "serve echo", "serve chargen", "serve time", "serve frames", "serve chat", "serve broker",
            "serve proxy",
            reason: "'{option}' is about bytes that are only read, but '{other}' answers",
            hint: "use '--serve discard', or leave '--serve' out"
        )
        .excludes(
            "frame", reason: "'{option}' is about the bytes of single reads, and '--frame' puts them together again"
        )
        .excludes("no-read", reason: "'{option}' and '--no-read' exclude each other")
        .excludes(
            "send-only", reason: "'{option}' is about what comes, which '--send-only' has no interest in"
        )
        .needs(.stream, reason: "'{option}' is about a stream, and {network} carries messages")
    }
}
