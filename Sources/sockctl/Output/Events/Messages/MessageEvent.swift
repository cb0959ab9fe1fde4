struct MessageEvent: Event {
    static let name = "message"
    static let level = EventLevel.verbose
    static let summary = "A whole message came, the first of a connection with the number 1."
    static let fields = Field.ends(\.ends) + [Field.bytes(\.bytes), Field("index", "Its number.", \.index)]

    let ends: Ends
    let index: Int
    /// How long its payload is.
    let bytes: Int

    func text(on terminal: Terminal) -> String { "message \(index), \(Quantity.bytes(bytes)), \(terminal.peer(ends))" }
}
