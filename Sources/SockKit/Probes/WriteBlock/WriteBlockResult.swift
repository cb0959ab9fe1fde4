/// What a write-block probe found.
public struct WriteBlockResult: Sendable {
    public var network: Network
    /// Where every byte was at the end; where the peer was made to end, just before that.
    public var ledger: ByteLedger
    /// Whether every byte was found; nil where the peer's side cannot be looked into.
    public var isAccounted: Bool?
    /// How many bytes the peer can never read; nil where that is not known.
    public var lost: Int?
    /// Writes that moved bytes.
    public var writes: Int
    /// How many bytes the last of these moved: fewer than the chunk if it was cut short.
    public var lastWriteBytes: Int
    /// When the first write that was blocked found no room; nil if no write was blocked.
    public var blockedAfter: Duration?
    /// Which of the peer's reads ended the first block.
    public var unblockedByRead: Int?
    public var buffers: WriteBlockBuffers
    public var congestionControl: String?
    public var mss: Int?
    /// Segments that carried data; nil where that is not known.
    public var segments: Int?
    /// How long after the last write its last byte left this machine's queue; nil if a write was blocked.
    public var sentAfter: Duration?
    public var errors: [NetworkError]
    public var ending: Ending
    public var elapsed: Duration
    /// What became of the peer's own writes, where both wrote.
    public var back: Back?
    public var timeline: WriteBlockTimeline

    public var isBlocked: Bool { blockedAfter != nil }

    /// Why the probe stopped writing.
    public enum Ending: Sendable, Hashable {
        /// All the writes that were asked for are done.
        case allWritten
        /// Time was up.
        case timeUp
        /// Nothing blocked in the time that there was.
        case neverBlocked
        /// A write's deadline passed, and two more writes showed that it stays so.
        case timedOut
        /// The writes fail.
        case failed
        /// The peer read everything.
        case drained
        /// The task was cancelled.
        case interrupted
    }

    /// The writing of the peer.
    public struct Back: Sendable, Hashable {
        public var ledger: ByteLedger
        public var blockedAfter: Duration?
        public var isAccounted: Bool?
        /// What the peer's kernel still had when the peer ended. The rest can be read on this side.
        public var lost: Int
    }
}

/// How the queues went over time, for a picture.
public struct WriteBlockTimeline: Sendable {
    public struct Sample: Sendable {
        /// Since the start.
        public var moment: Duration
        public var ledger: ByteLedger
    }

    public struct Mark: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            case blocked, windowUpdate, unblocked, peerEnded
        }

        public var moment: Duration
        public var kind: Kind
    }

    public internal(set) var samples: [Sample] = []
    public internal(set) var marks: [Mark] = []
    private static let longest = 4000

    init() {}

    /// Adds a sample. When there are too many, every other one is dropped.
    mutating func add(_ sample: Sample) {
        if samples.count >= Self.longest {
            samples = samples.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        }
        samples.append(sample)
    }
}
