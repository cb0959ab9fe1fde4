/// A version of the protocol: `HTTP/1.1`.
///
/// Only major version 1 is spoken here. A minor version above 1 is treated as 1.1 (RFC 9110 section 2.5).
public struct HTTPVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    public static let http10 = HTTPVersion(minor: 0)
    public static let http11 = HTTPVersion(minor: 1)

    /// What stands behind the dot, one digit.
    public let minor: UInt8

    init(minor: UInt8) {
        self.minor = minor
    }

    public static func < (left: HTTPVersion, right: HTTPVersion) -> Bool { left.minor < right.minor }

    public var description: String { "HTTP/1.\(minor)" }

    /// Reads exactly `HTTP/`, one digit, a dot, one digit; the name is case-sensitive (RFC 9112 section 2.3).
    static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPRefusal.Fault) -> HTTPVersion {
        guard range.count == 8, ByteScanner.word(in: bytes, range.prefix(7)) & 0xff_ffff_ffff == slashed,
            let major = UInt8(decimal: bytes[range.lowerBound + 5]), bytes[range.lowerBound + 6] == UInt8(ascii: "."),
            let minor = UInt8(decimal: bytes[range.lowerBound + 7])
        else { throw .badVersion }
        guard major == 1 else { throw .unsupportedVersion(major: major) }
        return HTTPVersion(minor: minor)
    }

    private static let slashed = ByteScanner.word("HTTP/")
}
