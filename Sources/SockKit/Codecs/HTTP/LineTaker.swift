/// Makes something of the lines of a head or a trailer section.
protocol LineTaker: Sendable {
    /// Whose message it is.
    var message: HTTPRefusal.Message { get }
    var limits: MessageLimits { get set }
    /// How long the section may be.
    var sectionLimit: Int { get }
    /// What came: the bytes of the section, and the places of names and values in them.
    var fields: Fields { get set }

    /// Takes a line without its end, and says whether it was the last. If it throws, it has changed nothing.
    mutating func take(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) -> Bool

    /// Where the next line stands.
    var place: HTTPRefusal.Place { get }

    /// What is wrong with a line that begins so and is longer than the limit.
    func tooLong(_ line: Span<UInt8>) -> HTTPRefusal.Fault

    /// What is wrong with a byte that ends no line and has no place in one.
    func fault(of byte: UInt8, at place: Int) -> HTTPRefusal.Fault
}

extension LineTaker {
    func tooLong(_ line: Span<UInt8>) -> HTTPRefusal.Fault { .lineTooLong(limit: limits.line) }

    func fault(of byte: UInt8, at place: Int) -> HTTPRefusal.Fault {
        HTTPRefusal.Fault(lineByte: byte)
    }

    /// Reads a field line, if there may be another.
    @inline(__always)
    func field(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal.Fault) -> Fields.Line {
        guard fields.lines.count < limits.fields else { throw .tooManyFields(limit: limits.fields) }
        return try FieldLine.parse(bytes, line)
    }
}
