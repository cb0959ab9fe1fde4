/// Writes to a peer until a write blocks, tells where every byte is, and what ends the block.
///
/// `try await WriteBlockProbe().run()` makes a peer of its own on loopback that does not read.
public struct WriteBlockProbe: Probe {
    public var network: Network
    /// Somebody else's peer; nil makes one on this machine.
    public var destination: Destination?
    /// How the connection is made. Its socket options are those of both sides.
    public var dialer = Dialer()
    /// How many bytes one write is given.
    public var chunk = 65536
    /// When the peer reads; nil is never.
    public var reading: Reading?
    /// The number of writes after which it stops; nil sets no limit.
    public var writes: Int?
    /// When it stops, from the start; nil stops after the `afterglow`.
    public var duration: Duration?
    /// How long it goes on after the block or, with a peer that reads, after the first unblock.
    public var afterglow = Duration.seconds(2)
    /// Each write gets a deadline this far ahead; nil sets none.
    public var writeTimeout: Duration?
    /// What the peer does once the writer is blocked.
    public var ending: PeerEnding?
    /// A thread of its own makes the writes, in a blocking send(2).
    public var isBlocking = false
    /// The peer writes too, and nobody reads.
    public var bothWrite = false
    /// How long a write must have no room to be called blocked: a delayed acknowledgement makes room after 40 ms, and
    /// timers of 200 ms do.
    public var patience = Duration.milliseconds(500)
    /// How often the queues are read for the timeline; nil is never. Reading them changes nothing.
    public var samplingInterval: Duration?
    public var onEvent: (@Netpoller @Sendable (WriteBlockEvent) -> Void)?
    /// Called and awaited every few writes: an observer that cannot keep up slows the writer down here.
    public var pace: (@Netpoller @Sendable () async -> Void)?

    public init(network: Network = .tcp) {
        self.network = network
    }

    /// When the peer reads, and how much at a time.
    public struct Reading: Sendable, Hashable {
        /// Counted from the start.
        public var after: Duration
        /// Between two reads; nil reads on as fast as bytes come.
        public var every: Duration?
        public var size: Int

        public init(after: Duration = .zero, every: Duration? = nil, size: Int = 60000) {
            self.after = after
            self.every = every
            self.size = size
        }
    }

    /// How the peer ends the block.
    public enum PeerEnding: String, Sendable, Hashable, CaseIterable {
        /// A process that alone holds the peer's socket is killed (SIGKILL).
        case kill
        /// It closes its socket, whatever is in it.
        case close
        /// It resets the connection.
        case reset
        /// It reads everything.
        case drain
    }

    @Netpoller
    public func run() async throws(NetworkError) -> WriteBlockResult {
        guard network.kind != .datagram || network.isUnix else {
            throw NetworkError(
                .dial, network: network,
                cause: .invalid("a write to \(network) never blocks: what does not fit is lost"))
        }
        let ends = try await WriteBlockPeer.open(for: self)
        defer {
            ends.connection.close()
            ends.peer?.close()
        }
        return try await WriteBlockRun(self, ends.connection, ends.peer).execute()
    }

    /// How long a probe without any limit goes on if no write blocks.
    static let longestWithoutBlock = Duration.seconds(10)
}
