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

    /// What those who were connected and never accepted read once the listener had closed.
    public struct Aftermath: Sendable, Hashable {
        /// ECONNRESET.
        public var reset = 0
        /// The end of the stream.
        public var ended = 0
        /// Nothing: the connection still stands.
        public var standing = 0
    }

    public let network: Network
    public let remote: Endpoint
    /// What listen(2) was asked for; nil at a server that is not the probe's own.
    public let backlogRequested: Int?
    public let settings: KernelSettings
    /// How many connections the queue was to hold, by the kernel's rule; nil where its limit is not known.
    public let capacityPredicted: Int?
    /// How many dials were begun: those that are not decided, because the probe was cancelled, included.
    public var dialled = 0
    /// Those that were decided, in the order of their numbers.
    public var dials: [BacklogDial] = []
    public var accepts: [Accept] = []
    /// As it was when all dials were decided; nil where it cannot be seen.
    public var queue: ListeningQueue?
    /// How many waited in the queue before the first dial.
    public var queuedBefore = 0
    /// How much the kernel's counters grew; nil for Unix sockets and servers elsewhere, which they do not count.
    public var overflows: Int?
    public var drops: Int?
    /// What a client that nobody had accepted could write; nil at a server that is not the probe's own.
    public var bytesWritten: Int?
    public var aftermath: Aftermath?
    public var elapsed = Duration.zero
    /// True if it was cancelled before all dials were decided.
    public var isPartial = false

    /// Clients that are connected as far as they know while the server's side is neither in the queue nor accepted.
    ///
    /// Where SYNs arrive together, each finds room, and the handshakes that end last find it taken: the last segment is
    /// dropped, and the server goes on waiting for it (tcp_v4_syn_recv_sock). nil where it cannot be known.
    public var unheard: Int? {
        guard backlogRequested != nil, network.isTCP, let queue, !isPartial else { return nil }
        return max(count(.connected) - accepts.count - queue.length, 0)
    }

    /// How many dials ended like this.
    public func count(_ outcome: BacklogDial.Outcome) -> Int {
        dials.reduce(0) { $0 + ($1.outcome == outcome ? 1 : 0) }
    }

    /// The dials that got in only after they had waited, each with the accept that made room for it, in the order in
    /// which they got in.
    public var late: [(dial: BacklogDial, accept: Accept?)] {
        let connected = dials.filter { $0.outcome == .connected }.sorted { $0.end < $1.end }
        // Each accept makes room for one more than the queue holds, whoever's SYN comes next: a new one overtakes those
        // that wait.
        return connected.enumerated().filter(\.element.waited).map { place, dial in
            let index = place - (capacityPredicted ?? place + 1)
            let isThere = accepts.indices.contains(index) && accepts[index].time <= dial.end
            return (dial, isThere ? accepts[index] : nil)
        }
    }
}
