/// Text in the language of manual pages, mdoc(7).
enum Mdoc {
    /// A paragraph in which words between backquotes are what a person types.
    ///
    /// Each sentence begins a line, so that the formatter sets the space after it.
    static func prose(_ text: String) -> String {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false)
        let marked = pieces.enumerated().map { index, piece in
            index % 2 == 0 ? escaped(String(piece)) : "\\fB\(literal(String(piece)))\\fR"
        }.joined()
        return sentences(marked)
            .flatMap { Paragraph.lines($0, width: 78) }
            .map(protected)
            .joined(separator: "\n")
    }

    /// A line that is printed as it stands.
    static func line(_ text: String) -> String { protected(literal(text)) }

    /// One argument of a macro, printed as it stands.
    static func argument(_ text: String) -> String {
        let text = literal(text)
        return text.contains(" ") || text.isEmpty ? "\"\(text)\"" : text
    }

    private static func sentences(_ text: String) -> [String] {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            let separator = lines[lines.count - 1].isEmpty ? "" : " "
            lines[lines.count - 1] += separator + word
            if word.hasSuffix("."), !word.hasSuffix("...") { lines.append("") }
        }
        return lines.filter { !$0.isEmpty }
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\e"
            case "\"": result += "\\(dq"
            default: result.append(character)
            }
        }
    }

    /// As text, but a hyphen is the one that a shell understands when it is copied.
    private static func literal(_ text: String) -> String {
        escaped(text).reduce(into: "") { result, character in
            result += character == "-" ? "\\-" : character == "'" ? "\\(aq" : "\(character)"
        }
    }

    /// A line that begins like a request would be taken for one.
    private static func protected(_ line: String) -> String {
        line.hasPrefix(".") || line.hasPrefix("'") ? "\\&\(line)" : line
    }
}
