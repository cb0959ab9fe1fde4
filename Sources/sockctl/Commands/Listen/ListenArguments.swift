/// What `listen` takes.
struct ListenArguments: Equatable, Sendable {
    var address: [String] = []
    var serve = ServeMode.pipe
    var keepsOpen = false
    var maximumAccepts: Int?
    var maximumConnections: Int?
    var backlog = 128
    var timeout: Duration?
    var acceptDelay = Duration.zero
    var neverAccepts = false
    var reusesPort = false
    /// The permissions of a Unix socket's file.
    /// nil is 0600.
    var mode: Int?
    var reading = ReaderArguments()
    var ioModel: EchoModel?
    var peer = PeerArguments()

    static let rows: [Row<ListenArguments>] =
        [
            .positional(
                "address", 0...2, completion: .hosts, into: \.address,
                help: "Where to listen: port, :port, host:port or unix:path.",
                detail: """
                    `HOST:PORT` or `HOST PORT`; `:PORT` for every interface of both families; a bare `PORT` for \
                    127.0.0.1 only; `unix:PATH`, or `unix:@NAME` for an abstract name; any network may stand before \
                    it, as in `udp6://[::1]:53`. Port 0 picks a free one, as does no address at all, on 127.0.0.1.
                    """)
        ] + peers.titled("Peers") + queue.titled("Queue") + ReaderArguments.rows.lifted(through: \.reading)
        + PeerArguments.rows.lifted(through: \.peer)

    private static let peers: [Row<ListenArguments>] = [
        .option(
            "serve", as: .choice("WHAT"), into: \.serve, help: "What to do with a peer.",
            detail: """
                With `pipe`, join it to standard input and output; with `echo`, send back what it sends; with \
                `discard`, read and drop it; with `chargen`, send characters without end; with `time`, send the time \
                as one line and close; with `frames`, answer the packets of a small binary protocol, whose client is \
                `dial --submit`. All but `pipe` imply `--keep-open`.
                """),
        .flag(
            "keep-open", short: "k", into: \.keepsOpen, help: "Go on accepting, any number at once.",
            detail: """
                Standard input goes to every peer present, and standard output is in whole lines while there is more \
                than one.
                """),
        .option(
            "max-accepts", as: .count(1...Int.max), into: \.maximumAccepts, help: "Accept this many, then no more.",
            detail: "Those that run are finished. More than 1 implies `--keep-open`."),
        .option(
            "max-conns", short: "m", as: .count(1...Int.max), into: \.maximumConnections,
            help: "Serve at most this many at once.", detail: "One too many is accepted, closed and reported."),
        .option(
            "timeout", short: "w", aliases: ["wait"], as: .limit, into: \.timeout,
            help: "Give up when no peer comes for this long.",
            detail: "The status is 75. With `--keep-open` it is each wait for the first peer."),
        .option(
            "io-model", as: .choice("MODEL"), into: \.ioModel, help: "Echo with plain system calls, and count them.",
            detail: """
                Three ways to wait for bytes: with `blocking`, recv(2) itself waits; with `spin`, it is called until it \
                has something; with `epoll`, epoll_wait(2) waits. It is done on a thread beside the main one. With \
                `blocking` one peer is served after another, and the others wait in the queue; the other two serve any \
                number at once. The summary at the end says how many system calls it took to wait for bytes and read \
                them, how many came back with nothing, how long it waited, and the CPU time used meanwhile; `-v` says it \
                of each wait. The waits of several peers overlap, and all are added up. One epoll_wait(2) for several \
                counts once, with the first that is read; the CPU time counts with the wait that ends first.
                """
        ).manualOnly,
    ]

    private static let queue: [Row<ListenArguments>] = [
        .option(
            "backlog", as: .count(0...Int(Int32.max)), into: \.backlog, help: "How many peers may wait to be accepted.",
            detail: "The kernel takes one more than that, and no more than `net.core.somaxconn`."),
        .option(
            "accept-delay", as: .duration, into: \.acceptDelay, help: "Wait this long before every accept.",
            detail: "Peers are connected meanwhile as far as they know, and wait in the queue."
        ).manualOnly,
        .flag(
            "no-accept", into: \.neverAccepts, help: "Never accept: leave peers in the queue.",
            detail: "They connect and may send until the queue is full; then the kernel drops what comes."
        ).manualOnly,
        .flag(
            "reuse-port", into: \.reusesPort, help: "Share the port with others that do.",
            detail: "This is SO_REUSEPORT."),
        .option(
            "mode", as: .fileMode, into: \.mode, help: "The permissions of a Unix socket's file.",
            detail: "In octal; the default is `0600`."
        ).manualOnly,
    ]

    func validate() throws(UsageError) {
        try peer.validate()
        try validateModel()
        try validateService()
        try validateQueue()
        try peer.frame.validate(hasPackets: serve == .frames)
        try validateReading()
        if let maximumConnections, maximumConnections > 1, !goesOn {
            throw UsageError("'--max-conns \(maximumConnections)' needs '--keep-open': without it one peer is served")
        }
    }

    private static let honouredInVain = PeerArguments.plainNames.union([
        "no-accept", "keep-open", "backlog", "reuse-port", "mode", "max-time",
    ])

    private func validateQueue() throws(UsageError) {
        guard neverAccepts else { return }
        if let option = Self.rows.firstGiven(in: self, unlike: ListenArguments(), besides: Self.honouredInVain) {
            let hint = option == "--timeout" ? "to end after a time, use --max-time" : nil
            throw UsageError("'\(option)' is about peers that are accepted, and '--no-accept' accepts none", hint: hint)
        }
    }

    /// Whether more than one peer is accepted.
    var goesOn: Bool {
        if let maximumAccepts { return maximumAccepts > 1 }
        return keepsOpen || serve != .pipe || ioModel != nil
    }

    /// Everything but `pipe` leaves standard input alone.
    private func validateService() throws(UsageError) {
        guard serve != .pipe else { return }
        let aboutInput = [
            (peer.transfer.sendsOnly, "--send-only"), (peer.transfer.receivesOnly, "--recv-only"),
            (peer.transfer.isCRLF, "--crlf"), (peer.ending.quitAfter != nil, "--quit-after"),
            (peer.ending.isHalfOpen, "--half-open"), (peer.ending.halfClose == .always, "--shutdown"),
            (peer.ending.halfClose == .never, "--no-shutdown"), (peer.transfer.output != nil, "--output"),
            (peer.transfer.hexDump != nil, "--hex-dump"), (peer.pace.lineDelay > .zero, "--delay"),
        ]
        if let option = aboutInput.first(where: \.0)?.1 {
            throw UsageError(
                "'\(option)' is about standard input and output, which '--serve \(serve.rawValue)' leaves alone")
        }
        if !peer.pace.reads, serve == .echo || serve == .discard || serve == .frames {
            throw UsageError("'--serve \(serve.rawValue)' is about reading: '--no-read' leaves nothing to do")
        }
        try validateMessages()
        guard serve == .time else { return }
        let aboutReading = peer.pace.aboutReading + (peer.pace.reads ? [] : ["--no-read"]) + peer.deadlines.aboutReading
        if let option = aboutReading.first {
            throw UsageError("'\(option)' is about reading, and '--serve time' never reads")
        }
    }

    /// Only `echo` and `discard` read messages of any framing.
    private func validateMessages() throws(UsageError) {
        if peer.frame.framing != nil, serve == .chargen || serve == .time {
            throw UsageError("'--frame' is about messages, and '--serve \(serve.rawValue)' reads none")
        }
        let aboutStreams = [
            (peer.frame.separator != FrameArguments().separator, "--separator"), (peer.frame.sendsWhole, "--whole"),
        ]
        if let option = aboutStreams.first(where: \.0)?.1 {
            throw UsageError(
                "'\(option)' is about standard input and output, which '--serve \(serve.rawValue)' leaves alone")
        }
    }
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
