struct SYNRetransmittedEvent: Event {
    static let name = "syn-retransmitted"
    static let level = EventLevel.verbose
    static let summary = "A dial that waits sent its SYN again."
    static let fields = Field.ends(\.ends) + [Field("count", "How often so far.", \.count)]

    let ends: Ends
    let count: Int

    func text(on terminal: Terminal) -> String {
        "no answer from \(terminal.peer(ends)): SYN sent again, \(Quantity.count(count, "time")) so far"
    }
}
