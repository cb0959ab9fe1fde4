/// Whom no proxy is asked for: the list of `NO_PROXY`, as Go reads it.
///
/// Words apart by commas: `*` is everybody; an address or a network (`10.0.0.0/8`); a name stands for itself and all
/// below it, with a dot or `*.` in front for those below it alone. An address or a name may have a port.
public struct ProxyExceptions: Sendable, Hashable {
    private enum Rule: Sendable, Hashable {
        case all
        case network(IPAddress, prefix: Int)
        case address(IPAddress, port: UInt16?)
        /// The suffix begins with its dot.
        case name(suffix: String, includesItself: Bool, port: UInt16?)
    }

    private var rules: [Rule] = []

    /// What is no rule is passed over, as in Go.
    public init(_ list: String = "") {
        for word in list.split(separator: ",") {
            let word = word.filter { $0 != " " && $0 != "\t" }.lowercased()
            if let rule = Self.rule(word) { rules.append(rule) }
        }
    }

    /// Whether a host is asked directly: it is in the list, or it is this machine.
    public func contains(_ host: String, _ port: UInt16) -> Bool {
        if host == "localhost" { return true }
        if IPAddress(host)?.unmapped.isLoopback == true { return true }
        return names(host, port)
    }

    /// Whether the list names a host; this machine is as any other.
    public func names(_ host: String, _ port: UInt16) -> Bool {
        let address = IPAddress(host)?.unmapped
        let name = host.lowercased()
        return rules.contains { Self.matches($0, name, port, address) }
    }

    private static func rule(_ word: String) -> Rule? {
        if word.isEmpty { return nil }
        if word == "*" { return .all }
        if let slash = word.firstIndex(of: "/") {
            guard let address = IPAddress(String(word[..<slash])), let prefix = Int(word[word.index(after: slash)...]),
                (0...(address.family == .v4 ? 32 : 128)).contains(prefix)
            else { return nil }
            return .network(address, prefix: prefix)
        }
        if let address = IPAddress(word) { return .address(address.unmapped, port: nil) }
        var host = word[...]
        var port: UInt16?
        if let colon = word.lastIndex(of: ":") {
            guard let number = UInt16(word[word.index(after: colon)...]) else { return nil }
            (host, port) = (word[..<colon], number)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        if let address = IPAddress(String(host)) { return .address(address.unmapped, port: port) }
        if host.hasPrefix("*.") { host = host.dropFirst() }
        guard !host.isEmpty, host != "." else { return nil }
        let includesItself = !host.hasPrefix(".")
        return .name(suffix: includesItself ? ".\(host)" : String(host), includesItself: includesItself, port: port)
    }

    private static func matches(_ rule: Rule, _ host: String, _ port: UInt16, _ address: IPAddress?) -> Bool {
        switch rule {
        case .all: return true
        case .network(let network, let prefix):
            guard let address, address.family == network.family else { return false }
            if network.family == .v4 {
                return prefix == 0 || (address.v4Bits ^ network.v4Bits) >> (32 - UInt32(prefix)) == 0
            }
            return prefix == 0 || (address.v6Bits ^ network.v6Bits) >> (128 - UInt128(prefix)) == 0
        case .address(let one, let only): return address == one && (only ?? port) == port
        case .name(let suffix, let includesItself, let only):
            guard address == nil, (only ?? port) == port else { return false }
            return host.hasSuffix(suffix) || includesItself && host == suffix.dropFirst()
        }
    }
}
