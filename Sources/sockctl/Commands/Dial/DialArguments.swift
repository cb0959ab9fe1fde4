/// What `dial` takes.
struct DialArguments: Equatable, Sendable {
    var address: [String] = []
    var timeout: Duration?
    /// nil never races the two families.
    var fallbackDelay: Duration? = .milliseconds(300)
    var source: String?
    var sourcePort: Int?
    var persistence = PersistenceArguments()
    var roundTrips = RoundTripArguments()
    var submit = SubmitArguments()
    var writing = WriterArguments()
    var peer = PeerArguments()

    static let rows: [Row<DialArguments>] =
        [
            .positional(
                "address", 1...2, completion: .hosts, into: \.address,
                help: "Where to connect: host:port, port or unix:path.",
                detail: """
                    `HOST:PORT` or `HOST PORT`; `:PORT` or a bare `PORT` for localhost; `unix:PATH`, or `unix:@NAME` \
                    for an abstract name; any network may stand before it, as in `tcp4://127.0.0.1:80`.
                    """)
        ] + connecting.titled("Connecting")
        + PersistenceArguments.rows.lifted(through: \.persistence)
        + RoundTripArguments.rows.lifted(through: \.roundTrips)
        + SubmitArguments.rows.lifted(through: \.submit)
        + WriterArguments.rows.lifted(through: \.writing)
        + PeerArguments.rows.lifted(through: \.peer)

    private static let connecting: [Row<DialArguments>] = [
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout,
            help: "Give up when not connected after this long.",
            detail: "It is spent on resolving and connecting together, over all addresses; the status is 75."),
        .option(
            "fallback-delay", as: .limit, into: \.fallbackDelay, help: "The head start of the first address family.",
            detail: """
                If a name has addresses of both families and the first is not connected by then, the second is tried \
                beside it (RFC 8305). With `none` one address is tried after the other.
                """
        ).manualOnly,
        .option(
            "source", short: "s", as: .word("HOST[:PORT]"), into: \.source, help: "The local address to connect from."),
        .option(
            "source-port", short: "p", as: .integer(0...65535, placeholder: "PORT"), into: \.sourcePort,
            help: "The local port to connect from."),
    ]

    func validate() throws(UsageError) {
        try peer.validate()
        try persistence.validate(peer)
        try roundTrips.validate(peer, persistence)
        try submit.validate(with: peer)
        try peer.frame.validate(hasPackets: submit.isOn)
        try validateModes()
        try validateWriting()
        if sourcePort != nil, peer.network.name?.hasPrefix("unix") == true {
            throw UsageError("a Unix socket has no port: '--source-port' has no use")
        }
    }

    /// What each makes of standard input and of the answers is another thing.
    private func validateModes() throws(UsageError) {
        let modes = [
            (roundTrips.text != nil, "--send"), (submit.isOn, "--submit"), (peer.frame.framing != nil, "--frame"),
        ].filter(\.0).map(\.1)
        if modes.count > 1 {
            throw UsageError("'\(modes[0])' and '\(modes[1])' exclude each other: each has messages of its own")
        }
        guard let mode = modes.last, mode != "--send" else { return }
        if persistence.reconnects {
            throw UsageError("'--reconnect' goes on in the middle of the bytes, and '\(mode)' has whole messages")
        }
        if submit.isOn, persistence.heartbeat != nil {
            throw UsageError("'--heartbeat' sends a text that is no packet: '--submit' knows only those")
        }
    }
}
