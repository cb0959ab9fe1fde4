/// Text broken into lines of a width.
enum Paragraph {
    /// The lines of a text, none wider than the width unless a single word is.
    ///
    /// The spaces that it begins with are kept; the lines after the first stand `hanging` columns further in.
    static func lines(_ text: some StringProtocol, width: Int, hanging: Int = 0) -> [String] {
        let indent = text.prefix { $0 == " " }
        var lines: [String] = []
        var (line, margin, column) = (String(indent), indent.count, indent.count)
        for word in text.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
            let length = self.width(of: word)
            if column > margin {
                if column + 1 + length <= width {
                    line += " "
                    column += 1
                } else {
                    lines.append(line)
                    margin = indent.count + hanging
                    (line, column) = (String(repeating: " ", count: margin), margin)
                }
            }
            line += word
            column += length
        }
        return text.isEmpty ? [] : lines + [line]
    }

    /// The text as lines that begin in a column, joined.
    static func indented(_ text: String, by column: Int, width: Int) -> String {
        lines(text, width: max(width - column, 20))
            .map { String(repeating: " ", count: column) + $0 }
            .joined(separator: "\n")
    }

    /// Colours take up no column.
    private static func width(of word: some StringProtocol) -> Int {
        guard word.utf8.contains(0x1b) else { return word.count }
        return String(word).replacing(/\u{1b}\[[0-9;]*m/, with: "").count
    }
}
