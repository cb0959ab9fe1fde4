struct HeartbeatEvent: Event {
    static let name = "heartbeat"
    static let level = EventLevel.verbose
    static let summary = "A heartbeat was sent."
    static let fields = Field.ends(\.ends) + [Field.bytes(\.bytes), Field("index", "Its number, from 1.", \.index)]

    let ends: Ends
    let index: Int
    let bytes: Int

    func text(on terminal: Terminal) -> String { "heartbeat \(index) sent, \(Quantity.bytes(bytes))" }
}
