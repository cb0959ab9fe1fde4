/// What `backlog-probe` takes.
struct BacklogProbeArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var backlog: Int?
    var dials: Int?
    var acceptEvery: Duration?
    var neverAccepts = false
    var timeout: Duration? = .seconds(3)
    var isConcurrent = false
    var then: AfterProbe?
    var picture = PictureArguments()
    var network = NetworkArguments()
    var common = CommonArguments()

    static let defaultBacklog = 128

    static let rows: [Row<BacklogProbeArguments>] =
        [
            .positional(
                "address", 0...2, completion: .hosts, into: \.address,
                help: "The server to probe; without it, a listener of its own.",
                detail: """
                    As for `dial`. Of a server on this machine the queue is read from the kernel; of one elsewhere only \
                    the dials can be seen.
                    """)
        ] + probing.titled("Probing") + PictureArguments.rows.lifted(through: \.picture)
        + NetworkArguments.rows.lifted(through: \.network) + CommonArguments.rows.lifted(through: \.common)

    private static let probing: [Row<BacklogProbeArguments>] = [
        .option(
            "backlog", as: .count(0...Int(Int32.max)), into: \.backlog,
            help: "What its own listener asks listen(2) for.", detail: "The default is 128."
        ).ours("the queue of {address} is as long as its own program asked for"),
        .option(
            "dials", as: .count(1...Int(Int32.max)), into: \.dials, help: "How many dials to make.",
            detail: """
                By default enough to fill the queue and 3 more; at a server whose queue cannot be seen, 132. More than \
                the limit of open descriptors can hold is refused before the first, with status 71.
                """),
        .option(
            "accept-every", as: .limit, into: \.acceptEvery, help: "Accept one connection each time this has passed.",
            detail: "By default nobody accepts."
        )
        .excludes(
            "never-accept", reason: "'--accept-every {value}' and '--never-accept' exclude each other"
        )
        .ours("only {address} itself can accept its clients"),
        .flag("never-accept", into: \.neverAccepts, help: "Accept nobody: the default.")
            .ours("whether {address} accepts is its own affair"),
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout, help: "How long each dial waits.",
            detail: "With `none`, as long as the kernel does, which is over two minutes as Linux comes."),
        .flag(
            "concurrent", into: \.isConcurrent, help: "Dial from several threads at once.",
            detail: """
                The kernel looks for room when a SYN comes and takes it when the handshake is over, so that now and \
                then one more than the queue holds gets in.
                """),
        .option(
            "then", as: .choice("WHAT"), into: \.then, help: "What its listener does in the end.",
            detail: "With `close` it closes when all dials are decided, and the report says what the clients read."
        ).ours("only {address} itself can close its listener"),
    ]
}

extension Row {
    /// The same row, which is about a listener of the probe's own.
    fileprivate func ours(_ reason: String) -> Row {
        excludes(
            "address", reason: "'{option}' is for a listener of the probe's own: \(reason)",
            hint: "leave out the address, or '{option}'")
    }
}

extension BacklogProbeArguments: RunArguments {
    var reportTarget: ReporterSettings.Target { .standardOutput }
}

/// What a probe's listener does once every dial is decided.
enum AfterProbe: String, CaseIterable, Sendable {
    case close
}
