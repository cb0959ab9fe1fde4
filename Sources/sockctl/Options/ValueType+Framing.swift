import SockKit

extension ValueType where Value == Framing {
    /// `line`, `delim:TEXT` or `length:WIDTH[:big|little][:inclusive]`.
    static var framing: Self {
        Self(placeholder: "line|delim:TEXT|length:WIDTH", completion: .words(["line", "delim:", "length:"])) {
            (word: Word) throws(UsageError) in
            try Framing(word)
        } show: {
            $0.spelling
        }
    }
}

extension Framing {
    /// Searching for a delimiter takes time in proportion to its length where the stream comes in small pieces.
    private static let longestDelimiter = 256

    fileprivate init(_ word: Word) throws(UsageError) {
        let parts = word.split(by: ":", maximum: 1)
        switch parts[0] {
        case "line" where parts.count == 1: self = .line
        case "delim" where parts.count == 2:
            let bytes = try EscapedText.bytes(parts[1])
            guard 1...Self.longestDelimiter ~= bytes.count else {
                throw UsageError("'\(word)': a delimiter has 1 to \(Self.longestDelimiter) bytes")
            }
            self = .delimiter(bytes)
        case "length" where parts.count == 2: self = .length(try Self.length(parts[1].text, in: word))
        default:
            throw UsageError("'\(word)' is no framing; write line, delim:TEXT or length:WIDTH[:big|little][:inclusive]")
        }
    }

    private static func length(_ text: String, in whole: Word) throws(UsageError) -> LengthField {
        var words = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        guard let width = words.popFirst().flatMap(Decimal.number), [1, 2, 4, 8].contains(width) else {
            throw UsageError("'\(whole)': a length has 1, 2, 4 or 8 bytes, as in length:4")
        }
        let isLittle = words.first == "little"
        if isLittle || words.first == "big" { words.removeFirst() }
        let isInclusive = words.first == "inclusive"
        if isInclusive { words.removeFirst() }
        if let word = words.first {
            throw UsageError("'\(whole)': '\(word)' is out of place; write length:WIDTH[:big|little][:inclusive]")
        }
        return LengthField(width: width, isLittleEndian: isLittle, countsItself: isInclusive)
    }

    fileprivate var spelling: String {
        switch self {
        case .line: "line"
        case .delimiter(let bytes): "delim:\(TextEscapes.show(bytes))"
        case .length(let field):
            "length:\(field.width)" + (field.isLittleEndian ? ":little" : "")
                + (field.countsItself ? ":inclusive" : "")
        }
    }
}
