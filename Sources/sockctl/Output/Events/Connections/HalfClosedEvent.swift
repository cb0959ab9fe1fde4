struct HalfClosedEvent: Event {
    static let name = "half-closed"
    static let level = EventLevel.verbose
    static let summary = "One direction has ended, by `local` or `peer`."
    static let fields = Field.ends(\.ends) + [Field("by", "Whose direction it was.", \.by.rawValue)]

    /// Which side ended its direction.
    enum Side: String, Sendable {
        case local, peer
    }

    let ends: Ends
    let by: Side

    func text(on terminal: Terminal) -> String {
        "half-closed: nothing more \(by == .local ? "goes to" : "comes from") \(terminal.peer(ends))"
    }
}
