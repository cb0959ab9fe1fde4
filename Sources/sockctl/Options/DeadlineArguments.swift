/// How long an operation on a connection may take, or the whole connection, and what follows.
struct DeadlineArguments: Equatable, Sendable {
    var readTimeout: Duration?
    var writeTimeout: Duration?
    var deadline: Duration?
    var keepGoing: Int?
    var idleTimeout: Duration?
    var goodbye: [UInt8]?
    /// For datagrams: a silence after the first is the end, and no failure. No option says so; nc's `-w` does.
    var silenceIsEnd = false

    static let rows: [Row<DeadlineArguments>] = [
        .option(
            "read-timeout", as: .limit, into: \.readTimeout, help: "Give up when a read takes longer than this.",
            detail: "Each read has a new deadline; the status is 75."
        ).manualOnly.needs(.connection),
        .option(
            "write-timeout", as: .limit, into: \.writeTimeout, help: "Give up when a write takes longer than this.",
            detail: """
                Each write, with all its bytes, has a new deadline. The error says how many bytes the kernel had taken; \
                the status is 75.
                """
        ).manualOnly.needs(.connection),
        .option(
            "deadline", as: .limit, into: \.deadline, help: "Give up this long after the connection was made.",
            detail: """
                One point in time, never renewed: once it has passed, every read and write fails at once and nothing \
                more is taken or given. The status is 75. Where nobody reads standard output the peer is not read \
                either; `--max-time` and `--close-after` end that too.
                """
        )
        .manualOnly
        .excludes(
            "read-timeout", "write-timeout",
            reason:
                "'--deadline' and '{other}' exclude each other: one is never renewed, the other before each operation",
            hint: "to limit the whole connection as well, use --close-after or --max-time"
        )
        .needs(.connection),
        .option(
            "keep-going", as: .count(1...Int.max), into: \.keepGoing, help: "Go on after this many reads timed out.",
            detail: """
                Each is reported, with how long it waited and how many bytes it left unread. With `--read-timeout` \
                the next read has a new deadline; with `--deadline` it fails at once, for the time has passed.
                """
        ).manualOnly
            .needs(
                "read-timeout", "deadline",
                reason: "'--keep-going' is about reads that time out: give '--read-timeout' or '--deadline'"),
        .option(
            "idle-timeout", short: "i", as: .limit, into: \.idleTimeout, help: "Give up after this long a silence.",
            detail: """
                Bytes in either direction break the silence, which `-v` reports as `keep alive`; the status is 75. \
                Every connection has its own.
                """),
        .option(
            "goodbye", as: .text, into: \.goodbye, help: "Send this text before closing an idle connection.",
            detail: "With `--idle-timeout`: exactly this text, and the end."
        ).manualOnly
            .needs(
                "idle-timeout",
                reason: "'--goodbye' is for a connection that was idle for too long: give '--idle-timeout'"
            )
            .excludes(
                "close reset", reason: "'--goodbye' is a last word, and '--close reset' may take it away again"
            )
            .needs(.connection),
    ].titled("Deadlines")
}
