/// Makes the head of a request of its lines (RFC 9112 sections 3 and 5).
struct RequestLines: HeadLines {
    var limits: MessageLimits
    private(set) var head = RequestHead()
    private(set) var hasBegun = false
    private var emptyLines = 0
    var framing = FramingFields(.request)

    var message: HTTPRefusal.Message { .request }

    var fields: Fields {
        get { head.storage }
        _modify { yield &head.storage }
    }

    init(limits: MessageLimits) {
        self.limits = limits
    }

    mutating func clear() {
        fields.clear()
        hasBegun = false
        emptyLines = 0
        framing = FramingFields(.request)
    }

    @inline(__always)
    mutating func takeStartLine(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) {
        guard !line.isEmpty else { return try passEmptyLine() }
        let methodEnd = ByteScanner.endOfToken(in: bytes, from: line.lowerBound)
        guard methodEnd < line.upperBound else { throw .notThreeParts }
        guard bytes[methodEnd] == UInt8(ascii: " ") else { throw .badMethod }
        let method = try HTTPMethod.parse(bytes, line.lowerBound..<methodEnd)
        let start = methodEnd + 1
        let end = min(line.upperBound, ByteScanner.endOfTarget(in: bytes, from: start))
        guard start < end, end < line.upperBound else { throw .notThreeParts }
        guard bytes[end] == UInt8(ascii: " ") else {
            throw bytes[end] == UInt8(ascii: "#") ? .fragmentInTarget : .badTarget
        }
        guard bytes.firstIndex(of: UInt8(ascii: " "), in: end + 1..<line.upperBound) == nil else {
            throw .notThreeParts
        }
        let version = try HTTPVersion.parse(bytes, end + 1..<line.upperBound)
        head.line = try RequestTarget.parse(bytes, start..<end, for: method)
        head.method = method
        head.version = version
        hasBegun = true
    }

    /// Whether CONNECT or an upgrade succeeds is for the server to say.
    var isTunnel: Bool { false }

    func bodyFraming() throws(HTTPRefusal.Fault) -> BodyFraming {
        guard framing.hasHost || head.version < .http11 else { throw .missingHost }
        guard let found = try framing.framing(head.version, fields), found != .length(0) else { return .none }
        return found
    }

    /// What an older client sent behind its last request (RFC 9112 section 2.2).
    private mutating func passEmptyLine() throws(HTTPRefusal.Fault) {
        guard emptyLines < MessageLimits.emptyLines else { throw .emptyLines(limit: MessageLimits.emptyLines) }
        emptyLines += 1
    }

    func tooLong(_ line: Span<UInt8>) -> HTTPRefusal.Fault {
        // Without an end of the method in all these bytes, it is not the target that is too long.
        let isTarget = hasBegun || line.firstIndex(of: UInt8(ascii: " "), in: 0..<line.count) != nil
        return isTarget ? .lineTooLong(limit: limits.line) : .badMethod
    }

    func fault(of byte: UInt8, at place: Int) -> HTTPRefusal.Fault {
        place == 0 && byte == 0x16 ? .tlsHandshake : HTTPRefusal.Fault(lineByte: byte)
    }
}
