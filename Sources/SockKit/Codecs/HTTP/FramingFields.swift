/// The fields that say where a message ends and whom it is for, checked as they come.
struct FramingFields: Sendable {
    private let message: HTTPRefusal.Message
    private(set) var contentLength: Int?
    private(set) var hasTransferEncoding = false
    private(set) var hasHost = false

    init(_ message: HTTPRefusal.Message) {
        self.message = message
    }

    /// Looks at the line that came last.
    @inline(__always)
    mutating func note(_ line: Fields.Line, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) {
        switch line.nameEnd - line.nameStart {
        case 4, 14, 17: try noteOne(line, of: bytes)
        default: break
        }
    }

    private mutating func noteOne(_ line: Fields.Line, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) {
        let name = bytes.extracting(line.name)
        if name.equalsIgnoringCase("content-length") {
            // RFC 9112 section 6.3 lets a list of equal numbers pass; nobody who means well sends one.
            guard contentLength == nil else { throw .repeatedContentLength }
            contentLength = try Self.number(bytes, line.value)
        } else if name.equalsIgnoringCase("transfer-encoding") {
            hasTransferEncoding = true
        } else if message == .request, name.equalsIgnoringCase("host") {
            guard !hasHost else { throw .repeatedHost }
            guard HostAndPort(bytes, line.value) != nil else { throw .badHost }
            hasHost = true
        }
    }

    /// Digits alone.
    private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPRefusal.Fault) -> Int {
        guard !range.isEmpty else { throw .badContentLength }
        var value: Int? = 0
        for index in range {
            guard let digit = Int(decimal: bytes[index]) else { throw .badContentLength }
            // What follows a number that is too large already must still be digits, to be one.
            guard let (product, isBeyond) = value?.multipliedReportingOverflow(by: 10) else { continue }
            let (sum, isJustBeyond) = product.addingReportingOverflow(digit)
            value = isBeyond || isJustBeyond ? nil : sum
        }
        guard let value else { throw .contentLengthBeyondCounting }
        return value
    }

    /// What the head as a whole says of the content (RFC 9112 section 6.3); nil if it says nothing.
    func framing(_ version: HTTPVersion, _ fields: Fields) throws(HTTPRefusal.Fault) -> BodyFraming? {
        guard hasTransferEncoding else { return contentLength.map { .length($0) } }
        // RFC 9112 section 6.1: such a message's framing is faulty, whatever else it says.
        guard version >= .http11 else { throw .transferEncodingInHTTP10 }
        // An answer with both is read by its chunks; the connection is not used again.
        guard contentLength == nil || message == .response else { throw .contentLengthAndTransferEncoding }
        try Self.checkCodings(fields, message)
        return .chunked
    }

    /// The codings must be `chunked` alone. What else they may be decides what is said.
    private static func checkCodings(
        _ fields: Fields, _ message: HTTPRefusal.Message
    ) throws(HTTPRefusal.Fault) {
        var chunked = 0
        var others = 0
        var isChunkedLast = false
        try fields.forEachLine(named: "transfer-encoding") { (value) throws(HTTPRefusal.Fault) in
            var start = 0
            while start <= value.count {
                let end = value.firstIndex(of: UInt8(ascii: ","), in: start..<value.count) ?? value.count
                let coding = value.extracting(value.trimmed(start..<end))
                start = end + 1
                isChunkedLast = coding.equalsIgnoringCase("chunked")
                if isChunkedLast { chunked += 1 } else { others += 1 }
                try checkCoding(coding)
            }
        }
        if !isChunkedLast { throw message == .request ? .chunkedNotLast : .unknownCoding }
        if chunked > 1 { throw .chunkedTwice }
        if others > 0 { throw .unknownCoding }
    }

    /// A name, perhaps with parameters; but chunked has none (RFC 9112 section 7.1).
    private static func checkCoding(_ coding: Span<UInt8>) throws(HTTPRefusal.Fault) {
        let end = coding.firstIndex(of: UInt8(ascii: ";"), in: 0..<coding.count) ?? coding.count
        let name = coding.extracting(coding.trimmed(0..<end))
        guard name.count > 0, ByteClass.token.containsAll(name),
            end == coding.count || !name.equalsIgnoringCase("chunked")
        else { throw .badTransferEncoding }
    }
}
