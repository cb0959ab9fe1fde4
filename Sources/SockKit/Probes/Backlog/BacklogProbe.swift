/// Fills the accept queue of a listener and dials on, to see what the kernel makes of those who find it full.
///
/// `try await BacklogProbe().run()` fills a queue of 128 on loopback and dials three times more. Dials go one after the
/// other until the first that has to wait; from then on they wait side by side. Whoever got in stays connected until
/// the probe is over.
public struct BacklogProbe: Probe {
    /// Whose queue is filled.
    public enum Target: Sendable, Hashable {
        /// A listener of the probe's own, on loopback.
        case own(backlog: Int32)
        /// A server that is there already.
        case server(Destination)
    }

    public var network: Network
    public var target: Target
    /// How many dials in all; nil fills the queue and adds `surplus`.
    public var dials: Int?
    /// The listener takes one connection out of its queue each time this has passed; nil never does.
    public var acceptEvery: Duration?
    /// How long each dial waits; nil as long as the kernel does.
    public var timeout: Duration? = .seconds(3)
    /// From several threads at once instead of one after the other.
    public var isConcurrent = false
    /// Close the listener when its queue is full, and see what becomes of those who wait.
    public var closesListener = false
    public var resolver = Resolver()
    public var onEvent: (@Netpoller @Sendable (BacklogEvent) -> Void)?

    /// How many dials are made beyond a queue that is full, and in all at a server whose queue cannot be seen, beyond
    /// the 129 that the most common backlog admits.
    public static let surplus = 3

    public init(network: Network = .tcp, target: Target = .own(backlog: 128)) {
        self.network = network
        self.target = target
    }

    @Netpoller
    public func run() async throws(BacklogProbeError) -> BacklogResult {
        let target: BacklogTarget
        do throws(NetworkError) { target = try await .open(for: self) } catch { throw .network(error) }
        return try await BacklogRun(self, target).execute()
    }
}

/// Why a probe could not be run.
public enum BacklogProbeError: Error, Sendable, Hashable {
    /// The process may not have so many descriptors; nothing was dialled.
    case descriptors(needed: Int, limit: Int)
    /// There are not so many local ports (net.ipv4.ip_local_port_range); nothing was dialled.
    case ports(needed: Int, available: Int)
    case network(NetworkError)
}
