/// Makes the trailers of a message of their lines (RFC 9112 section 7.1.2).
struct TrailerLines: LineTaker {
    let message: HTTPRefusal.Message
    var limits = MessageLimits()
    var fields = Fields()

    init(_ message: HTTPRefusal.Message) {
        self.message = message
    }

    var sectionLimit: Int { limits.trailers }

    var place: HTTPRefusal.Place { .trailer(fields.lines.count + 1) }

    mutating func take(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) -> Bool {
        guard !line.isEmpty else { return true }
        let field = try field(line, of: bytes)
        guard !Self.isForbidden(bytes.extracting(field.name)) else { throw .forbiddenTrailer }
        fields.lines.append(field)
        return false
    }

    /// Whether a field of this name must have been known before the content: it says where the message ends, whom it is
    /// for, who sent it or how the content is to be read (RFC 9110 section 6.5.1).
    static func isForbidden(_ name: Span<UInt8>) -> Bool {
        forbidden.contains { name.equalsIgnoringCase($0) }
    }

    private static let forbidden = [
        "content-length", "transfer-encoding", "host", "connection", "keep-alive", "upgrade", "te", "trailer",
        "content-encoding", "content-type", "content-range", "range", "expect", "cache-control", "max-forwards",
        "authorization", "proxy-authorization", "proxy-connection", "cookie", "set-cookie", "www-authenticate",
        "proxy-authenticate", "location",
    ]
}
