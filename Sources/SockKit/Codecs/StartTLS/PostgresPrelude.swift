/// SSLRequest of PostgreSQL: its documentation, "Message Formats".
struct PostgresPrelude: StartTLSPrelude {
    /// Of an error's message.
    private static let longest = 8 << 10
    /// Of one that is no more than text.
    private static let longestText = 2 << 10
    /// No length of a message is beyond this: what is there is text.
    private static let lengths = 8...30_000

    let subject = "postgres answer to SSLRequest"
    /// Its length, and 1234 and 5679 where a version would stand.
    let opening: [UInt8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]
    /// What came of an error, behind its first byte.
    private var report: [UInt8]?

    init() {}

    mutating func take(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep {
        guard report != nil else { return try begin(byte) }
        report?.append(byte)
        try look(report ?? [])
        return .more
    }

    private mutating func begin(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep {
        switch byte {
        case UInt8(ascii: "S"): return .agreed()
        case UInt8(ascii: "N"): throw .refused("does not offer TLS")
        case UInt8(ascii: "E"):
            report = []
            return .more
        default: throw malformed("it is the byte \(byte), and neither S, N nor E")
        }
    }

    /// Throws what the server says, once that is whole.
    private func look(_ report: [UInt8]) throws(StartTLSFault) {
        guard report.count >= 4 else { return }
        let length = Int(report.span.bigEndian(UInt32.self, at: 0))
        guard Self.lengths.contains(length) else {
            // A server that cannot even begin a process for us says so in the form of its version 2: text up to a zero.
            if let end = report.firstIndex(of: 0) { throw .says(Array(report[..<end])) }
            guard report.count < Self.longestText else {
                throw tooLong("its text has no end within \(Self.longestText) bytes")
            }
            return
        }
        guard length <= Self.longest else {
            throw tooLong("it has a length of \(length), beyond the limit of \(Self.longest) bytes")
        }
        guard report.count == length else { return }
        throw .says(try words(report[4...]))
    }

    /// The message and the code, of the fields that an error has: a byte that says which, and text up to a zero.
    private func words(_ fields: ArraySlice<UInt8>) throws(StartTLSFault) -> [UInt8] {
        var texts: [UInt8: ArraySlice<UInt8>] = [:]
        var rest = fields
        while let type = rest.first, type != 0 {
            guard let end = rest.dropFirst().firstIndex(of: 0) else {
                throw malformed("a field of its error message has no end")
            }
            texts[type] = rest[(rest.startIndex + 1)..<end]
            rest = rest[(end + 1)...]
        }
        var words = Array(texts[UInt8(ascii: "M")] ?? [])
        guard let code = texts[UInt8(ascii: "C")] else { return words }
        words += " (".utf8
        words += code
        words += ")".utf8
        return words
    }
}
