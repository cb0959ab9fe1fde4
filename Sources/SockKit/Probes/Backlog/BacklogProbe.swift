/// Fills the accept queue of a listener and goes on dialling, to see what the kernel does when the queue is full.
///
/// `try await BacklogProbe().run()` fills a queue of 128 on loopback and dials three times more. It dials one
/// after the other until a dial has to wait; the rest then wait side by side. Connections stay open until the probe is
/// over.
public struct BacklogProbe: Probe {
    /// Whose queue is filled.
    public enum Target: Sendable, Hashable {
        /// A listener of the probe's own, on loopback.
        case own(backlog: Int32)
        /// A server that runs already.
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
    /// Dials are made by several threads at once instead of one after the other.
    public var isConcurrent = false
    /// The listener closes while its queue is full, and the clients in it read.
    public var closesListener = false
    public var resolver = Resolver()
    public var onEvent: (@Netpoller @Sendable (BacklogEvent) -> Void)?

    /// How many dials are made after the queue is full. Where the queue cannot be seen, it is taken to hold the 129 of
    /// the most common backlog.
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
    /// The process may not open that many descriptors; nothing was dialled.
    case descriptors(needed: Int, limit: Int)
    /// There are fewer local ports than dials (net.ipv4.ip_local_port_range); nothing was dialled.
    case ports(needed: Int, available: Int)
    case network(NetworkError)
}
