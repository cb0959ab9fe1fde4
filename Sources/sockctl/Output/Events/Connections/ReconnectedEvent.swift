struct ReconnectedEvent: Event {
    static let name = "reconnected"
    static let level = EventLevel.always
    static let summary = "A dial that was tried again won, so long after the trouble."
    static let fields =
        Field.ends(\.ends) + [
            Field("dials", "How many dials it took.", \.dials),
            Field("seconds", "The time since the first of them, or since the loss.", \.time),
        ]

    let ends: Ends
    let dials: Int
    let time: Duration

    func text(on terminal: Terminal) -> String {
        terminal.paint("connected", .good) + " to \(terminal.peer(ends)) after \(Quantity.duration(time)), "
            + Quantity.count(dials, "dial")
    }
}
