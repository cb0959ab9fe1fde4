struct FirstByteEvent: Event {
    static let name = "first-byte"
    static let level = EventLevel.verbose
    static let summary = "The peer's first bytes came, so long after the connection."
    static let fields = Field.ends(\.ends) + [Field("seconds", "How long after.", \.time)]

    let ends: Ends
    let time: Duration
    /// A server has other peers, too.
    var namesPeer = false

    func text(on terminal: Terminal) -> String {
        "first byte after \(Quantity.duration(time))" + (namesPeer ? ", \(terminal.peer(ends))" : "")
    }
}
