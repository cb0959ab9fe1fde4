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
                name + String(repeating: " ", count: width - name.count) + "  " + measure.value.text
            }
            .joined(separator: "\n")
    }
}
