/// Reads one line of a head or a trailer section (RFC 9112 section 5).
enum FieldLine {
    /// The places of name and value. The range has neither the line end nor a control byte in it, and is not empty.
    @inline(__always)
    static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPRefusal.Fault) -> Fields.Line {
        let colon = ByteScanner.endOfToken(in: bytes, from: range.lowerBound)
        guard colon > range.lowerBound, colon < range.upperBound, bytes[colon] == UInt8(ascii: ":") else {
            throw nameFault(bytes, range, at: colon)
        }
        return Fields.Line(name: range.lowerBound..<colon, value: bytes.trimmed(colon + 1..<range.upperBound))
    }

    /// What is wrong with a name that ends, without a colon, at `end`.
    private static func nameFault(_ bytes: Span<UInt8>, _ range: Range<Int>, at end: Int) -> HTTPRefusal.Fault {
        let byte = bytes[range.lowerBound]
        if byte.isOptionalWhitespace { return .folded }
        if byte == UInt8(ascii: ":") { return .emptyName }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: range) else { return .noColon }
        let gap = bytes.extracting(end..<colon)
        if gap.indices.allSatisfy({ gap[$0].isOptionalWhitespace }) { return .spaceBeforeColon }
        return .nameByte(bytes[end])
    }
}
