import SockKit

struct HeadEvent: Event {
    static let name = "head"
    static let level = EventLevel.trace
    static let summary = "A server received or sent the head of a message, with `--trace`."
    static let fields =
        Field.ends(\.ends) + [
            Field("direction", "`received` or `sent`.", { $0.isSent ? "sent" : "received" }),
            Field("lines", "Its lines, without the empty one at the end.", \.lines),
        ]

    let ends: Ends
    let isSent: Bool
    let lines: [String]

    /// Each line behind a mark that says which way it went.
    func text(on terminal: Terminal) -> String {
        let mark = terminal.paint(isSent ? ">" : "<", .dim)
        return lines.enumerated().map { index, line in
            "\(mark) " + (index == 0 ? terminal.paint(line, .address) : line.printable)
        }.joined(separator: "\n")
    }
}
