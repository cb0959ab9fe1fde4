import SockKit

struct DialledEvent: Event {
    static let name = "dial"
    static let level = EventLevel.verbose
    static let summary =
        "A probe's dial was decided: `connected`, `timed-out`, `refused` or `would-block`."
    static let fields =
        Field.ends(\.ends) + [
            Field("index", "Its number, from 1.", \.dial.index),
            Field("outcome", "What became of it.", \.dial.outcome.rawValue),
            Field("seconds", "How long that took.", \.dial.duration),
            Field("syn_retransmits", "How often its SYN was sent again.", \.dial.retransmits),
        ]

    let ends: Ends
    let dial: BacklogDial

    func text(on terminal: Terminal) -> String {
        let time = Quantity.duration(dial.duration)
        let again =
            dial.retransmits > 0 ? ", its SYN sent again \(Quantity.count(dial.retransmits, "time"))" : ""
        return switch dial.outcome {
        case .connected: "dial \(dial.index): connected in \(time)" + again
        case .timedOut: "dial \(dial.index): timed out after \(time)" + again
        case .refused: "dial \(dial.index): refused after \(time)" + again
        case .wouldBlock: "dial \(dial.index): would block (EAGAIN), told after \(time)"
        }
    }
}
