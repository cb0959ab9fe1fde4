struct FoundEvent: Event {
    static let name = "found"
    static let level = EventLevel.verbose
    static let summary = "Something that an experiment found out."
    static let fields = [
        Field("experiment", "The experiment's name.", \.experiment),
        Field("name", "What it is.", \.name),
        Field("value", "A number, a text, true or false, or a list; spans are seconds, sizes are bytes.", \.value),
    ]

    let experiment: String
    let name: String
    let value: JSONValue

    func text(on terminal: Terminal) -> String { "\(name): \(value.text)" }
}
