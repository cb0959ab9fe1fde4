/// A command line of nc as this program has it: a pure function of the words.
enum NetcatTranslation: Equatable, Sendable {
    /// `listen` with these words.
    case listen([Word])
    /// `dial` with these words.
    case dial([Word])

    init(_ arguments: NetcatArguments) throws(UsageError) {
        let words = arguments.network + arguments.transfer + arguments.socket
        if arguments.listens {
            let place = try arguments.listeningPlace
            self = .listen(words + arguments.serving + place + arguments.programs)
        } else {
            let place = try arguments.dialledPlace
            self = .dial(words + arguments.dialling + arguments.proxying + place + arguments.programs)
        }
    }

    /// The words, behind the command's name.
    var words: [Word] {
        switch self {
        case .listen(let words): ["listen"] + words
        case .dial(let words): ["dial"] + words
        }
    }
}

extension NetcatArguments {
    private typealias Flag = (isGiven: Bool, words: [Word])
    private typealias Valued = (value: Word?, option: Word)

    private static func gather(_ flags: [Flag], _ valued: [Valued] = []) -> [Word] {
        var words = flags.flatMap { $0.isGiven ? $0.words : [] }
        for (value, option) in valued {
            if let value { words += [option, value] }
        }
        return words
    }

    fileprivate var network: [Word] {
        // nc listens on IPv4 unless it is told otherwise: the line that -v writes is then its own.
        let isPlain = listens && !isUnix && !isVsock && !isIPv6 && source == nil && places.count < 2
        return Self.gather([
            (isIPv4 || isPlain, ["-4"]), (isIPv6, ["-6"]), (isUDP, ["-u"]), (isUnix, ["-U"]),
            (isVsock, ["--network", "vsock"]), (isNumeric, ["-n"]),
        ])
    }

    fileprivate var transfer: [Word] {
        Self.gather(
            [
                (isCRLF, ["-C"]), (receivesOnly, ["--recv-only"]), (sendsOnly, ["--send-only"]), (halfCloses, ["-N"]),
                (keepsHalfOpen, ["--no-shutdown"]), (passesDescriptor, ["--pass-fd"]), (appends, ["--append"]),
            ],
            [
                (quit, "--quit-after"), (count, "--count"), (delay, "--delay"), (output, "--output"),
                (hexDump, "--hex-dump"), (idle, "--idle-timeout"),
                (silence, isUDP ? "--input-grace" : "--idle-timeout"),
            ])
    }

    /// Nothing is said, and so nothing is silent, on a connection that is only made.
    private var silence: Word? { isZero || passesDescriptor ? nil : wait }

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
        let gates = allowed.flatMap { ["--allow", $0] as [Word] } + denied.flatMap { ["--deny", $0] as [Word] }
        return Self.gather(
            [(keepsOpen, ["-k"]), (isBroker, ["--serve", "broker"]), (isChat, ["--serve", "chat"])],
            [(maximumConnections, "--max-conns"), (allowFile, "--allow-file"), (denyFile, "--deny-file")]) + gates
    }

    fileprivate var dialling: [Word] {
        Self.gather(
            [(isZero, ["-z"])], [(wait, "--timeout"), (source, "--source"), (port, "--source-port")])
    }

    /// The words of a program stand last: all that follows `--` is its own.
    fileprivate var programs: [Word] {
        if let line { return ["-c", line] }
        guard let program else { return [] }
        return ["-e", "--"] + program.split(by: " ").filter { !$0.bytes.isEmpty }
    }

    // MARK: - Where

    /// `PORT`, `HOST PORT`, `-p PORT`, `-s HOST -p PORT`, or a path.
    fileprivate var listeningPlace: [Word] {
        get throws(UsageError) {
            if isUnix { return try only("a path", as: "nc -lU PATH") }
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
        guard Self.ports(port) == 1 else {
            throw UsageError("'\(port)' is more than one port, and nc listens on one")
        }
        if isVsock { return [host ?? "any", port] }
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
                throw UsageError("a port is missing: nc \(host) PORT", hint: "to listen on it: nc -l \(host)")
            }
            if isZero { return [host, Word(ports.map(\.text).joined(separator: ","))] }
            guard ports.count == 1, Self.ports(first) == 1 else {
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

    /// How many ports a word stands for: two for any range or list. A service's name may have a hyphen.
    private static func ports(_ word: Word) -> Int {
        let parts = word.text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "," }
        return parts.count > 1 && parts.allSatisfy { Decimal.isDigits($0) } ? 2 : 1
    }
}
