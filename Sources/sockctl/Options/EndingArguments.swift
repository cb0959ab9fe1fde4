/// When a conversation is over, and how it is closed.
struct EndingArguments: Equatable, Sendable {
    var halfClose = HalfClose.automatic
    var quitAfter: Duration?
    var inputGrace: Duration? = .seconds(1)
    var isHalfOpen = false
    var maximumTime: Duration?
    var count: Int?
    var close = CloseMode.fin
    var closeAfter: Duration?

    /// What `--max-time` does to whoever reads the reports.
    static let lastReports = "Reports that nobody reads are waited for no longer, but for a second."

    static let rows: [Row<EndingArguments>] = [
        .option(
            "quit-after", short: "q", as: .limit, into: \.quitAfter, help: "Quit this long after standard input's end.",
            detail: "Sooner if both directions have ended; the status is 0."),
        .flag(
            "shutdown", short: "N", into: \.halfClose, value: .always, help: "Half-close at standard input's end.",
            detail: """
                That is the default; given, it also holds for a `listen` whose standard input ended without a byte.
                """
        ).manualOnly.overriding("no-shutdown"),
        .flag(
            "no-shutdown", into: \.halfClose, value: .never, help: "Do not half-close at standard input's end.",
            detail: "The peer then learns of the end only when the connection is closed."
        ).manualOnly.overriding("shutdown").needs(.connection),
        .flag(
            "half-open", into: \.isHalfOpen, help: "Go on sending after the peer's end.",
            detail: "Once the peer has ended, only standard input's end is the end."
        ).manualOnly.needs(.connection),
        .option(
            "input-grace", as: .limit, into: \.inputGrace,
            help: "How long to wait for more input after the peer's end.",
            detail: """
                It begins anew with every byte that comes. Datagrams have no end: with them it is the wait for another \
                one after standard input's end.
                """
        ).manualOnly,
        .option(
            "max-time", as: .limitAboveZero, into: \.maximumTime, help: "Give up after this long in all.",
            detail: "It counts from the start of the program; the status is 75. \(lastReports)"),
        .option(
            "count", as: .count(1...Int.max), into: \.count, help: "Quit after this many datagrams received.",
            detail: "For datagrams only; with `dial --send` how many round trips to make, on any network."
        ).needs(
            .datagrams, unless: "send",
            hint: "it counts datagrams: use -u for UDP; or round trips, with dial --send"),
        .option(
            "close", as: .choice("HOW"), into: \.close, help: "How to close when done.",
            detail: """
                With `fin` as any program does; with `reset` so that the peer gets a reset; with `hold` not at all \
                until the program is interrupted.
                """
        ).manualOnly
            .excludes(
                "linger", valued: "reset", reason: "'--close reset' does not linger: leave out '--linger'"
            )
            .excludes(
                "close-after", valued: "hold",
                reason: "'--close hold' and '--close-after' exclude each other: one never closes, the other does"
            )
            .needs(.tcp, valued: "reset")
            .needs(.connection, reason: "'{option}' is about connections, and {network} has none"),
        .option(
            "close-after", as: .limit, into: \.closeAfter, help: "Close a connection at this age.",
            detail: """
                Whatever it is doing; bytes that nobody has read make it a reset. A `dial` that is to print an \
                answer, as with `--send` or `--first-line`, and has not got it by then, ends with 75.
                """
        ).manualOnly,
    ].titled("End of data")
}

/// Whether standard input's end is passed on as a FIN.
enum HalfClose: Equatable, Sendable {
    /// Yes, but for a `listen` whose standard input ended without a byte.
    case automatic
    case always
    case never
}

/// How a connection is closed when it is done.
enum CloseMode: String, CaseIterable, Sendable {
    case fin, reset, hold
}
