/// Which of the four forms a target has (RFC 9112 section 3.2).
public enum TargetForm: Sendable, Hashable {
    /// `/path?query`.
    case origin
    /// `http://host/path?query`, as proxies are asked; every server takes it.
    case absolute
    /// `host:port`, for CONNECT.
    case authority
    /// `*`, for OPTIONS.
    case asterisk
}

/// The places of a target and its parts.
struct RequestTarget: Sendable {
    let form: TargetForm
    private let start, end: UInt32
    /// The authority of the absolute and the authority form; else empty.
    private let authorityStart, authorityEnd: UInt32

    private init(_ form: TargetForm, _ range: Range<Int>, authority: Range<Int>) {
        self.form = form
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        end = UInt32(truncatingIfNeeded: range.upperBound)
        authorityStart = UInt32(truncatingIfNeeded: authority.lowerBound)
        authorityEnd = UInt32(truncatingIfNeeded: authority.upperBound)
    }

    /// Of no request.
    static let none = RequestTarget(.origin, 0..<0, authority: 0..<0)

    var range: Range<Int> { Int(start)..<Int(end) }
    var authority: Range<Int> { Int(authorityStart)..<Int(authorityEnd) }

    /// Path and query: what an origin form would be, but for an absolute form without a path.
    var pathAndQuery: Range<Int> {
        switch form {
        case .origin: range
        case .absolute: Int(authorityEnd)..<Int(end)
        case .authority, .asterisk: Int(end)..<Int(end)
        }
    }

    /// The same in bytes that stand at another place.
    func moved(by distance: Int) -> RequestTarget {
        RequestTarget(
            form, range.lowerBound + distance..<range.upperBound + distance,
            authority: authority.lowerBound + distance..<authority.upperBound + distance)
    }

    /// Reads a target that has only the bytes that `ByteScanner.endOfTarget` goes over.
    static func parse(
        _ bytes: Span<UInt8>, _ range: Range<Int>, for method: HTTPMethod
    ) throws(HTTPRefusal.Fault) -> RequestTarget {
        if method == .connect {
            guard let authority = HostAndPort(bytes, range), authority.port != nil else { throw .connectTarget }
            return RequestTarget(.authority, range, authority: range)
        }
        if bytes[range.lowerBound] == UInt8(ascii: "/") {
            return RequestTarget(.origin, range, authority: range.lowerBound..<range.lowerBound)
        }
        if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*") {
            guard method == .options else { throw .asteriskForm }
            return RequestTarget(.asterisk, range, authority: range.lowerBound..<range.lowerBound)
        }
        return RequestTarget(.absolute, range, authority: try authority(bytes, range))
    }

    /// The authority of a URI: between `scheme://` and the path or query.
    private static func authority(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPRefusal.Fault) -> Range<Int> {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: range), colon > range.lowerBound,
            ByteClass.scheme.containsAll(bytes.extracting(range.lowerBound..<colon)),
            UInt8(decimal: bytes[range.lowerBound]) == nil,
            colon + 2 < range.upperBound, bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/")
        else { throw .authorityForm }
        let start = colon + 3
        let end =
            (start..<range.upperBound).first { bytes[$0] == UInt8(ascii: "/") || bytes[$0] == UInt8(ascii: "?") }
            ?? range.upperBound
        guard bytes.firstIndex(of: UInt8(ascii: "@"), in: start..<end) == nil else { throw .userinfoInTarget }
        guard HostAndPort(bytes, start..<end) != nil else { throw .badTarget }
        return start..<end
    }
}
