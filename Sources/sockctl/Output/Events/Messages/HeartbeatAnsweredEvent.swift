struct HeartbeatAnsweredEvent: Event {
    static let name = "heartbeat-answered"
    static let level = EventLevel.verbose
    static let summary = "The first bytes after a heartbeat came."
    static let fields =
        Field.ends(\.ends) + [
            Field("index", "The heartbeat's number, from 1.", \.index),
            Field("seconds", "How long after it they came.", \.time),
        ]

    let ends: Ends
    let index: Int
    let time: Duration

    func text(on terminal: Terminal) -> String { "heartbeat \(index) answered after \(Quantity.duration(time))" }
}
