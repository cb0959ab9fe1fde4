import SockKit

/// What went through a client and its target.
struct PairTotals: Sendable, Equatable {
    /// What one side gave and the other never got.
    struct Losses: Sendable, Equatable {
        /// Here, when the side that they were for failed.
        var unread = 0
        /// Sent to the side that failed.
        var unacknowledged = 0

        var isNone: Bool { unread == 0 && unacknowledged == 0 }
    }

    let target: String
    let up: Int
    let down: Int
    /// Whose end, or failure, came first.
    let endedBy: RelaySide?
    var losses = Losses()
}
