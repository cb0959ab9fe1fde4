import SockKit

/// What `dial` takes.
struct DialArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var timeout: Duration? { didSet { choosesTimeout = true } }
    /// Somebody has set the time-out, if only to none.
    private(set) var choosesTimeout = false
    /// nil never races the two families.
    var fallbackDelay: Duration? = .milliseconds(300)
    var source: Word?
    var sourcePort: Int?
    var persistence = PersistenceArguments()
    var roundTrips = RoundTripArguments()
    var submit = SubmitArguments()
    var writing = WriterArguments()
    var scan = ScanArguments()
    var firstLineOnly = false
    var passesDescriptor = false
    var proxy = ProxyArguments()
    var tls = TLSArguments()
    var peer = PeerArguments()

    static let rows: [Row<DialArguments>] =
        [
            .positional(
                "address", 1...Int.max, completion: .hosts, into: \.address,
                help: "Where to connect: host:port, port or unix:path.",
                detail: """
                    `HOST:PORT` or `HOST PORT`; `:PORT` or a bare `PORT` for localhost; `unix:PATH`, or `unix:@NAME` \
                    for an abstract name; `vsock:host:PORT`; any network may stand before it, as in \
                    `tcp4://127.0.0.1:80`. \
                    With `-z` hosts and ports are lists; see SCANNING.
                    """)
        ] + connecting.titled("Connecting")
        + proxying.lifted(through: \.proxy)
        + PersistenceArguments.rows.lifted(through: \.persistence)
        + RoundTripArguments.rows.lifted(through: \.roundTrips)
        + SubmitArguments.rows.lifted(through: \.submit)
        + WriterArguments.rows.lifted(through: \.writing)
        + ScanArguments.rows.lifted(through: \.scan)
        + [TLSArguments.clientStart].lifted(through: \.tls)
        + PeerArguments.rows.lifted(through: \.peer) + [firstLine, passing].titled(TransferArguments.title)

    private static let proxying = ProxyArguments.rows.map { row in
        guard row.info.name == "proxy" else { return row }
        return
            row
            .excludes(
                "zero", without: .connection,
                reason:
                    "'--proxy' and a scan of datagrams exclude each other: no refusal would come back through a proxy"
            )
            .excludes(
                "pass-fd", without: .connection,
                reason: "datagrams go through a proxy only while this program runs: leave out '--pass-fd'")
    }

    private static let firstLine: Row<DialArguments> = .flag(
        "first-line", into: \.firstLineOnly, help: "Print the first line that comes, and be done.",
        detail: """
            Standard input is sent meanwhile. The line ends with a newline, whether it came with CR LF or LF; what comes \
            behind it is not read. A peer that ends before a line does is an error: 65, or 74 if it had said nothing.
            """
    )
    .excludes(
        "send", "submit", "writers", "reconnect", "heartbeat",
        reason: "'--first-line' ends with the first line, and '{other}' goes on"
    )
    .excludes("send-only", "no-read", reason: "'--first-line' waits for a line, and with '{other}' nobody reads it")
    .excludes(
        "frame", "separator", "whole", "output",
        reason: "'{other}' is about all that comes, '--first-line' about a line"
    )
    .excludes(
        "quit-after", "half-open", "input-grace",
        reason: "'{other}' says when to end, and with '--first-line' the first line does"
    )
    .needs(.stream, reason: "'--first-line' looks for a line in a stream, and {network} has messages")

    private static let passing: Row<DialArguments> = .flag(
        "pass-fd", into: \.passesDescriptor, help: "Hand the connection over to standard output.",
        detail: """
            Standard output is a Unix socket, as ssh's `ProxyUseFdpass` makes it: its other end gets the connected socket \
            (SCM_RIGHTS), and that is the end here.
            """
    ).manualOnly
        .honours(
            // With fast open nothing is sent to the peer before there are bytes for it, and here nobody has any.
            PeerArguments.plainNames.union(ProxyArguments.names).subtracting(["fastopen"]).union([
                "timeout", "fallback-delay", "source", "source-port", "retry", "retry-delay", "retry-max-delay",
                "max-time",
            ]),
            reason: "'{other}' is about talking to the peer, and with '--pass-fd' somebody else does that")

    private static let connecting: [Row<DialArguments>] = [
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout,
            help: "Give up when not connected after this long.",
            detail: """
                It is spent on resolving and connecting together, over all addresses; the status is 75. In a scan each \
                attempt has it, 2s unless this says otherwise.
                """),
        .option(
            "fallback-delay", as: .limit, into: \.fallbackDelay, help: "The head start of the first address family.",
            detail: """
                If a name has addresses of both families and the first is not connected by then, the second is tried \
                beside it (RFC 8305). With `none` one address is tried after the other.
                """
        ).manualOnly.needs(.ip),
        .option(
            "source", short: "s", as: .bytes("HOST[:PORT]"), into: \.source, help: "The local address to connect from.",
            detail: "For a Unix socket of datagrams the path of a socket file, which is removed at the end."
        ).manualOnly.needs(.source, reason: withoutSource),
        .option(
            "source-port", short: "p", as: .integer(0...65535, placeholder: "PORT"), into: \.sourcePort,
            help: "The local port to connect from.",
            detail: "With `-z` all attempts have it, those with `-u` one after another."
        ).manualOnly.needs(.ip, reason: withoutSource),
    ]

    private static let withoutSource =
        "'--source' and '--source-port' are for IP addresses, and {network} has none"

    /// `--source` and `--source-port` together: a host, a port, or both.
    var nearEnd: SourceAddress? {
        get throws(UsageError) {
            let port = UInt16(sourcePort ?? 0)
            guard let word = source else { return sourcePort == nil ? nil : SourceAddress(host: "", port: port) }
            let source = try SourceAddress(word)
            guard source.port != nil else { return SourceAddress(host: source.host, port: port) }
            if sourcePort != nil {
                throw UsageError("'--source \(word)' already names the port: leave out '--source-port'")
            }
            return source
        }
    }

    func validate() throws(UsageError) {
        // Only a scan has more of them than a host and a port.
        if !scan.isOn, address.count > 2 {
            let named = address.dropFirst(2).map { "'\($0)'" }.joined(separator: ", ")
            throw UsageError(address.count == 3 ? "unexpected argument \(named)" : "unexpected arguments \(named)")
        }
        try proxy.validate()
        try tls.validate()
        try persistence.validate()
        try peer.transfer.checkFiles(tls.writtenFiles)
        try writing.validate()
        try peer.frame.validate(given, hasPackets: submit.isOn)
        if roundTrips.text?.isEmpty == true { throw UsageError("'--send' is empty: nobody would answer that") }
        if sourcePort != nil, peer.network.named?.isUnix == true {
            throw UsageError("a Unix socket has no port: '--source-port' has no use")
        }
    }
}

extension DialArguments: RunArguments {
    var common: CommonArguments { peer.common }
    var maximumTime: Duration? { peer.ending.maximumTime }
    // A scan has no payload: what it finds is the output.
    var reportTarget: ReporterSettings.Target { scan.isOn ? .standardOutput : .standardError }
    var showsTransfers: Bool { given.containsAny(of: PaceArguments.aboutSingleTransfers) }
}
