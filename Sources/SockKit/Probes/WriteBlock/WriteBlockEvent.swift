/// What a write-block probe saw, as it happened.
public enum WriteBlockEvent: Sendable {
    /// The writer has its connection.
    case connected(Setup)
    case wrote(Write)
    /// No room for half a second, or until the write's deadline.
    case blocked(Block)
    case peerRead(PeerRead)
    case unblocked(Unblock)
    /// The peer did what `ending` says.
    case peerEnded(WriteBlockProbe.PeerEnding, ByteLedger)

    /// Who writes: the side that the probe is about or, where both write, the peer.
    public enum Writer: Sendable, Hashable {
        case probe, peer
    }

    /// What the experiment begins with.
    public struct Setup: Sendable {
        public var network: Network
        public var local: Endpoint
        public var remote: Endpoint
        /// Whether the peer is the probe's own.
        public var hasOwnPeer: Bool
        public var chunk: Int
        public var buffers: WriteBlockBuffers
    }

    /// One write that has returned, or was given up.
    public struct Write: Sendable {
        public var writer: Writer
        /// From 1.
        public var index: Int
        /// How many bytes it moved: fewer than it was given only with an error, or if it was given up.
        public var bytes: Int
        public var total: Int
        public var error: NetworkError?
        public var duration: Duration
        /// Whether it was still waiting for room when the probe stopped.
        public var isGivenUp = false
    }

    /// A write that waits.
    public struct Block: Sendable {
        public var writer: Writer
        public var write: Int
        /// How many of the write's own bytes were taken before.
        public var taken: Int
        public var chunk: Int
        /// Counted from the start.
        public var after: Duration
        public var ledger: ByteLedger
        public var buffers: WriteBlockBuffers
        public var congestionControl: String?
        /// What the peer last said it could take (tcpi_snd_wnd).
        public var window: Int?
        /// How much the peer's kernel expects its program to read at a time (tcpi_rcv_space).
        public var receiveSpace: Int?
        public var mss: Int?
    }

    /// One read of the peer's, and what it moved.
    public struct PeerRead: Sendable {
        /// From 1.
        public var index: Int
        public var bytes: Int
        public var total: Int
        /// Where the bytes were after the read; nil if the writer was not waiting, and the probe did not look.
        public var ledger: ByteLedger?
        /// How many bytes went from the sender's queue to the receiver's because of it.
        public var moved: Int?
        public var window: Int?
        /// The segment size by which the peer's kernel decides whether to announce room (tcpi_rcv_mss).
        public var mss: Int?
        /// How much of its receive buffer is free. A segment keeps its place until it has been read to its end.
        public var room: Int?
    }

    /// A write that goes on after a block.
    public struct Unblock: Sendable {
        public var writer: Writer
        public var waited: Duration
        /// The reads of the peer until then, and what they read.
        public var reads: Int
        public var readBytes: Int
        public var sendBuffer: Int?
        public var inSendQueue: Int?
    }
}

/// The two buffers between a writer and its peer: what was asked for, and what the kernel made of it.
public struct WriteBlockBuffers: Sendable, Hashable {
    public var sendAsked: Int?
    public var receiveAsked: Int?
    /// The writer's, now: it grows by itself where nothing was asked for.
    public var send: Int?
    /// The peer's, now; nil where the peer is somebody else's.
    public var receive: Int?
}
