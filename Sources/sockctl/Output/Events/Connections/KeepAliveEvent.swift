struct KeepAliveEvent: Event {
    static let name = "keep-alive"
    static let level = EventLevel.verbose
    static let summary = "An idle limit was renewed by bytes that came or went after so long a silence."
    static let fields =
        Field.ends(\.ends) + [
            Field("seconds", "How long the silence was.", \.silence),
            Field("limit", "How long a silence is allowed.", \.limit),
        ]

    let ends: Ends
    let silence: Duration
    let limit: Duration

    func text(on terminal: Terminal) -> String {
        "keep alive: \(terminal.peer(ends)), after a silence of \(Quantity.duration(silence)); "
            + "\(Quantity.duration(limit)) are allowed"
    }
}
