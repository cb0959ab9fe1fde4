/// Writes heads into an array of bytes. A name or a value that would break out of its line is refused, and nothing of
/// it is written: what a field may hold is checked here and nowhere else.
public struct MessageWriter: Sendable {
    /// What is written, in order. Take it, send it, and go on with an empty one or the rest.
    public var bytes: [UInt8]
    /// For errors.
    private var lines = 0

    /// Writes behind what is there.
    public init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// A whole head.
    public mutating func append(_ head: RequestHead) throws(HTTPRefusal) {
        let start = bytes.count
        append("\(head.method) ")
        head.withTarget { bytes.append($0) }
        append(head.version == .http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
        try appendRest(head.fields, from: start)
    }

    /// A whole head.
    public mutating func append(_ head: ResponseHead) throws(HTTPRefusal) {
        let start = bytes.count
        try appendStatusLine(head.status, reason: head.reason, version: head.version)
        try appendRest(head.fields, from: start)
    }

    /// The first line of a request. The target must be one that a `RequestHead` would take.
    mutating func appendRequestLine(
        _ method: HTTPMethod, _ target: String, _ version: HTTPVersion
    ) throws(HTTPRefusal) {
        lines = 0
        let name = method.description
        guard !name.isEmpty, ByteClass.token.containsAll(name.utf8) else {
            throw HTTPRefusal(.own, .startLine, .badMethod)
        }
        let (bytes, end) = (target.utf8.span, target.utf8.count)
        guard end > 0, ByteScanner.endOfTarget(in: bytes, from: 0) == end else {
            throw HTTPRefusal(.own, .startLine, .badTarget)
        }
        append(name)
        self.bytes.append(UInt8(ascii: " "))
        append(target)
        append(version == .http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
    }

    /// The first line of an answer; without a reason it has the registry's.
    public mutating func appendStatusLine(
        _ status: HTTPStatus, reason: String? = nil, version: HTTPVersion = .http11
    ) throws(HTTPRefusal) {
        lines = 0
        let reason = reason ?? status.reason
        try checkValue(reason.utf8.span, at: .startLine)
        guard (100...999).contains(status.code) else { throw HTTPRefusal(.own, .startLine, .badStatusCode) }
        append(version == .http10 ? "HTTP/1.0 " : "HTTP/1.1 ")
        append(Int(status.code))
        bytes.append(UInt8(ascii: " "))
        append(reason)
        appendLineEnd()
    }

    /// A field line.
    public mutating func append(_ name: String, _ value: String) throws(HTTPRefusal) {
        try append(name.utf8.span, value.utf8.span)
    }

    /// A field line whose value is a number.
    public mutating func append(_ name: String, _ value: Int) throws(HTTPRefusal) {
        try checkName(name.utf8.span)
        append(name)
        appendColon()
        append(value)
        appendLineEnd()
    }

    /// Field lines, byte for byte.
    public mutating func append(_ fields: Fields) throws(HTTPRefusal) {
        try fields.forEachLine { (name, value) throws(HTTPRefusal) in try append(name, value) }
    }

    /// The empty line behind the fields.
    public mutating func endHead() {
        appendLineEnd()
    }

    // MARK: - Chunks

    /// The line before a chunk; `count` bytes of content and `endChunk` must follow. A chunk has at least one byte: the
    /// empty one is the last.
    public mutating func beginChunk(_ count: Int) {
        precondition(count > 0)
        append(String(count, radix: 16))
        appendLineEnd()
    }

    public mutating func endChunk() {
        appendLineEnd()
    }

    /// A whole chunk; nothing for no bytes, for that would be the end.
    public mutating func appendChunk(_ content: Span<UInt8>) {
        guard content.count > 0 else { return }
        beginChunk(content.count)
        bytes.append(content)
        endChunk()
    }

    /// The last chunk and the trailers. Fields that must be known before the content are refused.
    public mutating func appendLastChunk(trailers: Fields = [:]) throws(HTTPRefusal) {
        let start = bytes.count
        lines = 0
        append("0\r\n")
        for line in trailers.lines where TrailerLines.isForbidden(trailers.bytes.span.extracting(line.name)) {
            bytes.removeLast(bytes.count - start)
            throw HTTPRefusal(.own, .content, .forbiddenTrailer)
        }
        try appendRest(trailers, from: start)
    }

    // MARK: - Parts

    private mutating func appendRest(_ fields: Fields, from start: Int) throws(HTTPRefusal) {
        lines = 0
        do throws(HTTPRefusal) {
            try append(fields)
        } catch {
            bytes.removeLast(bytes.count - start)
            throw error
        }
        endHead()
    }

    private mutating func append(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(HTTPRefusal) {
        try checkName(name)
        try checkValue(value, at: .field(lines))
        bytes.append(name)
        appendColon()
        bytes.append(value)
        appendLineEnd()
    }

    private mutating func checkName(_ name: Span<UInt8>) throws(HTTPRefusal) {
        lines += 1
        guard name.count > 0 else { throw HTTPRefusal(.own, .field(lines), .emptyName) }
        let end = ByteScanner.endOfToken(in: name, from: 0)
        guard end == name.count else { throw HTTPRefusal(.own, .field(lines), .nameByte(name[end])) }
    }

    private func checkValue(_ value: Span<UInt8>, at place: HTTPRefusal.Place) throws(HTTPRefusal) {
        let end = ByteScanner.firstControl(in: value, from: 0)
        guard end == value.count else { throw HTTPRefusal(.own, place, .init(lineByte: value[end])) }
    }

    private mutating func appendColon() {
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func appendLineEnd() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(_ number: Int) {
        append(String(number))
    }
}
