import SockKit

/// What `http-serve` takes.
struct HTTPServeArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var maximumConnections: Int?
    var backlog: Int?
    var reusesPort = false
    /// The permissions of a Unix socket's file; nil is 0600.
    var mode: Int?
    var grace = Duration.seconds(5)
    var maximumTime: Duration?
    var log = AccessLog.none
    var files = FileArguments()
    var answers = AnswerArguments()
    var limits = HTTPLimitArguments()
    var gate = GateArguments()
    var tls = TLSArguments()
    var network = NetworkArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    static let rows: [Row<HTTPServeArguments>] =
        [
            .positional(
                "address", 0...2, completion: .hosts, into: \.address,
                help: "Where to listen: port, :port, host:port or unix:path.",
                detail: """
                    As for `listen`: `:PORT` is every interface of both families, a bare `PORT` is 127.0.0.1 only, and \
                    port 0 picks a free one. No address is `:http`, port 80 of every interface, and with `--tls` `:https`, port 443.
                    """)
        ] + FileArguments.rows.lifted(through: \.files) + AnswerArguments.rows.lifted(through: \.answers)
        + serving.titled("Serving") + GateArguments.rows.map(\.manualOnly).lifted(through: \.gate)
        + HTTPLimitArguments.rows.lifted(through: \.limits)
        + [TLSArguments.webServerStart.titled("Serving")].lifted(through: \.tls)
        + NetworkArguments.rows.filter { $0.info.name != "udp" }.lifted(through: \.network)
        + SocketArguments.rows.lifted(through: \.socket) + CommonArguments.rows.lifted(through: \.common)

    private static let serving: [Row<HTTPServeArguments>] = [
        .option(
            "log", as: .choice("FORMAT"), into: \.log, help: "Write an access log to standard error.",
            detail: """
                With `combined`, a line for each answer as Apache and nginx write it; with `json`, the event `answered` \
                as an object, and what else is said, as `listening`, as one too: `--json` without what `-v` adds. `-v` \
                tells each answer to people.
                """
        ).excludes(
            "json", valued: "combined", "json",
            reason: "'--json' tells each answer already: leave out '{option}'"),
        .option(
            "grace", as: .duration, into: \.grace, help: "How long to finish what is running when told to end.",
            detail: "SIGINT or SIGTERM is the order: idle connections are closed at once. The second one ends all."),
        .option(
            "max-conns", short: "m", as: .count(), into: \.maximumConnections,
            help: "Serve at most this many connections at once.",
            detail: "One too many is accepted, closed and reported; with 0 nobody is served, and each is told of."),
        .option(
            "backlog", as: .count(0...Int(Int32.max)), into: \.backlog, help: "How many peers may wait to be accepted.",
            detail: "The kernel grants no more than `net.core.somaxconn`, which is the default."
        ).manualOnly,
        .flag(
            "reuse-port", into: \.reusesPort, help: "Share the port with others that do.",
            detail: "This is SO_REUSEPORT."
        ).manualOnly.needs(.ip),
        .option(
            "mode", as: .fileMode, into: \.mode, help: "The permissions of a Unix socket's file.",
            detail: "In octal; the default is `0600`."
        ).manualOnly
            .needs(.unix, reason: "'--mode' is about a Unix socket's file, and {network} has none"),
        .option(
            "max-time", as: .limitAboveZero, into: \.maximumTime, help: "Give up after this long in all.",
            detail: "It counts from the start of the program; the status is 75. \(EndingArguments.lastReports)"
        ).manualOnly,
    ]

    func validate() throws(UsageError) {
        try tls.validate()
        if let other = tls.protocols.first(where: { !["http/1.1", "http/1.0"].contains($0) }) {
            throw UsageError("'--tls-alpn': \(other) is not spoken here; there are http/1.1 and http/1.0")
        }
        if let page = files.standIn, page.isHidden, !files.showsHidden {
            throw UsageError(
                "'--spa \(page)': names that begin with a dot are not served", hint: "to serve them add --hidden")
        }
    }
}

extension HTTPServeArguments: RunArguments {
    /// Whoever wants the log as objects is to find nothing else between them.
    var reportsObjects: Bool { log == .json }
}
