/// The places of a host and a port: what Host says, and the authority of a target without a user
/// (RFC 9110 section 7.2, RFC 3986 section 3.2.2).
struct HostAndPort {
    /// An IPv6 address is in its brackets.
    let host: Range<Int>
    /// Nil without a colon, and where nothing stands behind it.
    let port: UInt16?

    /// Nil for what is neither. An empty host is none: no `http` URI has it (RFC 9110 section 4.2.1).
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard let end = Self.endOfHost(bytes, range), end > range.lowerBound else { return nil }
        host = range.lowerBound..<end
        guard end < range.upperBound else {
            port = nil
            return
        }
        guard bytes[end] == UInt8(ascii: ":"), let port = Self.port(bytes, end + 1..<range.upperBound) else {
            return nil
        }
        self.port = port
    }

    private static func endOfHost(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard let first = range.first else { return nil }
        if bytes[first] == UInt8(ascii: "[") { return endOfLiteral(bytes, range) }
        var index = min(range.upperBound, ByteScanner.endOfWord(in: bytes, from: first))
        while index < range.upperBound, bytes[index] != UInt8(ascii: ":") {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, UInt8(hexadecimal: bytes[index + 1]) != nil,
                    UInt8(hexadecimal: bytes[index + 2]) != nil
                else { return nil }
                index += 3
            } else {
                guard ByteClass.hostName.contains(bytes[index]) else { return nil }
                index += 1
            }
        }
        return index
    }

    /// Behind the bracket. A zone has a meaning on one machine only, so none goes over the wire (RFC 6874 section 1).
    private static func endOfLiteral(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "]"), in: range),
            let address = IPAddress(String(copying: bytes.extracting(range.lowerBound + 1..<end))),
            address.family == .v6, address.zone == nil
        else { return nil }
        return end + 1
    }

    /// The outer nil is for what is no port.
    private static func port(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt16?? {
        var value: UInt32 = 0
        for index in range {
            guard let digit = UInt32(decimal: bytes[index]) else { return nil }
            value = value * 10 + digit
            guard value <= 65535 else { return nil }
        }
        return .some(range.isEmpty ? nil : UInt16(value))
    }
}
