/// What `dial` takes.
struct DialArguments: Equatable, Sendable {
    var address: [String] = []
    var timeout: Duration?
    /// nil never races the two families.
    var fallbackDelay: Duration? = .milliseconds(300)
    var source: String?
    var sourcePort: Int?
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
        ] + connecting.titled("Connecting") + WriterArguments.rows.lifted(through: \.writing)
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
        try validateWriting()
        if sourcePort != nil, peer.network.name?.hasPrefix("unix") == true {
            throw UsageError("a Unix socket has no port: '--source-port' has no use")
        }
    }
}
