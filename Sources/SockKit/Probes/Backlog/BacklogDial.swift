/// One dial of a `BacklogProbe`, from its first SYN to its end.
public struct BacklogDial: Sendable, Hashable {
    /// What became of it.
    public enum Outcome: String, Sendable, CaseIterable {
        case connected
        /// Nobody answered within the time-out, the probe's or the kernel's.
        case timedOut = "timed-out"
        case refused
        /// A Unix socket's full queue, which says so at once.
        case wouldBlock = "would-block"
    }

    /// Counted from 1, in the order in which the dials began.
    public let index: Int
    public let outcome: Outcome
    /// Since the probe's first dial.
    public let start: Duration
    public let duration: Duration
    /// How often its SYN was sent again; 0 on Unix sockets.
    public let retransmits: Int
    /// True if it was not decided at once.
    public let waited: Bool

    /// How many of its SYNs nobody answered: all of one that timed out, all but the last of one that got an answer.
    public var droppedSYNs: Int { retransmits + (outcome == .timedOut ? 1 : 0) }

    /// Since the probe's first dial.
    public var end: Duration { start + duration }
}
