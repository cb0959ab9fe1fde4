struct PeerRefusedEvent: Event {
    static let name = "peer-refused"
    static let level = EventLevel.always
    static let summary = "A peer was turned away."
    static let fields = Field.ends(\.ends) + [Field("reason", "Why.", \.reason)]

    let ends: Ends
    let reason: String

    func text(on terminal: Terminal) -> String { "refused \(terminal.peer(ends)): \(reason.printable)" }
}
