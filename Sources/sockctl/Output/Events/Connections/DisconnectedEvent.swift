import SockKit

struct DisconnectedEvent: Event {
    static let name = "disconnected"
    static let level = EventLevel.always
    static let summary = """
        A connection was lost and is dialled again: by `peer`, `reset` or `timeout`, so long after the peer's last \
        byte; `bytes_at_risk` of standard input were not acknowledged, those kept go to the next connection.
        """
    static let fields =
        Field.ends(of: \.failure) + [
            Field("by", "What ended it.", \.by.rawValue),
            Field("silence_seconds", "The time since the peer's last byte, or the beginning.", \.silence),
            Field("bytes_sent", "How many bytes were written.", \.sent),
            Field(
                "bytes_unacknowledged", "How many of them the peer's kernel has not acknowledged, where that is known.",
                \.unacknowledged),
            Field("bytes_at_risk", "How many of these came from standard input and not from heartbeats.", \.atRisk),
            Field(
                "bytes_perhaps_unread",
                "How many at most were acknowledged, and perhaps never read by it.", \.perhapsUnread),
            Field(
                "bytes_since_heard",
                "How many of these since its last byte: who answers what it has read has read the others.",
                \.sinceHeard),
            Field("bytes_kept", "How many bytes of standard input are kept for the next connection.", \.kept),
            Field.error(\.failure),
        ]

    let failure: Failure
    var by: ConnectionEnding
    /// To the moment when the loss was noticed.
    var silence: Duration
    var sent: Int
    var unacknowledged: Int?
    var atRisk: Int?
    /// Acknowledged: its kernel has them, its program perhaps not.
    var perhapsUnread: Int?
    /// Of these, since the peer was last heard. What it said may have been no answer.
    var sinceHeard: Int?
    var kept: Int

    func text(on terminal: Terminal) -> String {
        let ends = Ends(failure.network ?? .tcp, remote: failure.remote, connection: failure.connection)
        return terminal.paint("disconnected", .error) + " from \(terminal.peer(ends)) \(by.phrase), "
            + "after \(Quantity.duration(silence)) of silence" + (account.map { "\n" + $0 } ?? "")
    }

    /// What became of the bytes, as a sentence; nil where there were none.
    var account: String? {
        var parts: [String] = []
        if let atRisk, let unacknowledged, sent > 0 {
            if atRisk > 0 {
                parts.append(
                    "\(atRisk) of \(sent) bytes sent may be lost: the peer's kernel has not acknowledged them")
            } else if unacknowledged > 0 {
                parts.append("only heartbeats were not acknowledged, of \(sent) bytes sent")
            } else {
                parts.append("all \(sent) bytes sent were acknowledged; whether the peer read them is not known")
            }
            if atRisk > 0, let perhapsUnread, perhapsUnread > 0 {
                let since = sinceHeard.flatMap { $0 < perhapsUnread ? ", \($0) of them since it was last heard" : nil }
                parts.append("at most \(perhapsUnread) more were acknowledged and perhaps never read" + (since ?? ""))
            }
        } else if sent > 0 {
            parts.append("whether the peer read the \(sent) bytes sent is not known")
        }
        if kept > 0 { parts.append("\(Quantity.count(kept, "byte")) kept for the next connection") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
