/// Makes the head of an answer of its lines (RFC 9112 sections 4 and 5).
struct StatusLines: HeadLines {
    var limits: MessageLimits
    /// What was asked: it decides whether the answer has content.
    var method = HTTPMethod.get
    private(set) var head = ResponseHead(0)
    private(set) var hasBegun = false
    var framing = FramingFields(.response)

    var message: HTTPRefusal.Message { .response }

    var fields: Fields {
        get { head.fields }
        _modify { yield &head.fields }
    }

    init(limits: MessageLimits) {
        self.limits = limits
    }

    mutating func clear() {
        fields.clear()
        hasBegun = false
        framing = FramingFields(.response)
    }

    /// The version, three digits, and the reason behind a space. A status without reason needs the space as well
    /// (RFC 9112 section 4), but servers that leave it out are understood: nothing depends on it.
    mutating func takeStartLine(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) {
        let version = try HTTPVersion.parse(bytes, line.prefix(8))
        let digits = line.dropFirst(8).prefix(4)
        guard digits.count == 4, bytes[digits.lowerBound] == UInt8(ascii: " "),
            let code = Self.number(bytes, digits.dropFirst())
        else { throw .badStatusCode }
        let rest = digits.upperBound..<line.upperBound
        guard rest.isEmpty || bytes[rest.lowerBound] == UInt8(ascii: " ") else { throw .badStatusCode }
        head.version = version
        head.status = HTTPStatus(code)
        head.reason = String(copying: bytes.extracting(rest.dropFirst()))
        hasBegun = true
    }

    private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt16? {
        var value: UInt16 = 0
        for index in range {
            guard let digit = UInt16(decimal: bytes[index]) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    func bodyFraming() throws(HTTPRefusal.Fault) -> BodyFraming {
        // What HEAD's answer and a 304 say of their length is about content that they do not have.
        if method == .head || head.status.hasNoContent || isTunnel { return .none }
        guard let found = try framing.framing(head.version, fields) else { return .untilClose }
        return found == .length(0) ? .none : found
    }

    var isTunnel: Bool { head.status == 101 || (method == .connect && head.status.isSuccess) }
}
