/// A fenced block of a Markdown text.
struct MarkdownBlock: Sendable {
    let language: String
    /// The line of the text that the block begins on, from 1.
    let line: Int
    let lines: [String]

    /// All the blocks of a text.
    static func all(in text: String) -> [MarkdownBlock] {
        var blocks: [MarkdownBlock] = []
        var open: (language: String, line: Int, lines: [String])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if !line.hasPrefix("```") {
                open?.lines.append(String(line))
            } else if let block = open {
                blocks.append(MarkdownBlock(language: block.language, line: block.line, lines: block.lines))
                open = nil
            } else {
                open = (String(line.dropFirst(3)), index + 1, [])
            }
        }
        return blocks
    }
}
