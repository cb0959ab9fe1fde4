import SockKit

/// What went through a client and its target.
struct PairTotals: Sendable, Equatable {
    /// What one side gave and the other never got.
    struct Losses: Sendable, Equatable {
        /// Here, when the side that they were for failed or was cut off.
        var unread = 0
        /// Sent to the side that failed or was cut off.
        var unacknowledged = 0

        var isNone: Bool { unread == 0 && unacknowledged == 0 }
    }

    let target: String
    /// Given to the target's connection, and to the peer's: its own kernel may not have all of it.
    let up: Int
    let down: Int
    /// Whose end, or failure, came first.
    let endedBy: RelaySide?
    var losses = Losses()
}
