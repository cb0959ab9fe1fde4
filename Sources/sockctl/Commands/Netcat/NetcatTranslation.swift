/// A command line of nc as this program has it: a pure function of the words.
///
/// What was no option there is none here, however it begins: `nc -- "$host" 80` passes a host on, and nothing else.
struct NetcatTranslation: Equatable, Sendable {
    enum Target: String, Sendable {
        case listen, dial
    }

    let command: Target
    /// The options. A value is part of its option's word, so that none can be taken for an option.
    let options: [Word]
    /// Where: words that belong to no option.
    let place: [Word]
    /// The option of a program to run, and all its words.
    let program: [Word]

    init(_ arguments: NetcatArguments) throws(UsageError) {
        let options = arguments.network + arguments.transfer + arguments.socket
        if arguments.listens {
            command = .listen
            place = try arguments.listeningPlace
            self.options = options + arguments.serving
        } else {
            command = .dial
            place = try arguments.dialledPlace
            self.options = options + arguments.dialling + arguments.proxying
        }
        program = arguments.programs
    }

    /// The arguments of the command that does it.
    func parsed<Arguments: CommandArguments>(by command: Command<Arguments>) throws(UsageError) -> Arguments {
        guard case .arguments(let arguments) = try command.parse(options + program, loose: place) else {
            preconditionFailure("no option that nc's are translated to asks for help")
        }
        return arguments
    }
}

extension NetcatArguments {
    private typealias Flag = (isGiven: Bool, words: [Word])
    private typealias Valued = (value: Word?, option: String)

    private static func gather(_ flags: [Flag], _ valued: [Valued] = []) -> [Word] {
        flags.flatMap { $0.isGiven ? $0.words : [] }
            + valued.compactMap { given in given.value.map { Self.option(given.option, $0) } }
    }

    static func option(_ name: String, _ value: Word) -> Word { Word(Array("\(name)=".utf8) + value.bytes) }

    fileprivate var network: [Word] {
        // nc listens on IPv4 unless it is told otherwise: the line that -v writes is then its own.
        let isPlain = listens && !isUnix && !isVsock && !isIPv6 && source == nil && places.count < 2
        return Self.gather([
            (isIPv4 || isPlain, ["-4"]), (isIPv6, ["-6"]), (isUDP, ["-u"]), (isUnix, ["-U"]),
            (isVsock, ["--network", "vsock"]), (isNumeric, ["-n"]),
        ])
    }

    /// What is said and heard, and when that is over; flags that have no meaning then are left out, as nc leaves them.
    fileprivate var transfer: [Word] {
        guard !saysNothing else { return passesDescriptor ? ["--pass-fd"] : [] }
        let ownsInput = !runsProgram && !joinsPeers
        let readsInput = ownsInput && !receivesOnly
        let sends = readsInput || !ownsInput
        // Where several are served its end is nobody's.
        let quitsAfterInput = readsInput && (isUDP || !listens || !keepsOpen)
        return Self.gather(
            [
                (isCRLF && sends, ["-C"]), (receivesOnly && !runsProgram && !endsAtOnce, ["--recv-only"]),
                (sendsOnly, ["--send-only"]), (halfClose == .always && ownsInput, ["-N"]),
                (halfClose == .never && readsInput && !isUDP, ["--no-shutdown"]), (appends, ["--append"]),
            ],
            [
                (quitsAfterInput ? quit ?? (waitsForNothing ? wait : nil) : nil, "--quit-after"),
                (count, "--count"), (sends ? delay : nil, "--delay"), (output, "--output"), (hexDump, "--hex-dump"),
                (idle, "--idle-timeout"), (waitsForNothing && quitsAfterInput ? nil : wait, "--idle-timeout"),
                // The silence after standard input's end is one, too.
                (isUDP && readsInput ? wait ?? forever : nil, "--input-grace"),
            ])
    }

    /// With `-w 0` what is there is sent, and nothing is waited for: many send a datagram so.
    private var waitsForNothing: Bool { wait.map { (try? ValueType<Duration?>.limit.parse($0)) == .zero } ?? false }

    /// What no time at all is good for needs no answer; to connect is to wait for one.
    private var timeout: Word? { waitsForNothing ? isUDP || isUnix ? nil : "100ms" : wait }

    /// Who waits for datagrams does so whatever becomes of standard input, which is empty in the background.
    private var forever: Word? { listens ? "none" : nil }

    fileprivate var socket: [Word] {
        Self.gather(
            [
                (broadcasts, ["--setsockopt", "SOL_SOCKET:SO_BROADCAST:1"]),
                (debugs, ["--setsockopt", "SOL_SOCKET:SO_DEBUG:1"]),
            ],
            [
                (receiveBuffer, "--rcvbuf"), (sendBuffer, "--sndbuf"), (ttl, "--ttl"), (minimumTTL, "--min-ttl"),
                (typeOfService, "--tos"),
            ])
    }

    fileprivate var serving: [Word] {
        let gates = allowed.map { Self.option("--allow", $0) } + denied.map { Self.option("--deny", $0) }
        return Self.gather(
            [(keepsOpen, ["-k"]), (isBroker, ["--serve", "broker"]), (isChat, ["--serve", "chat"])],
            [(maximumConnections, "--max-conns"), (allowFile, "--allow-file"), (denyFile, "--deny-file")]) + gates
    }

    fileprivate var dialling: [Word] {
        Self.gather(
            [(isZero, ["-z"])], [(timeout, "--timeout"), (source, "--source"), (port, "--source-port")])
    }

    /// All that follows `--` is the program's own.
    fileprivate var programs: [Word] {
        if let line { return [Self.option("--sh-exec", line)] }
        guard let program else { return [] }
        return ["-e", "--"] + program.split(by: " ").filter { !$0.bytes.isEmpty }
    }

    // MARK: - Where

    /// `PORT`, `HOST PORT`, `-p PORT`, `-s HOST -p PORT`, or a path.
    fileprivate var listeningPlace: [Word] {
        get throws(UsageError) {
            if isUnix {
                if let word = source.map({ "-s \($0)" }) ?? port.map({ "-p \($0)" }) {
                    throw UsageError("'\(word)' is about IP addresses, and a Unix socket has a path: leave it out")
                }
                return try only("a path", as: "nc -lU PATH")
            }
            if let source, places.count == 2 {
                throw UsageError("'-s \(source)' and '\(places[0])' both say at which address to listen: leave out one")
            }
            if places.count > 2 || port != nil && places.count > 1 {
                throw UsageError("nc listens on one port: \(places.map(\.text).joined(separator: " ")) is too much")
            }
            if let port {
                if let place = places.first {
                    throw UsageError(
                        "'-p \(port)' names the port to listen on already: leave out '\(place)'",
                        hint: "to listen at one address: nc -l ADDRESS PORT")
                }
                return try place(source, port)
            }
            guard let last = places.last else {
                throw UsageError("a port is missing", hint: "to listen on port 3000: nc -l 3000")
            }
            return try place(places.count == 2 ? places[0] : source, last)
        }
    }

    private func place(_ host: Word?, _ port: Word) throws(UsageError) -> [Word] {
        guard !Self.isSeveralPorts(port) else {
            throw UsageError("'\(port)' is more than one port, and nc listens on one")
        }
        if isVsock { return [host ?? "any", port] }
        if host == nil, let (name, number) = Self.parts(of: port) {
            throw UsageError("'\(port)' is one word, and nc takes two", hint: "write: nc -l \(name) \(number)")
        }
        return host.map { [$0, port] } ?? [Word(":\(port)")]
    }

    /// `HOST PORT`, with `-z` several ports, or a path.
    fileprivate var dialledPlace: [Word] {
        get throws(UsageError) {
            if isUnix { return try only("a path", as: "nc -U PATH") }
            guard let host = places.first else {
                throw UsageError(
                    "a host and a port are missing", hint: "to connect: nc HOST PORT; to listen: nc -l PORT")
            }
            let ports = places.dropFirst()
            guard let first = ports.first else {
                if let (name, port) = Self.parts(of: host) {
                    throw UsageError("'\(host)' is one word, and nc takes two", hint: "write: nc \(name) \(port)")
                }
                let isPort = host.text.utf8.allSatisfy { (48...57).contains($0) }
                throw UsageError(
                    "a port is missing: nc \(host) PORT", hint: isPort ? "to listen on it: nc -l \(host)" : nil)
            }
            if isZero { return [host, Word(ports.map { Self.upwards($0.text) }.joined(separator: ","))] }
            guard ports.count == 1, !Self.isSeveralPorts(first) else {
                throw UsageError(
                    "\(ports.map(\.text).joined(separator: " ")) is more than one port, and only one is talked to",
                    hint: "to see which are open: nc -z \(host) \(ports.map(\.text).joined(separator: " "))")
            }
            return [host, first]
        }
    }

    private func only(_ what: String, as form: String) throws(UsageError) -> [Word] {
        guard let place = places.first, places.count == 1 else {
            throw UsageError(places.isEmpty ? "\(what) is missing" : "\(what) is one word", hint: "write: \(form)")
        }
        return [place]
    }

    /// The two halves of a word like `localhost:80`.
    private static func parts(of word: Word) -> (host: Substring, port: Substring)? {
        let parts = word.text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return (parts[0], parts[1])
    }

    /// The ports with the ends of each range in order: nc takes `30-20` as well.
    private static func upwards(_ list: String) -> String {
        list.split(separator: ",", omittingEmptySubsequences: false).map { item in
            let ends = item.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let first = UInt16(ends[0]), let last = UInt16(ends[1]), first > last else {
                return String(item)
            }
            return "\(last)-\(first)"
        }.joined(separator: ",")
    }
}
