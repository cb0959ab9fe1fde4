import SockKit

/// Which network an address is of, and who answers for names.
struct NetworkArguments: Equatable, Sendable {
    var network: Network?
    var isIPv4 = false
    var isIPv6 = false
    var isUDP = false
    var isUnix = false
    var isLiteral = false
    var resolutions: [Resolution] = []

    /// The network that the options name together, or nil if they leave it to the address.
    var named: Network? {
        if let network { return network }
        if isUnix { return isUDP ? .unixgram : .unix }
        if isUDP { return isIPv4 ? .udp4 : isIPv6 ? .udp6 : .udp }
        return isIPv4 ? .tcp4 : isIPv6 ? .tcp6 : nil
    }

    static let rows: [Row<NetworkArguments>] = [
        .option(
            "network", as: .choice("NETWORK"), into: \.network, help: "The network to use, by its name.",
            detail: "Without it, the address's own prefix says, and else it is `tcp`."
        )
        .excludes("ipv4", reason: alreadyNamed("-4"))
        .excludes("ipv6", reason: alreadyNamed("-6")),
        .flag("ipv4", short: "4", into: \.isIPv4, help: "Use IPv4 only.")
            .excludes(
                "ipv6", reason: "'-4' and '-6' exclude each other", hint: "without either, both families are used"),
        .flag("ipv6", short: "6", into: \.isIPv6, help: "Use IPv6 only."),
        .flag("udp", short: "u", into: \.isUDP, help: "Use datagrams: UDP, or with -U a Unix socket's.")
            .excludes("network", reason: "'--network {other value}' already names the network: leave out '-u'"),
        .flag(
            "unix", short: "U", aliases: ["unixsock"], into: \.isUnix,
            help: "Use a Unix socket; the address is its path."
        )
        .excludes("network", reason: "'--network {other value}' already names the network: leave out '-U'")
        .excludes("ipv4", reason: "a Unix socket has no IP version: '-U' and '-4' exclude each other")
        .excludes("ipv6", reason: "a Unix socket has no IP version: '-U' and '-6' exclude each other"),
        .flag(
            "no-dns", short: "n", aliases: ["nodns"], into: \.isLiteral, help: "Take literal addresses only.",
            detail: "A name is then a usage error, unless `--resolve` answers for it."),
        .list(
            "resolve", as: .resolution, into: \.resolutions, help: "Answer for a name without asking anyone.",
            detail: "The addresses are tried as if a name server had given them in this order."
        ).manualOnly,
    ].titled("Network")

    private static func alreadyNamed(_ flag: String) -> String {
        "'--network {value}' already names the network: leave out '\(flag)'"
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
