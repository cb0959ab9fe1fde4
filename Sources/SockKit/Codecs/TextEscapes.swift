/// The notation in which options take bytes that are hard to type, and in which reports show them.
package enum TextEscapes {
    /// The letters that stand behind a backslash, and the bytes that they stand for.
    package static let letters: [(letter: UInt8, byte: UInt8)] = [
        (UInt8(ascii: "n"), 10), (UInt8(ascii: "r"), 13), (UInt8(ascii: "t"), 9), (UInt8(ascii: "0"), 0),
        (UInt8(ascii: "\\"), 92),
    ]

    /// The text that would be read back as the same bytes.
    package static func show(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            if let escape = letters.first(where: { $0.byte == byte }) { return "\\\(UnicodeScalar(escape.letter))" }
            guard !(32..<127).contains(byte) else { return String(UnicodeScalar(byte)) }
            return "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension Unicode.Scalar {
    /// Whether a report may not show it as it is: a control, or a character of which nothing is seen, as the marks
    /// that turn the direction of a line and the fillers that hide in a name.
    package var isHidden: Bool {
        if value < 0x7f { return value < 0x20 }
        switch value {
        // These make one sign of several, or choose how it looks: in Persian, and in emoji.
        case 0x200c, 0x200d, 0xfe0e, 0xfe0f: return false
        // So do these in Mongolian; and signs that stand around a number or a word, which are seen.
        case 0x180b...0x180d, 0x180f, 0x600...0x605, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd: return false
        default: break
        }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        // By their categories these are letters and marks, or are not assigned yet.
        default: return properties.isDefaultIgnorableCodePoint
        }
    }

    /// It as a report shows it where it is hidden.
    package var spelledOut: String { TextEscapes.show(Array(String(self).utf8)) }
}

extension String {
    /// The text with what is hidden in it spelled out.
    package var spelledOut: String {
        guard unicodeScalars.contains(where: \.isHidden) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isHidden {
                text += scalar.spelledOut
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
