/// Text broken into lines of a width.
enum Paragraph {
    /// The lines of the text, none longer than the width unless a single word is.
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? "\(word)" : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// The text as lines that begin in a column, joined.
    static func indented(_ text: String, by column: Int, width: Int) -> String {
        lines(text, width: max(width - column, 20))
            .map { String(repeating: " ", count: column) + $0 }
            .joined(separator: "\n")
    }
}
