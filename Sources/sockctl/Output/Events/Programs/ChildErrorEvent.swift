struct ChildErrorEvent: Event {
    static let name = "child-error"
    static let level = EventLevel.verbose
    static let summary = "A program that was started for a peer wrote a line to its standard error."
    static let fields =
        Field.ends(\.ends) + [
            Field("pid", "Its process number.") { Int($0.pid) },
            Field("text", "The line, without its newline.", \.line),
        ]

    let ends: Ends
    let pid: Int32
    let line: String

    func text(on terminal: Terminal) -> String {
        let label = ends.connection.map { "connection \($0):" } ?? "process \(pid):"
        return "\(terminal.paint(label, .dim)) \(line.printable)"
    }
}
