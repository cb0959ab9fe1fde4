import SockKit

/// What `write-block-probe` takes.
struct WriteBlockProbeArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var timeout: Duration? = .seconds(10)
    var network = NetworkArguments()
    var chunk = 64 << 10
    var writes: Int?
    var duration: Duration?
    var writeTimeout: Duration?
    var isBlocking = false
    var bothWrite = false
    var neverReads = false
    var readAfter: Duration?
    var readEvery: Duration?
    var readSize: Int?
    var then: WriteBlockProbe.PeerEnding?
    var nodelay = true
    var sendBuffer: Int?
    var receiveBuffer: Int?
    var picture = PictureArguments()
    var reports = CommonArguments()

    static let rows: [Row<WriteBlockProbeArguments>] =
        [
            .positional(
                "address", 0...2, completion: .hosts, into: \.address,
                help: "Whom to write to; by default a peer of its own.",
                detail: """
                    As `dial` takes it. Without one the probe makes a peer on loopback, in its own process, and knows \
                    what is in its queue.
                    """)
        ] + writing.titled("Writing") + peer.titled("The probe's own peer")
        + NetworkArguments.rows.lifted(through: \.network)
        + sockets.titled("Socket options") + PictureArguments.rows.lifted(through: \.picture)
        + CommonArguments.rows.lifted(through: \.reports)

    private static let writing: [Row<WriteBlockProbeArguments>] = [
        .option(
            "chunk", as: .size(1...(64 << 20)), into: \.chunk, help: "How many bytes one write is given.",
            detail: "With very small ones the kernel's own overhead decides, and totals differ from run to run."),
        .option("writes", as: .count(1...Int.max), into: \.writes, help: "Stop after this many writes."),
        .option(
            "duration", as: .lasting, into: \.duration, help: "Stop this long after the start.",
            detail: """
                By default it stops 2 s after the block, with `--read-after` 2 s after the first unblock, and after \
                10 s without a block unless `--writes` says how many writes there are. `none` goes on until it is interrupted.
                """),
        .option(
            "write-timeout", as: .limit, into: \.writeTimeout, help: "Give each write a deadline of its own.",
            detail: """
                Past it a write returns what it had written. Two more writes are tried without a new deadline, to show \
                that it is sticky: 0 bytes, at once. Then it stops.
                """
        ),
        .flag(
            "blocking", into: \.isBlocking, help: "Write in a thread that really blocks.",
            detail: "One write(2) a chunk on a blocking socket: it returns short if it is ended while it waits."
        ).excludes(
            "both", "write-timeout",
            reason:
                "'--blocking' and '{other}' exclude each other: a thread in a blocking write can do nothing else"),
        .flag(
            "both", into: \.bothWrite, help: "The peer writes too.",
            detail: "Both directions have buffers of their own: both block, independently."
        ).ours.needs(.connection, reason: "'{option}' needs a connection, and {network} has none"),
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout,
            help: "Give up when not connected after this long."
        ).manualOnly,
    ]

    private static let peer: [Row<WriteBlockProbeArguments>] = [
        .option(
            "read-after", as: .limit, into: \.readAfter, help: "The peer begins to read this long after the start."
        ).ours,
        .flag("never-read", into: \.neverReads, help: "The peer never reads (the default).")
            .excludes("read-after", reason: "'--never-read' and '--read-after' exclude each other").ours,
        .option(
            "read-every", as: .duration, into: \.readEvery, help: "How far apart its reads are.",
            detail: "Without it, it reads on as fast as bytes come."
        ).needs("read-after", reason: "'--read-every' needs '--read-after': by default the peer never reads"),
        .option(
            "read-size", as: .size(1...(1 << 30)), into: \.readSize, help: "The buffer of one of its reads.",
            detail: "By default 60000."
        ).needs(
            "read-after", "then drain",
            reason: "'--read-size' needs '--read-after' or '--then drain': by default the peer never reads"),
        .option(
            "then", as: .choice("HOW"), into: \.then, help: "What it does once the writer is blocked.",
            detail: """
                `kill`: its socket is handed to a process that nobody else shares it with, and that is killed with \
                SIGKILL. `close`: it closes, bytes unread. `reset`: it resets the connection. `drain`: it reads \
                everything; then the write that was blocked is the last, unless `--writes` or `--duration` are given.
                """
        )
        .excludes(
            "write-timeout",
            reason:
                "'--then {value}' needs a write that stays blocked, and '--write-timeout' ends it before"
        ).ours
        .needs(.connection, valued: "reset", reason: "'{option}' needs a connection, and {network} has none"),
    ]

    private static let sockets: [Row<WriteBlockProbeArguments>] = [
        .option(
            "sndbuf", short: "O", as: .size(1...Int(Int32.max)), into: \.sendBuffer,
            help: "Size of the send buffers.",
            detail:
                "Of both sides. The kernel clamps it to `net.core.wmem_max` and doubles it: what it made of it is told."
        ),
        .option(
            "rcvbuf", short: "I", as: .size(1...Int(Int32.max)), into: \.receiveBuffer,
            help: "Size of the receive buffers.",
            detail:
                "Of both sides. The kernel clamps it to `net.core.rmem_max` and doubles it: what it made of it is told."
        ),
        .flag(
            "nodelay", into: \.nodelay, value: true, help: "Send small writes at once (the default).",
            detail: "This is TCP_NODELAY."
        ).manualOnly.overriding("no-nodelay").needs(.tcp),
        .flag(
            "no-nodelay", into: \.nodelay, value: false, help: "Let the kernel gather small writes.",
            detail: "This is Nagle's algorithm."
        ).overriding("nodelay").needs(.tcp),
    ]
}

extension ValueType where Value == Duration {
    /// A span of time, or `none` for one that nobody sees the end of.
    fileprivate static var lasting: Self {
        let endless = Duration.seconds(1 << 32)
        return Self(placeholder: "DURATION") { (text: String) throws(UsageError) in
            text == "none" ? endless : try DurationText.parse(text)
        } show: {
            $0 == endless ? "none" : DurationText.show($0)
        }
    }
}

extension Row {
    /// The same row, which is about the peer that the probe makes.
    fileprivate var ours: Row {
        excludes(
            "address", reason: "'{option}' is about the probe's own peer, and the one at an address is somebody else's")
    }
}

extension WriteBlockProbeArguments: RunArguments {
    var reportTarget: ReporterSettings.Target { .standardOutput }
    /// Each write is a part of the report, which is the product: it needs no `-v`.
    var common: CommonArguments {
        var common = reports
        common.verbosity = max(common.verbosity, 2)
        return common
    }
}
