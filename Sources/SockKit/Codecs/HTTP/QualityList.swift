/// A list of words with weights, as Accept-Encoding has it: `br;q=1.0, gzip;q=0.8, *;q=0` (RFC 9110 section 12.4.2).
public struct QualityList: Sendable, Hashable {
    /// A word and its weight in thousandths.
    public struct Element: Sendable, Hashable {
        public let word: String
        public let weight: Int
    }

    /// In the order of the list; words in lower case. A weight that cannot be read is 0.
    public let elements: [Element]

    public init(_ value: String) {
        elements = value.split(separator: ",").compactMap { element in
            let parts = element.split(separator: ";").map(\.trimmingOptionalWhitespace)
            guard let word = parts.first, !word.isEmpty else { return nil }
            let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
            return Element(word: word.lowercased(), weight: weight.map { Self.thousandths($0.dropFirst(2)) } ?? 1000)
        }
    }

    /// The weight of a word in lower case, its own or that of `*`; nil if the list says nothing of it.
    public func weight(of word: String) -> Int? {
        (elements.first { $0.word == word } ?? elements.first { $0.word == "*" })?.weight
    }

    /// Whether content in this coding is welcome (RFC 9110 section 12.5.3). `identity`, no coding, is unless the list
    /// says otherwise; any other must be listed.
    public func accepts(coding: String) -> Bool {
        weight(of: coding).map { $0 > 0 } ?? (coding == "identity")
    }

    /// `0`, `0.5`, `0.333`, `1`, `1.000`.
    private static func thousandths(_ text: Substring) -> Int {
        let digits = Array(text.utf8)
        guard let first = digits.first, let whole = Int(decimal: first), whole <= 1, digits.count <= 5,
            digits.count == 1 || digits[1] == UInt8(ascii: ".")
        else { return 0 }
        var value = whole
        for place in 2..<5 {
            guard let digit = place < digits.count ? Int(decimal: digits[place]) : 0 else { return 0 }
            value = value * 10 + digit
        }
        return min(value, 1000)
    }
}

extension Substring {
    /// Without the spaces and tabs at its ends.
    var trimmingOptionalWhitespace: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
