import SockKit

/// A connection that was lost and is to be replaced.
struct Disconnection: Sendable, Hashable {
    var by: Event.Ending
    /// From the last byte of the peer, or the beginning, to the moment when the loss was noticed.
    var silence: Duration
    var sent: Int
    /// Of these, taken by our kernel and not acknowledged by the peer's; nil where the network does not tell.
    var unacknowledged: Int?
    /// Of those not acknowledged, what came from standard input and not from heartbeats.
    var atRisk: Int?
    /// Taken from standard input and kept for the next connection.
    var kept: Int
}

extension Disconnection {
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
        } else if sent > 0 {
            parts.append("whether the peer read the \(sent) bytes sent is not known")
        }
        if kept > 0 { parts.append("\(Quantity.count(kept, "byte")) kept for the next connection") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

/// A text that was sent, and its answer.
struct RoundTrip: Sendable, Hashable {
    /// Counted from 1.
    var index: Int
    /// How long the answer took, or was waited for in vain.
    var duration: Duration
    /// Of the answer; nil where none came in time.
    var bytes: Int?
}
