/// What `udp-send` takes.
struct UDPSendArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var texts: [Word] = []
    var isWhole = false
    var chunk: Int?
    var chomps = false
    var size: Int?
    var count: Int?
    var interval: Duration?
    var rate: Int?
    var wait: Duration? { didSet { waits = true } }
    /// Replies are waited for, if without a limit.
    private(set) var waits = false
    var source: Word?
    var isUnconnected = false
    var broadcasts = false
    var multicastInterface: String?
    var forbidsFragments = false
    var proxy = ProxyArguments()
    var tls = TLSArguments()
    var datagrams = DatagramArguments()

    static let rows: [Row<UDPSendArguments>] =
        [
            .positional(
                "address", 1...1, completion: .hosts, into: \.address,
                help: "Where to send: host:port or unix:path[,...].",
                detail: """
                    One word. Several addresses share one unconnected socket, and each datagram goes to all of them.
                    """),
            .positional(
                "text", 0...Int.max, into: \.texts, help: "Datagrams to send.",
                detail: """
                    Each is one datagram, an empty one too, with the escapes `\\n \\r \\t \\0 \\\\ \\xHH`. Without any, each \
                    line of standard input is one, its newline included.
                    """),
        ] + sending.titled("Sending") + answers.titled("Answers") + (peers + proxying).titled("Peers")
        + [TLSArguments.senderStart].lifted(through: \.tls)
        + DatagramArguments.rows(socketOptions: ["sndbuf", "ttl", "tos", "interface", "setsockopt"]).lifted(
            through: \.datagrams)

    private static let sending: [Row<UDPSendArguments>] = [
        .flag("whole", into: \.isWhole, help: "Send all of standard input as one datagram.")
            .cuttingInput.excludes("chunk", "chomp", reason: "'{option}' and '{other}' exclude each other"),
        .option(
            "chunk", as: .size(1...(1 << 20)), into: \.chunk, help: "Cut standard input into datagrams of this size."
        ).cuttingInput.excludes("chomp", reason: "'{option}' and '{other}' exclude each other"),
        .flag("chomp", into: \.chomps, help: "Leave the newline out of each line.").cuttingInput,
        .option(
            "size", as: .size(0...(1 << 20)), into: \.size, help: "Send generated datagrams of this size.",
            detail: """
                From 16 bytes on they carry a number and the time, eight bytes each, big-endian, by which `udp-recv \
                --stats` knows what became of them.
                """
        ).excludes("text", reason: "'--size' generates the datagrams that TEXT gives"),
        .option(
            "count", as: .count(1...Int.max), into: \.count, help: "Send TEXT, or what is generated, this many times."
        ).needs(
            "text", "size",
            reason: "'--count' repeats TEXT or what '--size' generates; standard input is sent once"),
        .option("interval", as: .duration, into: \.interval, help: "Leave this much time from one send to the next.")
            .excludes(
                "rate",
                reason: "'--interval' and '--rate' exclude each other: both say when the next datagram is due"),
        .option("rate", as: .size, into: \.rate, help: "Send no more than this many bytes a second."),
    ]

    private static let answers: [Row<UDPSendArguments>] = [
        .option(
            "wait", short: "w", as: .limit, into: \.wait, help: "Wait this long for replies.",
            detail: """
                It counts from the last send and ends at once with a reply or a refusal for each send. If none comes, the status \
                is 75. A Unix socket gets a name of the kernel's choice, so that it can be answered.
                """)
    ]

    private static let peers: [Row<UDPSendArguments>] = [
        .option(
            "source", short: "s", as: .bytes("HOST[:PORT]"), into: \.source, help: "The local address to send from.",
            detail: "For a Unix socket the path of a socket file, which is removed at the end."),
        .flag(
            "unconnected", into: \.isUnconnected, help: "Send from an unconnected socket.",
            detail: "A refusal, which comes back as an ICMP message, is then never seen."),
        .flag("broadcast", into: \.broadcasts, help: "Allow to send to a broadcast address.").needs(.ip),
        .option(
            "multicast-interface", as: .word("NAME"), into: \.multicastInterface,
            help: "The interface by which datagrams to groups leave."
        ).needs(.ip),
        .flag(
            "no-fragment", into: \.forbidsFragments, help: "Never send a datagram in pieces.",
            detail: "One that the path cannot carry whole is an error, with the path's limit."
        ).needs(.ip),
    ]

    private static let proxying = ProxyArguments.rows.lifted(through: \.proxy).map { (row: Row<UDPSendArguments>) in
        guard row.info.name == "proxy" else { return row.manualOnly }
        var row = row.manualOnly.excludes(
            "unconnected", "broadcast", "multicast-interface",
            reason: "'{other}' is about the network here, and with '--proxy' the proxy's relay is sent to")
        row.info.detail = """
            It is one of `socks5://`, which looks up names here, or `socks5h://`, which has the proxy look them up, perhaps \
            with `USER:PASS@` before the host; with `env` what `ALL_PROXY` says. The proxy has 10s to answer. Its relay \
            forgets us when this program ends, which without `--wait` is 100ms after the last send.
            """
        return row
    }

    func validate() throws(UsageError) {
        try proxy.validate()
        try tls.validate()
        try WrittenFiles.check(tls.writtenFiles)
        if tls.isOn, address.first?.text.contains(",") == true {
            throw UsageError("'--tls' is agreed on with one peer, and here are several")
        }
        if tls.isOn, texts.contains("") || size == 0 {
            throw UsageError("'--tls' hides no datagram that is empty: TLS has none")
        }
        if proxy.isGiven, address.first?.text.contains(",") == true {
            throw UsageError("'--proxy' leads to one address, and here are several")
        }
        for text in texts { _ = try EscapedText.bytes(text) }
        if address.first?.text.contains(",") == true, isUnconnected {
            throw UsageError("several addresses are sent to from an unconnected socket anyway")
        }
    }
}

extension UDPSendArguments: RunArguments {
    var common: CommonArguments { datagrams.common }
    var reportTarget: ReporterSettings.Target { .standardOutput }
}

extension Row {
    /// The same row, for datagrams that are cut out of standard input.
    fileprivate var cuttingInput: Row {
        excludes("text", reason: "'{option}' is about standard input, which TEXT replaces")
            .excludes("size", reason: "'{option}' is about standard input, which '--size' replaces")
    }
}
