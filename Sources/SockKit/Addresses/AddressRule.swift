/// What names peers in a rule: an address, a network, octets, a name, or a user of this machine.
public enum AddressRule: Sendable, Hashable {
    /// The addresses whose first bits are these: `10.0.0.0/8`, `fe80::1%eth0`.
    case network(IPAddress, bits: Int)
    /// IPv4 addresses, octet by octet: `10.0-3.*.1,5`.
    case octets(OctetPattern)
    /// The addresses of a name, and those whose first bits are theirs: `example.org/24`.
    case name(String, bits: Int?)
    /// Peers on Unix sockets, by the user or the group of their process: `uid:1000`, `gid:100`.
    case user(UInt32)
    case group(UInt32)

    /// Reads one rule.
    public init(_ text: String) throws(AddressError) {
        if let user = try Self.number(text, after: "uid:") {
            self = .user(user)
        } else if let group = try Self.number(text, after: "gid:") {
            self = .group(group)
        } else {
            self = try Self.address(text)
        }
    }

    /// Reads the rules of a line or an option's value: words with spaces between them. Commas may stand in their place
    /// where they do not stand between the numbers of an octet.
    public static func list(_ text: String) throws(AddressError) -> [AddressRule] {
        var rules: [AddressRule] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }) {
            do throws(AddressError) { rules.append(try AddressRule(String(word))) } catch {
                let parts = word.split(separator: ",", omittingEmptySubsequences: false)
                guard parts.count > 1 else { throw error }
                var apart: [AddressRule] = []
                for part in parts {
                    guard let rule = try? AddressRule(String(part)) else { throw error }
                    apart.append(rule)
                }
                rules += apart
            }
        }
        return rules
    }

    private static func number(_ text: String, after prefix: String) throws(AddressError) -> UInt32? {
        guard text.hasPrefix(prefix) else { return nil }
        let digits = text.dropFirst(prefix.count)
        guard let number = Self.decimal(digits).flatMap({ UInt32(exactly: $0) }) else {
            throw AddressError("'\(text)': '\(digits)' is not a number of a user or group")
        }
        return number
    }

    private static func decimal(_ digits: Substring) -> Int? {
        digits.utf8.allSatisfy({ (48...57).contains($0) }) ? Int(digits) : nil
    }

    private static func address(_ text: String) throws(AddressError) -> AddressRule {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return try address(text, text[...], bits: nil)
        }
        let (base, length) = (text[..<slash], text[text.utf8.index(after: slash)...])
        guard let bits = decimal(length), !length.isEmpty else {
            throw AddressError("'\(text)': '/\(length)' is not a prefix length")
        }
        return try address(text, base, bits: bits)
    }

    private static func address(_ text: String, _ base: Substring, bits: Int?) throws(AddressError) -> AddressRule {
        if let address = IPAddress(utf8: base.utf8) { return try network(text, address, bits) }
        if base.utf8.contains(UInt8(ascii: ":")) {
            throw AddressError("'\(text)' is not an IPv6 address or network")
        }
        let isOctets = !base.isEmpty && base.utf8.allSatisfy { (48...57).contains($0) || "*-,.".utf8.contains($0) }
        if isOctets {
            guard bits == nil else {
                throw AddressError("'\(text)': a prefix length needs a whole address before it, as in 10.0.0.0/8")
            }
            return .octets(try OctetPattern(text))
        }
        guard isName(base) else { throw AddressError("'\(text)' is not an address, a network or a name") }
        guard bits.map({ $0 <= 128 }) ?? true else {
            throw AddressError("'\(text)': no address has more than 128 bits")
        }
        return .name(String(base), bits: bits)
    }

    /// A mapped IPv4 address is the IPv4 address.
    private static func network(_ text: String, _ address: IPAddress, _ bits: Int?) throws(AddressError) -> AddressRule
    {
        let whole = address.family == .v4 ? 32 : 128
        guard bits.map({ $0 <= whole }) ?? true else {
            throw AddressError("'\(text)': an address of this kind has \(whole) bits")
        }
        guard address.isV4Mapped, (bits ?? whole) >= 96 else { return .network(address, bits: bits ?? whole) }
        return .network(address.unmapped, bits: (bits ?? whole) - 96)
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.contains { !(48...57).contains($0) }
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte >= 0x80
                    || "-._".utf8.contains(byte)
            } && text.utf8.first != UInt8(ascii: "-")
    }
}
