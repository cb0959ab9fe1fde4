import SockKit

struct PeerEndedEvent: Event {
    static let name = "peer-ended"
    static let level = EventLevel.verbose
    static let summary = "The probe's peer ended, by `kill`, `close` or `reset`, and the queues just before."
    static let fields =
        Field.ends(\.ends) + [Field("by", "How.", \.ending.rawValue)] + Field.ledger(\.ledger)
        + [Field.accounted(\.ledger.isBalanced)]

    let ends: Ends
    let ending: WriteBlockProbe.PeerEnding
    let ledger: ByteLedger

    func text(on terminal: Terminal) -> String {
        let unread = ledger.inReceiveQueue.map { ", with \($0) bytes unread" } ?? ""
        return terminal.wrap(terminal.paint("the peer \(ending.deed)", .error) + unread)
    }
}

extension WriteBlockProbe.PeerEnding {
    /// What the peer did, as `was killed`.
    var deed: String {
        switch self {
        case .kill: "was killed (SIGKILL)"
        case .close: "closed its socket"
        case .reset: "reset the connection"
        case .drain: "read everything"
        }
    }
}
