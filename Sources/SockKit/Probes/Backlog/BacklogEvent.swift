/// What happens while a `BacklogProbe` runs.
public enum BacklogEvent: Sendable {
    /// The dials are about to begin, at this endpoint; told again if it refuses the first, and another is tried.
    case started(BacklogPlan)
    /// A dial was decided.
    case dialled(BacklogDial)
    /// This dial was not decided at once, so that from here on dials are made side by side.
    case waiting(index: Int, queue: ListeningQueue?)
    /// The kernel sent the SYN of a dial that waits again; `count` is how often so far.
    case retransmitted(index: Int, count: Int, at: Duration)
    /// All dials are decided; this is what the kernel says of the queue then.
    case read(ListeningQueue?, ListenCounters?)
    case accepted(BacklogResult.Accept)
    /// The listener closed before it accepted this connection: its client reads ECONNRESET (`isReset`) or the end.
    case lost(index: Int, isReset: Bool)
}

/// What a probe is about to do.
public struct BacklogPlan: Sendable {
    public let network: Network
    public let remote: Endpoint
    /// What listen(2) was asked for; nil at a server that is not the probe's own.
    public let backlogRequested: Int?
    /// The settings of this machine; the server may be on another one.
    public let settings: KernelSettings
    /// The queue before the first dial; nil where it cannot be seen.
    public let queue: ListeningQueue?
    /// How many connections the queue is to hold, by the kernel's rule; nil where its limit is not known.
    public let capacityPredicted: Int?
    public let dials: Int
    /// Whether the server is on this machine, so that its settings are the server's too.
    public let isLocal: Bool
    /// The kernel's counters before the first dial; nil where they do not count what happens in this queue.
    public let counters: ListenCounters?

    public var isOwn: Bool { backlogRequested != nil }
}
