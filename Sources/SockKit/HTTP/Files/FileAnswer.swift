/// What is answered to somebody who wants to read a file: a value, made of the request and of what the file is.
struct FileAnswer: Sendable {
    /// Which bytes of the file are sent.
    enum Content: Sendable {
        case none, whole
        case part(Range<Int>)
        case parts(ByteRangeParts)
    }

    let status: HTTPStatus
    let fields: Fields
    let content: Content

    /// The answer to GET or HEAD. `boundary` is asked for where several parts are sent.
    init(to request: RequestHead, _ file: FileFacts, now: HTTPDate, boundary: () -> String = Self.makeBoundary) {
        let asked = request.fields
        switch PreconditionResult(request.method, asked, current: file.validators) {
        case .notModified: self.init(304, file.validatingFields, .none)
        case .failed: self.init(412, file.validatingFields, .none)
        case .proceed: self.init(inRange: request, file, now, boundary)
        }
    }

    private init(_ status: HTTPStatus, _ fields: Fields, _ content: Content) {
        self.status = status
        self.fields = fields
        self.content = content
    }

    /// Range is for GET alone (RFC 9110 section 14.2).
    private init(inRange request: RequestHead, _ file: FileFacts, _ now: HTTPDate, _ boundary: () -> String) {
        var ranges = ByteRanges.whole
        if request.method == .get, request.fields.rangeApplies(to: file.validators, now: now) {
            ranges = ByteRanges(request.fields["range"], size: file.size)
        }
        var fields = file.fields
        switch ranges {
        case .whole: self.init(200, fields, .whole)
        case .unsatisfiable:
            fields = file.validatingFields
            fields.append("Accept-Ranges", "bytes")
            fields.append("Content-Range", "\(ContentRange(nil, of: file.size))")
            self.init(416, fields, .none)
        case .parts(let parts) where parts.count == 1:
            fields.append("Content-Range", "\(ContentRange(parts[0], of: file.size))")
            self.init(206, fields, .part(parts[0]))
        case .parts(let list):
            let parts = ByteRangeParts(list, of: file.size, type: file.type, boundary: boundary())
            fields["Content-Type"] = parts.contentType
            self.init(206, fields, .parts(parts))
        }
    }

    /// False if the answer is the whole file in any case: there is nothing like `Range` or `If-…`. Most are so.
    static func mayAskForLess(_ fields: Fields) -> Bool {
        var found = false
        fields.forEachLine { name, _ in
            guard name.count >= 5 else { return }
            let first = name[0] | 0x20
            if first == UInt8(ascii: "i") || first == UInt8(ascii: "r") { found = true }
        }
        return found
    }

    /// Sixteen random bytes: no part holds them.
    static func makeBoundary() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// How many bytes of content there are; nil for more parts of a huge file than can be counted.
    func length(of file: FileFacts) -> Int? {
        switch content {
        case .none: 0
        case .whole: file.size
        case .part(let range): range.count
        case .parts(let parts): parts.contentLength
        }
    }
}
