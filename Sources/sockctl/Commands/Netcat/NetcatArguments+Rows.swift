/// nc's flags, with the long names that ncat and GNU's netcat gave them.
extension NetcatArguments {
    static let rows: [Row<NetcatArguments>] =
        [
            .positional(
                "address", 0...Int.max, completion: .hosts, into: \.places,
                help: "A host and a port; to listen, the port alone will do.",
                detail: "With `-U` it is a path. With `-z` there may be several ports, lists and ranges: `20-30`.")
        ] + network.titled("Network") + peers.titled("Peers") + ending.titled("End of data") + data.titled("Data")
        + socket.titled("Socket options") + CommonArguments.rows.lifted(through: \.shared)

    private static let network: [Row<NetcatArguments>] = [
        .flag("ipv4", short: "4", into: \.isIPv4, help: "Use IPv4 only.")
            .excludes("ipv6", reason: "'-4' and '-6' exclude each other"),
        .flag("ipv6", short: "6", into: \.isIPv6, help: "Use IPv6 only."),
        .flag("udp", short: "u", into: \.isUDP, help: "Use datagrams."),
        .flag(
            "unixsock", short: "U", into: \.isUnix, help: "Use a Unix socket; the address is its path."
        ).excludes("vsock", reason: "'-U' and '--vsock' exclude each other"),
        .flag("vsock", into: \.isVsock, help: "Use vsock; the address is a machine and a port.").manualOnly,
        .flag(
            "nodns", short: "n", aliases: ["dont-resolve"], into: \.isNumeric,
            help: "Take and show literal addresses only."),
    ]

    private static let peers: [Row<NetcatArguments>] = [
        .flag("listen", short: "l", into: \.listens, help: "Wait for a peer instead of connecting.")
            .excludes("zero", reason: "'-z' connects, and '-l' waits: leave out one"),
        .flag(
            "keep-open", short: "k", into: \.keepsOpen, help: "Go on accepting, any number at once."
        ).needsListen("-k"),
        .option(
            "source-port", short: "p", aliases: ["local-port"], as: .bytes("PORT"), into: \.port,
            help: "The local port, also that to listen on."),
        .option(
            "source", short: "s", as: .bytes("ADDRESS"), into: \.source,
            help: "The local address, also that to listen on."),
        .option(
            "wait", short: "w", as: .checked(ValueType<Duration?>.limit), into: \.wait,
            help: "Give up when connecting, or a silence, takes longer.",
            detail: """
                The status is 75. With `-l` nobody is waited for in vain: it is silence alone that counts. With `-u` a \
                silence is the end, which is no failure. With 0 nothing is waited for once standard input has ended, and \
                to connect may take a tenth of a second: `nc -u -w 0` sends a datagram and is done.
                """),
        .option(
            "proxy", short: "x", as: .proxyPlace, into: \.proxy, help: "Connect through this proxy.",
            detail: "Without a port it is 1080, or 3128 where `-X` is `connect`."
        ).excludes("listen", reason: "'-x' connects, and '-l' waits: leave out one"),
        .option(
            "proxy-type", short: "X", as: .word("TYPE", among: NetcatArguments.proxyTypes), into: \.proxyType,
            help: "How the proxy is spoken to.",
            detail: """
                `4`, `5` or `connect`, and ncat's names for the same, `socks4`, `socks5` and `http`; without it `5`. With \
                `5` and `connect` the proxy looks up names.
                """
        ).needs("proxy", reason: "'-X' is about a proxy: give '-x' too"),
        .option(
            "proxy-auth", as: .credentials, into: \.proxyAuth, help: "Tell the proxy a user and a password."
        ).manualOnly.needs("proxy", reason: "'--proxy-auth' is about a proxy: give '-x' too"),
        .option(
            "proxy-dns", as: .word("WHO", among: ["local", "remote"]), into: \.proxyDNS,
            help: "Who looks up names, with SOCKS.", detail: "`local`, which is this machine, or `remote`."
        ).manualOnly.needs("proxy", reason: "'--proxy-dns' is about a proxy: give '-x' too"),
        .flag("zero", short: "z", into: \.isZero, help: "Only see whether somebody listens."),
        .option(
            "max-conns", as: .checked(ValueType<Int>.count()), into: \.maximumConnections,
            help: "Serve at most this many at once."
        ).manualOnly.needsListen("--max-conns"),
        .list("allow", as: .bytes("SPEC"), into: \.allowed, help: "Let only these peers in.").manualOnly
            .needsListen("--allow"),
        .list("deny", as: .bytes("SPEC"), into: \.denied, help: "Let these peers not in.").manualOnly
            .needsListen("--deny"),
        .option("allowfile", as: .file, into: \.allowFile, help: "Let only the peers in that a file names.").manualOnly
            .needsListen("--allowfile"),
        .option("denyfile", as: .file, into: \.denyFile, help: "Let the peers not in that a file names.").manualOnly
            .needsListen("--denyfile"),
        .flag("broker", into: \.isBroker, help: "Send what a peer sends to all others.").manualOnly
            .needsListen("--broker").hosting("--broker"),
        .flag("chat", into: \.isChat, help: "As --broker, in lines with the sender's name.").manualOnly
            .needsListen("--chat").hosting("--chat")
            .excludes("crlf", reason: "'-C' has no effect with '--chat': its lines end in a newline"),
        .option(
            "exec", short: "e", as: .bytes("PROGRAM"), into: \.program,
            help: "Join the peer to a program.", detail: "Its words are those between spaces, as for ncat."
        ).excludes("sh-exec", reason: "'-e' and '-c' exclude each other: a peer has one program")
            .joining("-e"),
        .option("sh-exec", short: "c", as: .bytes("LINE"), into: \.line, help: "Join the peer to a line of the shell.")
            .joining("-c"),
        .flag("pass-fd", short: "F", into: \.passesDescriptor, help: "Hand the connection over to standard output.")
            .excludes("listen", reason: "'-F' hands a connection over that was dialled: leave out '-l'")
            .excludes("zero", reason: "'-z' closes what it connects, and '-F' hands it over: leave out one")
            .excludes(
                "output", "hex-dump", reason: "'{other}' is about what is said, and with '-F' somebody else says it"),
    ]

    private static let ending: [Row<NetcatArguments>] = [
        .flag(
            "shutdown", short: "N", into: \.halfClose, value: .always, help: "Half-close at standard input's end.",
            detail: "That is the default, also without `-N`."
        ).overriding("no-shutdown"),
        .flag(
            "no-shutdown", into: \.halfClose, value: .never, help: "Do not half-close at standard input's end."
        ).manualOnly.overriding("shutdown"),
        .option(
            "quit", short: "q", as: .quitTime, into: \.quit, help: "Quit this long after standard input's end.",
            detail: "Below zero: never, which is the default."),
        .option(
            "idle-timeout", as: .checked(ValueType<Duration?>.limit), into: \.idle,
            help: "Give up after this long a silence."
        )
        .manualOnly.excludes("wait", reason: "'-w' is a limit on silence, too: leave out '--idle-timeout'"),
        .option(
            "count", short: "W", as: .checked(ValueType<Int>.count(1...Int.max)), into: \.count,
            help: "Quit after this many datagrams received."),
    ]

    private static let data: [Row<NetcatArguments>] = [
        .flag("crlf", short: "C", into: \.isCRLF, help: "Send line ends as CR LF."),
        .flag("recv-only", short: "d", into: \.receivesOnly, help: "Do not read standard input."),
        .flag("send-only", into: \.sendsOnly, help: "Only send; what the peer sends is dropped.").manualOnly,
        .option(
            "delay", short: "i", aliases: ["interval"], as: .checked(ValueType<Duration>.duration), into: \.delay,
            help: "Wait this long between two lines of input."
        ).excludes("udp", reason: "'-i' is about the lines of a connection, and '-u' makes none"),
        .option("output", as: .file, into: \.output, help: "Also write what is received to a file.").manualOnly
            .excludes("zero", reason: "'--output' is about what is received, and '-z' receives nothing"),
        .flag("append-output", into: \.appends, help: "Keep what the file of --output holds already.").manualOnly
            .needs("output", reason: "'--append-output' is about the file of '--output', and there is none"),
        .option(
            "hex-dump", as: .file, into: \.hexDump, help: "Write a hex dump of both directions to a file."
        ).manualOnly.excludes("zero", reason: "'--hex-dump' is about what is said, and '-z' says nothing"),
    ]

    private static let socket: [Row<NetcatArguments>] = [
        .flag("broadcast", short: "b", into: \.broadcasts, help: "Allow datagrams to broadcast addresses."),
        .flag("debug", short: "D", into: \.debugs, help: "Set the socket's debug option (SO_DEBUG)."),
        .option(
            "rcvbuf", short: "I", as: .checked(ValueType<Int>.size(1...Int(Int32.max))), into: \.receiveBuffer,
            help: "Size of the receive buffer."),
        .option(
            "sndbuf", short: "O", as: .checked(ValueType<Int>.size(1...Int(Int32.max))), into: \.sendBuffer,
            help: "Size of the send buffer."),
        .option(
            "ttl", short: "M", as: .checked(ValueType<Int>.integer(1...255)), into: \.ttl,
            help: "How many routers a packet may pass."),
        .option(
            "min-ttl", short: "m", as: .checked(ValueType<Int>.integer(1...255)), into: \.minimumTTL,
            help: "Drop packets with a lower time to live."),
        .option(
            "tos", short: "T", as: .checked(ValueType<Int>.typeOfService), into: \.typeOfService,
            help: "The type of service of the packets."),
    ]

    func validate() throws(UsageError) {
        if keepsOpen, passesDescriptor { throw UsageError("'-F' hands over one connection: leave out '-k'") }
        if isBroker, isChat { throw UsageError("'--broker' and '--chat' exclude each other") }
        if isZero, delay != nil, places.count > 2 || places.dropFirst().contains(where: Self.isSeveralPorts) {
            throw UsageError("'-i' is a pause between two ports, and '-z' looks at them side by side: leave it out")
        }
        if count != nil, !isUDP, !saysNothing { throw UsageError("'-W' counts datagrams: it needs '-u'") }
    }
}

extension Row<NetcatArguments> {
    fileprivate func needsListen(_ flag: String) -> Row {
        needs("listen", reason: "'\(flag)' is about peers that are waited for: it needs '-l'")
    }

    /// The same row, with what has no meaning where peers are joined to each other.
    fileprivate func hosting(_ flag: String) -> Row {
        excludes("udp", reason: "'\(flag)' is about peers that come and go, and '-u' makes no connections")
            .excludes("exec", "sh-exec", reason: "'\(flag)' joins peers to each other: leave the program out")
            .excludes("delay", reason: "'-i' is about the lines of standard input for one peer: leave it out")
    }

    /// The same row, with what has no meaning where a peer is joined to a program.
    fileprivate func joining(_ flag: String) -> Row {
        excludes("zero", reason: "'-z' says nothing to who listens, and '\(flag)' joins a program to it: leave out one")
            .excludes("pass-fd", reason: "'-F' leaves the conversation to somebody else: leave out '\(flag)'")
            .excludes("udp", reason: "'\(flag)' joins a connection to a program, and '-u' makes none")
            .excludes("send-only", reason: "'--send-only' is about standard input, which '\(flag)' leaves alone")
            .excludes("no-shutdown", reason: "'--no-shutdown' is about standard input, which '\(flag)' leaves alone")
    }
}
