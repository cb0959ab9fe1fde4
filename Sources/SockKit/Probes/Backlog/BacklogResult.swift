/// What a `BacklogProbe` found.
public struct BacklogResult: Sendable {
    /// A connection taken out of the queue.
    public struct Accept: Sendable, Hashable {
        /// Counted from 1.
        public let index: Int
        /// Since the probe's first dial.
        public let time: Duration
        public let remote: Endpoint?
    }

    /// What clients that were never accepted read after the listener had closed, by count.
    public struct Aftermath: Sendable, Hashable {
        /// ECONNRESET.
        public var reset = 0
        /// The end of the stream.
        public var ended = 0
        /// Nothing: the connection still stands.
        public var standing = 0
    }

    /// What was known before the first dial.
    public let plan: BacklogPlan
    /// How many dials were begun. A probe that is cancelled leaves some of them undecided.
    public var dialled = 0
    /// The dials that were decided, in the order of their numbers.
    public var dials: [BacklogDial] = []
    public var accepts: [Accept] = []
    /// The queue when all dials were decided; nil where it cannot be seen.
    public var queue: ListeningQueue?
    /// How much the kernel's counters grew; nil for Unix sockets and for servers on other machines.
    public var overflows: Int?
    public var drops: Int?
    /// How many bytes a client could write before it was accepted; nil at a server that is not the probe's own.
    public var bytesWritten: Int?
    public var aftermath: Aftermath?
    public var elapsed = Duration.zero
    /// True if it was cancelled before all dials were decided.
    public var isPartial = false

    /// The queue's limit, even if its listener has closed in the meantime.
    public var limit: Int? { queue?.limit ?? plan.queue?.limit }

    /// How many waited in the queue before the first dial.
    public var queuedBefore: Int { plan.queue?.length ?? 0 }

    /// Dials that were begun and not decided, because the probe was cancelled.
    public var undecided: Int { dialled - dials.count }

    /// How many clients believe to be connected although the server has them neither in its queue nor accepted.
    ///
    /// SYNs that arrive together all find room. The handshakes that end last find the room taken: the kernel drops their
    /// last segment and goes on waiting for it (tcp_v4_syn_recv_sock). nil where this cannot be known.
    public var unheard: Int? {
        guard plan.isOwn, plan.network.isTCP, let queue, !isPartial else { return nil }
        return max(count(.connected) - accepts.count - queue.length, 0)
    }

    /// How many dials ended like this.
    public func count(_ outcome: BacklogDial.Outcome) -> Int {
        dials.reduce(0) { $0 + ($1.outcome == outcome ? 1 : 0) }
    }

    /// The dials that had to wait and got in, in the order in which they got in, each with the accept that made room.
    public var late: [(dial: BacklogDial, accept: Accept?)] {
        var ledger = RoomLedger(capacity: plan.capacityPredicted)
        var left = accepts[...]
        var found: [(dial: BacklogDial, accept: Accept?)] = []
        for dial in dials.filter({ $0.outcome == .connected }).sorted(by: { $0.end < $1.end }) {
            while let accept = left.first, accept.time <= dial.end { ledger.take(left.removeFirst()) }
            let accept = ledger.take(dial)
            if dial.waited { found.append((dial, accept)) }
        }
        return found
    }
}

/// One dial of a `BacklogProbe`, from its first SYN to its end.
public struct BacklogDial: Sendable, Hashable {
    /// What became of it.
    public enum Outcome: String, Sendable, CaseIterable {
        case connected
        /// Nobody answered within the time-out, the probe's or the kernel's.
        case timedOut = "timed-out"
        case refused
        /// The queue of a Unix socket was full: connect(2) says so at once.
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

    /// How many of its SYNs nobody answered: all of them if it timed out, otherwise all but the last.
    public var droppedSYNs: Int { retransmits + (outcome == .timedOut ? 1 : 0) }

    /// Since the probe's first dial.
    public var end: Duration { start + duration }
}
