struct RoundTripEvent: Event {
    static let name = "round-trip"
    static let level = EventLevel.verbose
    static let summary = "A text of `--send` was answered with so many bytes, or not in time."
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.bytes), Field("index", "Its number, from 1.", \.index),
            Field("seconds", "How long the answer took, or was waited for in vain.", \.duration),
            Field("answered", "Whether an answer came in time.") { $0.bytes != nil },
        ]

    let ends: Ends
    let index: Int
    let duration: Duration
    /// Of the answer; nil where none came in time.
    let bytes: Int?

    func text(on terminal: Terminal) -> String {
        let time = Quantity.duration(duration)
        return "round trip \(index): " + (bytes.map { "\(time), \(Quantity.bytes($0))" } ?? "no answer in \(time)")
    }
}
