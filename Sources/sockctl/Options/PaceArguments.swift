/// In what pieces a connection is read and written, how fast, and how much is taken of it.
struct PaceArguments: Equatable, Sendable {
    var readSize = 64 << 10
    var firstReadDelay = Duration.zero
    var readDelay = Duration.zero
    var reads = true
    /// nil is the network's own: its longest message, and all there is for a stream.
    var writeSize: Int?
    var writeDelay = Duration.zero
    var lineDelay = Duration.zero
    var rate: Int?
    var maximumBytes: Int?

    /// The options about single reads or writes: `-v` then reports each.
    static let aboutSingleTransfers = ["read-size", "first-read-delay", "read-delay", "write-size", "write-delay"]

    static let rows: [Row<PaceArguments>] = [
        .option(
            "read-size", as: .size(1...(1 << 30)), into: \.readSize, help: "The buffer of one read.",
            detail: "A read gives what is there, at most this much; `-v` then reports each one."
        ).manualOnly,
        .option(
            "first-read-delay", as: .duration, into: \.firstReadDelay, help: "Wait this long before the first read."
        ).manualOnly.needs(.connection),
        .option(
            "read-delay", as: .duration, into: \.readDelay, help: "Wait this long before every other read."
        ).manualOnly.needs(.connection),
        .flag(
            "no-read", into: \.reads, value: false, help: "Never read from the connection.",
            detail: "What the peer sends fills the receive buffer, then its own send buffer, and then its writes block."
        ).manualOnly
            .excludes(
                "read-size", "first-read-delay", "read-delay", "max-bytes", "read-timeout",
                reason: "'{other}' is about reading, and '--no-read' never reads"
            )
            .excludes("output", reason: "'--output' is about what is received, and '--no-read' never reads")
            .excludes(
                "recv-only",
                reason: "'--recv-only' and '--no-read' exclude each other: nothing would be left to do"
            )
            .excludes(
                "keep-going", reason: "'--keep-going' is about reads that time out, and '--no-read' never reads"
            )
            .needs(.connection, reason: "'--no-read' is about connections, and {network} has none"),
        .option(
            "max-bytes", as: .size, into: \.maximumBytes, help: "Give up when a peer sends more than this.",
            detail: "So much is taken of it and no more; the connection is reset, and the status is 65."
        ).manualOnly.needs(.connection),
        .option(
            "write-size", as: .size(1...(1 << 30)), into: \.writeSize, help: "The most that one write gives.",
            detail: """
                On a network of messages, the longest message to make of input: each line of a terminal, and each read \
                of a pipe or file, of as many bytes as the network's longest message has unless this says otherwise, is \
                one. `-v` then reports each write.
                """
        ).manualOnly,
        .option(
            "write-delay", as: .duration, into: \.writeDelay, help: "Wait this long between two writes."
        ).manualOnly.needs(.connection),
        .option(
            "delay", as: .duration, into: \.lineDelay, help: "Wait this long between two lines of input."
        ).manualOnly.needs(.connection),
        .option(
            "rate", as: .size, into: \.rate, help: "Move at most this many bytes a second.",
            detail: "It holds for each direction by itself."
        ).manualOnly.needs(.connection),
    ].titled("Pace")
}
