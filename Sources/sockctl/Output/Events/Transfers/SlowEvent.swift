/// What was done about a reader that is too far behind.
enum SlowAction: String, CaseIterable, Sendable {
    case drop, skip
}

struct SlowEvent: Event {
    static let name = "slow"
    static let level = EventLevel.always
    static let summary = "More waited for a peer than `--queue` allows."
    static let fields =
        Field.endsIfAny(\.ends) + [
            Field.bytes(\.bytes),
            Field("action", "What was done: `drop`, the peer was; `skip`, so many bytes of its oldest lines were.") {
                .string($0.action.rawValue)
            },
        ]

    /// Nil where it is standard output.
    let ends: Ends?
    let bytes: Int
    let action: SlowAction

    func text(on terminal: Terminal) -> String {
        let who = ends.map(terminal.peer) ?? "standard output"
        return switch action {
        case .drop: "dropped \(who): it did not read, and \(Quantity.bytes(bytes)) waited for it"
        case .skip: "\(who) is too slow: \(Quantity.bytes(bytes)) were skipped"
        }
    }
}
