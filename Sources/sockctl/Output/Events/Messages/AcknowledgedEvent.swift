struct AcknowledgedEvent: Event {
    static let name = "ack"
    static let level = EventLevel.verbose
    static let summary = "A packet was answered, 0 for success, so long after."
    static let fields =
        Field.ends(\.ends) + [
            Field("id", "The packet's identifier.", \.id), Field("result", "0 for success.", \.result),
            Field("seconds", "The time since the packet went.", \.time),
        ]

    let ends: Ends
    let id: String
    let result: Int
    let time: Duration

    func text(on terminal: Terminal) -> String {
        let outcome = result == 0 ? "ok" : terminal.paint("failed, result \(result)", .error)
        return "ack of \(id.printable): \(outcome), after \(Quantity.duration(time)), \(terminal.peer(ends))"
    }
}
