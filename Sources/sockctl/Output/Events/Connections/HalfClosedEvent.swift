struct HalfClosedEvent: Event {
    static let name = "half-closed"
    static let level = EventLevel.verbose
    static let summary = "One direction has ended, by `local` or `peer`."
    static let fields =
        Field.ends(\.ends) + [
            Field("by", "Whose direction it was.", \.by.rawValue),
            Field("told", "False where the other side is not told, as TLS has it.", \.told),
        ]

    /// Which side ended its direction.
    enum Side: String, Sendable {
        case local, peer
    }

    let ends: Ends
    let by: Side
    var told: Bool?

    func text(on terminal: Terminal) -> String {
        if told == false {
            return "standard input has ended, which \(terminal.peer(ends)) is not told: --tls-half-close tells it"
        }
        return "half-closed: nothing more \(by == .local ? "goes to" : "comes from") \(terminal.peer(ends))"
    }
}
