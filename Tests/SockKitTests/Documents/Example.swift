import Testing

/// Command lines as a document shows them, in one terminal or several, with what they print.
struct Example: Sendable, CustomTestStringConvertible {
    struct Step: Sendable {
        let terminal: Int
        let command: String
        /// What is printed, as far as it is shown; nil if the document shows none.
        var output: [String]?
    }

    let testDescription: String
    var steps: [Step]

    /// A console block: `$ COMMAND` or `1$ COMMAND`, each followed by what it prints.
    init(_ block: MarkdownBlock) {
        testDescription = "line \(block.line): \(block.lines.first ?? "")"
        steps = []
        for line in block.lines {
            let (number, rest) = (line.prefix(while: \.isNumber), line.drop(while: \.isNumber))
            if rest.hasPrefix("$ ") {
                steps.append(Step(terminal: Int(number) ?? 1, command: String(rest.dropFirst(2)), output: []))
            } else if !steps.isEmpty {
                steps[steps.count - 1].output?.append(line)
            }
        }
    }

    /// The lines of a manual page's example: each has a terminal of its own.
    init(manual lines: [String], of page: String) {
        testDescription = "\(page): \(lines.joined(separator: " · "))"
        steps = lines.enumerated().map { Step(terminal: $0 + 1, command: $1) }
    }

    /// Whether what was printed has the shape of what is shown.
    ///
    /// Numbers and units may differ. A line `...` stands for any lines. The order is not looked at: two streams end up in
    /// one terminal, and nobody promises which is first.
    static func matches(_ shown: [String], _ printed: [String]) -> Bool {
        var rest = printed.map(shape)
        for line in shown where line != "..." {
            guard let index = rest.firstIndex(of: shape(line)) else { return false }
            rest.remove(at: index)
        }
        return rest.isEmpty || shown.contains("...")
    }

    private static func shape(_ line: String) -> String {
        line.replacing(/[0-9]+(\.[0-9]+)?(e-[0-9]+)?/, with: "#")
            .replacing(/# (ns|µs|ms|s)\b/, with: "# s")
            .replacing(/# (bytes|[KMG]iB)\b/, with: "# B")
            .replacing(/\s+/, with: " ")
    }
}
