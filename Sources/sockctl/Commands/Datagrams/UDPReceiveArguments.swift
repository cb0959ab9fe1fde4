/// What `udp-recv` takes.
struct UDPReceiveArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var count: Int?
    var timeout: Duration?
    var buffer = 65536
    var separator: [UInt8] = []
    var reply: DatagramReply?
    var joins: [GroupMembership] = []
    var reusesPort = false
    var firstReadDelay: Duration?
    var hasStatistics = false
    var gate = GateArguments()
    var tls = TLSArguments()
    var transfer = TransferArguments()
    var datagrams = DatagramArguments()

    static let rows: [Row<UDPReceiveArguments>] =
        [
            .positional(
                "address", 0...2, completion: .hosts, into: \.address,
                help: "Where to receive: port, :port, host:port or unix:path.",
                detail: """
                    As for `listen`: `:PORT` is every interface of both families, a bare `PORT` is 127.0.0.1 only. With \
                    `--join` both are every interface of the group's family. No address is any free port.
                    """)
        ] + receiving.titled("Receiving") + groups.titled("Groups")
        + [TLSArguments.receiverStart].lifted(through: \.tls)
        + GateArguments.datagramRows.lifted(through: \.gate)
        + TransferArguments.rows.filter { ["output", "append", "hex-dump"].contains($0.info.name) }.lifted(
            through: \.transfer)
        + DatagramArguments.rows(socketOptions: [
            "rcvbuf", "sndbuf", "ttl", "tos", "interface", "min-ttl", "setsockopt",
        ])
        .lifted(through: \.datagrams)

    private static let receiving: [Row<UDPReceiveArguments>] = [
        .option("count", as: .count(1...Int.max), into: \.count, help: "Quit after this many datagrams."),
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout,
            help: "Give up when no datagram comes for this long.",
            detail: "Each datagram begins the wait anew; the status is 75."),
        .option(
            "reply", as: .reply, into: \.reply, help: "Answer each datagram, with this text or with itself.",
            detail: """
                The answer comes from the address that the datagram was sent to. A Unix sender whose own queue is full \
                is waited for, a second at most; one without a name cannot be answered.
                """),
        .flag(
            "stats", into: \.hasStatistics, help: "Measure the traffic of: udp-send --size.",
            detail: """
                What was lost, reordered and duplicated, by the numbers in the datagrams; the jitter (RFC 3550), by \
                their times and the kernel's; the rate, from the first arrival to the last. Datagrams of fewer than 16 \
                bytes carry no number: then only the kernel's drops are known to be lost.
                """),
        .option(
            "separator", as: .text, into: \.separator, help: "Write this after each datagram.",
            detail: "To standard output, as in `--separator '\\n'`."),
        .option(
            "buffer", as: .size(1...(1 << 20)), into: \.buffer, help: "The most to take of one datagram.",
            detail: "Of a longer one the rest is gone, and a report says how long it was."),
        .option(
            "first-read-delay", as: .duration, into: \.firstReadDelay, help: "Do not read for this long.",
            detail: "What the receive buffer cannot hold meanwhile is dropped by the kernel, which counts it."),
    ]

    private static let groups: [Row<UDPReceiveArguments>] = [
        .list(
            "join", as: .groupMembership, into: \.joins, help: "Join a multicast group.",
            detail: """
                With `,SOURCE`, only what that source sends is received; with `@INTERFACE`, on that interface, by name \
                or number, instead of the one that the route to the group leads through.
                """),
        .flag(
            "reuse-port", into: \.reusesPort, help: "Share the port with others that do.",
            detail: "This is SO_REUSEPORT: the kernel spreads the senders over those who share it."
        ).needs(.ip),
    ]

    func validate() throws(UsageError) {
        try tls.validate()
        try WrittenFiles.check(transfer.writtenFiles + tls.writtenFiles)
        try WrittenFiles.check(transfer.writtenFiles, against: 1)
        if hasStatistics, buffer < GeneratedPayload.headerSize {
            throw UsageError("'--stats' reads the first 16 bytes of each datagram: '--buffer \(buffer)' is too small")
        }
    }
}

extension UDPReceiveArguments: RunArguments {
    var common: CommonArguments { datagrams.common }
}
