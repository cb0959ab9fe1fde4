struct SummaryEvent: Event {
    static let name = "summary"
    static let level = EventLevel.always
    static let summary = "Last and once, of a command that measures, with its own fields."
    /// Each command's manual names its own.
    static let fields: [Field] = []

    let measures: [Measure]

    var members: [JSONValue.Member] { measures.map { JSONValue.Member($0.name, $0.value.json) } }

    /// Two columns.
    func text(on terminal: Terminal) -> String {
        let names = measures.map { String($0.name.map { $0 == "_" ? " " : $0 }) }
        let width = names.map(\.count).max() ?? 0
        return zip(names, measures)
            .map { name, measure in
                name + String(repeating: " ", count: width - name.count) + "  "
                    + Self.fit(measure.value.text, behind: width + 2, on: terminal)
            }
            .joined(separator: "\n")
    }

    /// Several figures on as many lines as a terminal needs for them. Elsewhere a line stays a line, for programs that look
    /// for words in it.
    private static func fit(_ text: String, behind column: Int, on terminal: Terminal) -> String {
        // The last column is left alone: to write there makes some terminals begin a new line.
        let room = terminal.columns - column - 1
        guard terminal.isTerminal, text.count > room else { return text }
        var lines = [""]
        for part in text.split(separator: ", ", omittingEmptySubsequences: false) {
            let longer = lines[lines.count - 1] + (lines[lines.count - 1].isEmpty ? "" : ", ") + part
            if longer.count < room || lines[lines.count - 1].isEmpty {
                lines[lines.count - 1] = longer
            } else {
                lines[lines.count - 1] += ","
                lines.append(String(part))
            }
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: column))
    }
}
