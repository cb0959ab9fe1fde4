struct AcceptedEvent: Event {
    static let name = "accepted"
    static let level = EventLevel.verbose
    static let summary = "A peer was taken from the queue, or a sender of datagrams is new."
    static let fields = Field.ends(\.ends)

    let ends: Ends

    func text(on terminal: Terminal) -> String {
        terminal.paint("accepted", .good) + " \(terminal.peer(ends))"
            + (ends.connection.map { ends.remote?.name == nil ? "" : ", connection \($0)" } ?? "")
    }
}
