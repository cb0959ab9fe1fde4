/// Which network an address is of, and who answers for names.
struct NetworkArguments: Equatable, Sendable {
    var network: String?
    var isIPv4 = false
    var isIPv6 = false
    var isUDP = false
    var isUnix = false
    var isLiteral = false
    var resolutions: [Resolution] = []

    /// The network that the options name together, or nil if they leave it to the address.
    var name: String? {
        if let network { return network }
        if isUnix { return isUDP ? "unixgram" : "unix" }
        guard isUDP || isIPv4 || isIPv6 else { return nil }
        return (isUDP ? "udp" : "tcp") + (isIPv4 ? "4" : isIPv6 ? "6" : "")
    }

    static let rows: [Row<NetworkArguments>] = [
        .option(
            "network", as: .word("NETWORK", among: names), into: \.network, help: "The network to use, by its name.",
            detail: "Without it, the address's own prefix says, and else it is `tcp`."),
        .flag("ipv4", short: "4", into: \.isIPv4, help: "Use IPv4 only."),
        .flag("ipv6", short: "6", into: \.isIPv6, help: "Use IPv6 only."),
        .flag("udp", short: "u", into: \.isUDP, help: "Use datagrams: UDP, or with -U a Unix socket's."),
        .flag(
            "unix", short: "U", aliases: ["unixsock"], into: \.isUnix,
            help: "Use a Unix socket; the address is its path."),
        .flag(
            "no-dns", short: "n", aliases: ["nodns"], into: \.isLiteral, help: "Take literal addresses only.",
            detail: "A name is then a usage error, unless `--resolve` answers for it."),
        .list(
            "resolve", as: .resolution, into: \.resolutions, help: "Answer for a name without asking anyone.",
            detail: "The addresses are tried as if a name server had given them in this order."
        ).manualOnly,
    ].titled("Network")

    private static let names = [
        "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket",
    ]

    func validate() throws(UsageError) {
        let flags = [(isIPv4, "-4"), (isIPv6, "-6"), (isUDP, "-u"), (isUnix, "-U")].filter(\.0).map(\.1)
        if let network, let flag = flags.first {
            throw UsageError("'--network \(network)' already names the network: leave out '\(flag)'")
        }
        if isIPv4, isIPv6 {
            throw UsageError("'-4' and '-6' exclude each other", hint: "without either, both families are used")
        }
        if isUnix, isIPv4 || isIPv6 {
            throw UsageError("a Unix socket has no IP version: '-U' and '\(flags[0])' exclude each other")
        }
    }
}

/// The answer to a name that is given on the command line.
struct Resolution: Equatable, Sendable {
    let name: String
    /// Literal addresses, as they were written.
    let addresses: [String]
}

extension ValueType where Value == Resolution {
    /// `NAME=ADDRESS,ADDRESS…`
    static var resolution: Self {
        Self(placeholder: "NAME=ADDRESS,...", completion: .none) { (text: String) throws(UsageError) in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let addresses = parts.last?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
            guard parts.count == 2, !parts[0].isEmpty, !addresses.contains("") else {
                throw UsageError("'\(text)' is not a name and its addresses; write it like example.test=127.0.0.1,::1")
            }
            return Resolution(name: parts[0], addresses: addresses)
        } show: {
            "\($0.name)=\($0.addresses.joined(separator: ","))"
        }
    }
}
