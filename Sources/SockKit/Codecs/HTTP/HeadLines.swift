/// Makes a head of its lines.
protocol HeadLines: LineTaker {
    init(limits: MessageLimits)

    /// The start line has come.
    var hasBegun: Bool { get }
    var framing: FramingFields { get set }
    /// Behind this message nobody speaks HTTP any more.
    var isTunnel: Bool { get }

    /// Reads the first line; an empty one may be passed over.
    mutating func takeStartLine(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault)
    /// How the content's length is known, now that the head is whole.
    func bodyFraming() throws(HTTPRefusal.Fault) -> BodyFraming
    /// Forgets the head, for the next.
    mutating func clear()
}

extension HeadLines {
    var sectionLimit: Int { limits.head }

    var place: HTTPRefusal.Place { hasBegun ? .field(fields.lines.count + 1) : .startLine }

    @inline(__always)
    mutating func take(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) -> Bool {
        guard hasBegun else {
            try takeStartLine(line, of: bytes)
            return false
        }
        guard !line.isEmpty else { return true }
        let field = try field(line, of: bytes)
        try framing.note(field, of: bytes)
        fields.lines.append(field)
        return false
    }
}
