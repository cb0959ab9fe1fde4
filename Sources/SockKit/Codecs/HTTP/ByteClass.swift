/// A set of ASCII bytes; bytes of 0x80 and above are in none.
struct ByteClass: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// These, and the letters and digits.
    init(alphanumericsAnd others: StaticString) {
        self.init(others)
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { insert(byte) }
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { insert(byte) }
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { insert(byte) }
    }

    init(_ members: StaticString) {
        for byte in "\(members)".utf8 { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }

    /// Whether all bytes are in the set; so they are where there are none.
    func containsAll(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy(contains) }

    func containsAll(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where !contains(bytes[index]) { return false }
        return true
    }

    /// RFC 9110 section 5.6.2.
    static let token = ByteClass(alphanumericsAnd: "!#$%&'*+-.^_`|~")
    /// RFC 3986 section 2.3.
    static let unreserved = ByteClass(alphanumericsAnd: "-._~")
    /// RFC 3986 section 3.2.2, without the percent sign; without the comma too, for two names are not one.
    static let hostName = ByteClass(alphanumericsAnd: "-._~!$&'()*+;=")
    /// RFC 3986 section 3.1.
    static let scheme = ByteClass(alphanumericsAnd: "+-.")
}
