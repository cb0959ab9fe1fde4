import SockKit

/// What `forward` takes.
struct ForwardArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var target: [Word] = []
    var furtherTargets: [Word] = []
    var balance = Balance.first
    var seed: UInt64?
    var timeout: Duration? = .seconds(30)
    var maximumAccepts: Int?
    var maximumConnections: Int?
    var backlog: Int?
    var reusesPort = false
    /// The permissions of a Unix socket's file; nil is 0600.
    var mode: Int?
    var maximumTime: Duration?
    var persistence = PersistenceArguments()
    var proxy = ProxyArguments()
    var gate = GateArguments()
    var deadlines = DeadlineArguments()
    /// Whether there is a word about how long a silence may be, and be it that there is no limit.
    var namesSilence = false
    var ending = EndingArguments()
    var transfer = TransferArguments()
    var pace = PaceArguments()
    var faults = FaultArguments()
    var waiting = WaitingArguments()
    var proxyHeader = ProxyHeaderArguments()
    var record = RecordArguments()
    var tls = TLSArguments()
    var network = NetworkArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    static let rows: [Row<ForwardArguments>] =
        [
            .positional(
                "listen", 1...1, completion: .hosts, into: \.address,
                help: "Where to listen: port, :port, host:port or unix:path.",
                detail: """
                    One word, as for `listen`: `:PORT` is every interface of both families, a bare `PORT` is 127.0.0.1 only, \
                    and port 0 picks a free one; any network may stand before it.
                    """),
            .positional(
                "target", 0...1, completion: .hosts, into: \.target,
                help: "Where to connect to: host:port, port or unix:path.",
                detail: "One word, as for `dial`. More than one are given with `--target`."),
        ] + reaching.titled("Targets")
        + PersistenceArguments.rows.named("retry", "retry-delay", "retry-max-delay").titled("Targets")
        .map(aboutConnecting).lifted(through: \.persistence)
        + proxying.titled("Targets").lifted(through: \.proxy)
        + serving.titled("Peers") + GateArguments.rows.lifted(through: \.gate)
        + DeadlineArguments.rows.without("keep-going").lifted(through: \.deadlines).map(notingSilence)
        + EndingArguments.rows.named("close-after").titled("Deadlines").lifted(through: \.ending)
        + TransferArguments.rows.named("output", "append", "hex-dump").lifted(through: \.transfer)
        + PaceArguments.rows.named("rate", "max-bytes").map(aboutStreams).lifted(through: \.pace)
        + FaultArguments.rows.lifted(through: \.faults)
        + WaitingArguments.rows.lifted(through: \.waiting)
        + ProxyHeaderArguments.rows.lifted(through: \.proxyHeader) + RecordArguments.rows.lifted(through: \.record)
        + TLSArguments.forwardStart.lifted(through: \.tls)
        + (NetworkArguments.rows.named("ipv4", "ipv6", "no-dns", "resolve") + datagrams).lifted(through: \.network)
        + SocketArguments.rows.lifted(through: \.socket)
        + CommonArguments.rows.without("progress").lifted(through: \.common)

    private static let reaching: [Row<ForwardArguments>] = [
        .list(
            "target", as: .bytes("ADDRESS"), into: \.furtherTargets, help: "Another address to connect to.",
            detail: """
                One that cannot be reached is passed over for a while, 1 s at first and at most 30 s, and events tell of \
                it.
                """),
        .option(
            "balance", as: .choice("HOW"), into: \.balance, help: "Which target a connection gets.",
            detail: """
                With `first` always the first that can be reached; with `round-robin` each in turn; with `random` any; \
                with `least` the one with the fewest connections.
                """),
        .option(
            "seed", as: .number64, into: \.seed, help: "Begin chance here, so that a run can be repeated."
        ).manualOnly.needs(
            "balance random", "fault", "up", "down", "control",
            reason: "'--seed' is about chance, and nothing is left to it"),
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout,
            help: "Give up a target not connected after this long.",
            detail: "It is spent on resolving and connecting together; the peer is reset then."),
    ]

    private static let datagrams: [Row<NetworkArguments>] = [
        .flag(
            "udp", short: "u", into: \.isUDP, help: "Forward datagrams: of UDP, or of Unix sockets.",
            detail: "An address that does not name its network is UDP's then, and `unix:PATH` is `unixgram:PATH`.")
    ].titled("Network")

    private static let serving: [Row<ForwardArguments>] = [
        .option(
            "max-conns", short: "m", as: .count(), into: \.maximumConnections,
            help: "Forward at most this many at once.",
            detail: """
                One too many is accepted, closed and reported; with 0 everyone is. Of senders of datagrams, what one too \
                many sends is dropped and counted.
                """),
        .option(
            "max-accepts", as: .count(1...Int.max), into: \.maximumAccepts, help: "Accept this many, then no more.",
            detail: "Those that run are finished; the status is 0."
        ).manualOnly,
        .option(
            "backlog", as: .count(0...Int(Int32.max)), into: \.backlog, help: "How many peers may wait to be accepted.",
            detail: "The kernel grants no more than `net.core.somaxconn`, which is the default."
        ).manualOnly
            .needs(
                .connection,
                reason: "'--backlog' is about peers that wait to be accepted, and those of {network} are not",
                hint: "datagrams wait in the receive buffer: --rcvbuf sets its size"),
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

    private static let proxying = ProxyArguments.rowsOfTargets.map { row in
        guard row.info.name == "proxy" else { return row }
        return row.needs(
            .connection, reason: "'{option}' leads connections through a proxy, and {network} has none",
            hint: "datagrams of one's own go through: sockctl udp-send --proxy")
    }

    private static func aboutConnecting(_ row: Row<PersistenceArguments>) -> Row<PersistenceArguments> {
        var row = row
        if row.info.name == "retry" {
            row.info.detail =
                "The peer waits meanwhile; when the last attempt has failed it is reset, and the error is told."
        }
        return row.needs(
            .connection, reason: "'{option}' is about targets that refuse a connection, and {network} has none",
            hint: "who wants an answer to a datagram sends it again; name another target with --target")
    }

    /// Datagrams are not held back by what cannot be given on.
    private static func aboutStreams(_ row: Row<PaceArguments>) -> Row<PaceArguments> {
        guard row.info.name == "rate" else { return row }
        var row = row
        row.info.rules = []
        return row.needs(
            .connection, reason: "'{option}' slows senders down, and those of {network} are not to be told",
            hint: "what a slow link does to datagrams is a fault: --fault rate={value}")
    }

    /// The row of the limit on silences, which datagrams have by default.
    private static func notingSilence(_ row: Row<ForwardArguments>) -> Row<ForwardArguments> {
        guard row.info.name == "idle-timeout" else { return row }
        var info = row.info
        info.detail = """
            Bytes in either direction break the silence; the status is 75. Every connection has its own. A sender of \
            datagrams is forgotten then, which is no failure: after 60 s unless this says otherwise, `none` for never.
            """
        return Row(info) { (arguments: inout ForwardArguments, word: Word) throws(UsageError) in
            try row.apply(&arguments, word)
            arguments.namesSilence = true
        } defaultText: {
            row.defaultText($0)
        }
    }

    func validate() throws(UsageError) {
        try persistence.validate()
        try proxy.validate()
        try proxyHeader.validate()
        try WrittenFiles.check(transfer.writtenFiles + record.writtenFiles + tls.writtenFiles)
        try tls.validate()
        if target.isEmpty, furtherTargets.isEmpty, record.replay == nil {
            throw UsageError(
                "'\(address[0])' says where to listen, and nothing where to connect to",
                hint: "name the target after it: sockctl forward 3000 localhost:80")
        }
    }

    /// What concerns a peer, as a peer's policy takes it.
    var peer: PeerArguments {
        var peer = PeerArguments()
        (peer.deadlines, peer.ending, peer.pace, peer.socket) = (deadlines, ending, pace, socket)
        return peer
    }
}

extension ForwardArguments: RunArguments {}

extension Array {
    /// Those rows of a group that a command takes.
    fileprivate func named<Arguments>(_ names: String...) -> [Row<Arguments>] where Element == Row<Arguments> {
        filter { names.contains($0.info.name) }
    }

    fileprivate func without<Arguments>(_ names: String...) -> [Row<Arguments>] where Element == Row<Arguments> {
        filter { !names.contains($0.info.name) }
    }
}

extension ValueType where Value == UInt64 {
    /// Any number of 64 bits.
    fileprivate static var number64: Self {
        Self(placeholder: "N", completion: .none) { (text: String) throws(UsageError) in
            guard let number = UInt64(text), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw UsageError("'\(text)' is not a number from 0 to \(UInt64.max)")
            }
            return number
        } show: {
            "\($0)"
        }
    }
}
