/// What a `BacklogProbe` is to do. `BacklogConfiguration()` fills a queue of 128 on loopback and dials three times more.
public struct BacklogConfiguration: Sendable {
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
    public var timeout: Duration?
    /// From several threads at once instead of one after the other.
    public var isConcurrent: Bool
    /// Close the listener when its queue is full, and see what becomes of those who wait.
    public var closesListener: Bool
    public var resolver: Resolver

    /// How many dials are made beyond a queue that is full, and in all at a server whose queue cannot be seen, beyond
    /// the 129 that the most common backlog admits.
    public static let surplus = 3

    public init(
        network: Network = .tcp, target: Target = .own(backlog: 128), dials: Int? = nil, acceptEvery: Duration? = nil,
        timeout: Duration? = .seconds(3), isConcurrent: Bool = false, closesListener: Bool = false,
        resolver: Resolver = Resolver()
    ) {
        self.network = network
        self.target = target
        self.dials = dials
        self.acceptEvery = acceptEvery
        self.timeout = timeout
        self.isConcurrent = isConcurrent
        self.closesListener = closesListener
        self.resolver = resolver
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
