struct ConnectingEvent: Event {
    static let name = "connecting"
    static let level = EventLevel.verbose
    static let summary = "An attempt to connect begins."
    static let fields = Field.ends(\.ends) + [Field("attempt", "Its number, from 1.", \.attempt)]

    let ends: Ends
    let attempt: Int

    func text(on terminal: Terminal) -> String {
        "connecting to \(terminal.peer(ends))" + (attempt > 1 ? ", attempt \(attempt)" : "")
    }
}
