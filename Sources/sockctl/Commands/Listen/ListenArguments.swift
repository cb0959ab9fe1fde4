import SockKit

/// What `listen` takes.
struct ListenArguments: Equatable, Sendable {
    var given = Given()
    var address: [Word] = []
    var serve = ServeMode.pipe
    var keepsOpen = false
    var maximumAccepts: Int?
    var maximumConnections: Int?
    /// nil is as many as the system allows.
    var backlog: Int?
    var timeout: Duration?
    var acceptDelay = Duration.zero
    var neverAccepts = false
    var reusesPort = false
    /// The permissions of a Unix socket's file; nil is 0600.
    var mode: Int?
    var reading = ReaderArguments()
    var ioModel: IOModel?
    var queue = QueueArguments()
    var gate = GateArguments()
    var givenSocket = GivenSocketArguments()
    var proxy = ProxyServerArguments()
    var tls = TLSArguments()
    var peer = PeerArguments()

    static let rows: [Row<ListenArguments>] =
        [
            .positional(
                "address", 0...2, completion: .hosts, into: \.address,
                help: "Where to listen: port, :port, host:port or unix:path.",
                detail: """
                    `HOST:PORT` or `HOST PORT`; `:PORT` for every interface of both families; a bare `PORT` for \
                    127.0.0.1 only; `unix:PATH`, or `unix:@NAME` for an abstract name; `vsock:any:PORT`; any network may stand before \
                    it, as in `udp6://[::1]:53`. Port 0 picks a free one, as does no address at all, on 127.0.0.1.
                    """)
        ] + peers.titled("Peers") + GateArguments.rows.lifted(through: \.gate)
        + GivenSocketArguments.rows.lifted(through: \.givenSocket).titled("Peers") + backlogRows.titled("Queue")
        + QueueArguments.rows.lifted(through: \.queue)
        + ProxyServerArguments.rows.lifted(through: \.proxy)
        + ReaderArguments.rows.lifted(through: \.reading)
        + [TLSArguments.serverStart].lifted(through: \.tls)
        + PeerArguments.rows.lifted(through: \.peer)

    private static let peers: [Row<ListenArguments>] = [
        .option(
            "serve", as: .choice("WHAT"), into: \.serve, help: "What to do with a peer.",
            detail: """
                With `pipe`, join it to standard input and output; with `echo`, send back what it sends; with \
                `discard`, read and drop it; with `chargen`, send characters without end; with `time`, send the time \
                as one line and close; with `frames`, answer the packets of a small binary protocol, whose client is \
                `dial --submit`. With `chat`, each line that a peer sends goes to all the others, with its author's \
                name in front; with `broker`, all bytes do, as they come. With `proxy`, lead it where it asks to be led; see \
                PROXIES. All but `pipe` imply `--keep-open`.
                """
        )
        .excludes(
            "send-only", "recv-only", "crlf", "quit-after", "half-open", "input-grace", "shutdown", "no-shutdown",
            "output", "hex-dump", "delay", "separator", "whole", valued: "echo", "discard", "chargen", "time", "frames",
            "proxy",
            reason: "'{other}' is about standard input and output, which '{option}' leaves alone"
        )
        .excludes(
            "quit-after", "half-open", "input-grace", "shutdown", "no-shutdown", "delay", "separator", "whole",
            valued: "chat", "broker",
            reason: "'{other}' is about one peer and standard input, and '{option}' joins peers to each other"
        )
        .excludes("crlf", valued: "chat", reason: "'--crlf' has no effect: the lines of a chat end in a newline")
        .excludes("frame", valued: "chat", reason: "'--frame' has no use: a chat is made of lines")
        .excludes(
            "goodbye", "keep-going", valued: "proxy",
            reason: "'{other}' is about a conversation of ours, and what goes through a proxy is none"
        )
        .excludes("frame", valued: "proxy", reason: "'--frame' has no use: a proxy passes bytes on as they come")
        .excludes("frame", valued: "broker", reason: "'--frame' has no use: a broker passes bytes on as they come")
        .excludes(
            "no-read", valued: "echo", "discard", "frames", "chat", "broker", "proxy",
            reason: "'{option}' is about reading: '--no-read' leaves nothing to do"
        )
        .excludes(
            "frame", valued: "chargen", "time", reason: "'--frame' is about messages, and '{option}' reads none"
        )
        .excludes(
            "frame", valued: "frames",
            reason: "'--frame' has no use: the packets of this protocol have a framing of their own"
        )
        .excludes(
            "read-size", "first-read-delay", "read-delay", "max-bytes", "no-read", "read-timeout", "keep-going",
            valued: "time", reason: "'{other}' is about reading, and '--serve time' never reads"
        )
        .needs(
            .stream, valued: "frames",
            reason: "'--serve frames' finds its packets in a stream, and {network} has messages of its own"
        )
        .needs(
            .stream, valued: "proxy",
            reason: "'--serve proxy' finds its requests in a stream, and {network} has messages of its own"
        )
        .needs(
            .connection, valued: "chat", "broker",
            reason: "'{option}' is about peers that come and go, and {network} has no connections"),
        .flag(
            "keep-open", short: "k", into: \.keepsOpen, help: "Go on accepting, any number at once.",
            detail: """
                Standard input goes to every peer present, and standard output is in whole lines while there is more \
                than one.
                """
        ).excludes("quit-after", "half-open", without: .datagrams, reason: aboutOnePeer),
        .option(
            "max-accepts", as: .count(1...Int.max), into: \.maximumAccepts, help: "Accept this many, then no more.",
            detail: "Those that run are finished. More than 1 implies `--keep-open`."
        ).needsConnections,
        .option(
            "max-conns", short: "m", as: .count(), into: \.maximumConnections,
            help: "Serve at most this many at once.",
            detail: "One too many is accepted, closed and reported; with 0 everyone is."
        ).needsConnections,
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout,
            help: "Give up when no peer comes for this long.",
            detail: "The status is 75. With `--keep-open` it is each wait for the first peer."),
        .option(
            "io-model", as: .choice("MODEL"), into: \.ioModel, help: "Echo with plain system calls, and count them.",
            detail: """
                The ways are `blocking`, `spin`, `epoll` and `uring`. With `blocking` one peer is served after \
                another; the others serve any number at once. A summary at the end says what waiting took. See \
                I/O MODELS.
                """
        ).manualOnly
            .excludes(
                "serve discard", "serve chargen", "serve time", "serve frames", "serve chat", "serve broker",
                "serve proxy",
                reason: "'--io-model' is an echo server: '{other}' is another one"
            )
            .honours(
                PeerArguments.plainNames.union([
                    "serve", "keep-open", "max-accepts", "timeout", "backlog", "reuse-port", "mode", "read-size",
                    "max-time", "fd", "activated",
                ]),
                reason: "'{other}' has no effect with '--io-model', a small echo server of plain system calls"
            )
            .needs(.stream, reason: "'{option}' is about a stream, and {network} carries messages"),
    ]

    private static let aboutOnePeer =
        "'{other}' is about one peer, and '--keep-open' has several: for one that has ended there is '--input-grace'"

    private static let backlogRows: [Row<ListenArguments>] = [
        .option(
            "backlog", as: .count(0...Int(Int32.max)), into: \.backlog, help: "How many peers may wait to be accepted.",
            detail: """
                The kernel takes one more than that. It grants no more than `net.core.somaxconn`, which is the default.
                """
        ).needsConnections,
        .option(
            "accept-delay", as: .duration, into: \.acceptDelay, help: "Wait this long before every accept.",
            detail: "Peers are connected meanwhile as far as they know, and wait in the queue."
        ).manualOnly.needsConnections,
        .flag(
            "no-accept", into: \.neverAccepts, help: "Never accept: leave peers in the queue.",
            detail: "They connect and may send until the queue is full; then the kernel drops what comes."
        ).manualOnly.needsConnections
            .excludes(
                "timeout", reason: withoutPeers, hint: "to end after a time, use --max-time"
            )
            .honours(
                PeerArguments.plainNames.union([
                    "keep-open", "backlog", "reuse-port", "mode", "max-time", "fd", "activated",
                ]),
                reason: withoutPeers),
        .flag(
            "reuse-port", into: \.reusesPort, help: "Share the port with others that do.",
            detail: "This is SO_REUSEPORT."
        ).manualOnly.needs(.ip),
        .option(
            "mode", as: .fileMode, into: \.mode, help: "The permissions of a Unix socket's file.",
            detail: "In octal; the default is `0600`."
        ).manualOnly
            .needs(.unix, reason: "'--mode' is about a Unix socket's file, and {network} has none"),
    ]

    private static let withoutPeers = "'{other}' is about peers that are accepted, and '--no-accept' accepts none"

    /// What a row of `dial`'s, too, has no meaning for here.
    static let rules = [
        Rule(
            subjects: ["close-after"], demand: .never, missing: .connection,
            reason: "'{option}' is about connections, and {network} has none"),
        Rule(
            subjects: ["serve echo", "serve discard", "serve chargen", "serve time"],
            demand: .excludes(["idle-timeout"]),
            missing: .connection,
            reason: "'{other}' is about a silence of one peer, and '{option}' answers each datagram by itself"),
        Rule(
            subjects: ["serve echo", "serve discard", "serve chargen", "serve time"],
            demand: .excludes(["read-size", "write-size"]), missing: .connection,
            reason: "'{other}' has no effect: '{option}' takes each datagram whole"),
    ]

    /// Whether more than one peer is accepted.
    var goesOn: Bool {
        if maximumConnections == 0 { return true }
        if let maximumAccepts { return maximumAccepts > 1 }
        return keepsOpen || serve != .pipe || ioModel != nil
    }

    /// What is about a socket that listens has no meaning where the one that was given is a connection.
    func checkThatOnePeerWillDo() throws(UsageError) {
        let option = neverAccepts ? "--no-accept" : ioModel != nil ? "--io-model" : nil
        guard let option else { return }
        throw UsageError("'\(option)' is about a socket that listens, and the one that was given is a connection")
    }

    func validate() throws(UsageError) {
        try tls.validate()
        try peer.transfer.checkFiles(tls.writtenFiles)
        try peer.frame.validate(given, hasPackets: serve == .frames)
        if givenSocket.isActivated, address.count > 1 {
            throw UsageError("'--activated' takes the name of one socket: leave out '\(address[1])'")
        }
        if givenSocket.isInetd, serve == .pipe, !given.containsAny(of: ["exec", "sh-exec"]) {
            throw UsageError(
                "'--inetd' makes standard input the peer, and then there is nothing to join it to",
                hint: "say what to do with it, as in: sockctl listen --inetd --serve echo")
        }
        if let maximumConnections, maximumConnections > 1, !goesOn {
            throw UsageError("'--max-conns \(maximumConnections)' needs '--keep-open': without it one peer is served")
        }
        if serve == .pipe, !goesOn, let name = ["queue", "slow"].first(where: { given.contains($0) }) {
            throw UsageError("'--\(name)' is about what several peers get, and one is accepted: raise '--max-accepts'")
        }
        if let maximumAccepts, maximumAccepts > 1,
            let name = ["quit-after", "half-open"].first(where: { given.contains($0) })
        {
            throw UsageError("'--\(name)' is about one peer, and '--max-accepts \(maximumAccepts)' takes several")
        }
        if reading.isWanted, serve == .pipe, goesOn {
            throw UsageError(
                "'--\(reading.readers == nil ? "message-size" : "readers")' is about one peer: '--keep-open' joins "
                    + "several to standard output",
                hint: "use '--serve discard' to count what several peers send")
        }
    }
}

extension ListenArguments: RunArguments {
    var common: CommonArguments { peer.common }
    var maximumTime: Duration? { peer.ending.maximumTime }
    var showsTransfers: Bool { given.containsAny(of: PaceArguments.aboutSingleTransfers) }
}

extension ValueType where Value == Int {
    /// A file's permissions, in octal.
    static var fileMode: Self {
        Self(placeholder: "MODE") { (text: String) throws(UsageError) in
            guard Decimal.isDigits(text[...]), let mode = Int(text, radix: 8), mode <= 0o777 else {
                throw UsageError("'\(text)' is not a mode; write it in octal, from 0 to 0777")
            }
            return mode
        } show: {
            "0" + String($0, radix: 8)
        }
    }
}

extension Row {
    fileprivate var needsConnections: Row {
        needs(.connection, reason: "'{option}' is about connections, and {network} has none")
    }
}
