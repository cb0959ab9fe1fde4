/// Tries many places, and says of each whether somebody listens there.
///
/// It is one task and one machine, whatever the number of places. A connection that is made is closed at once, or after its
/// first line.
public struct ScanProbe: Probe {
    public var network: Network
    public var targets: ScanTargets
    /// How many attempts may be under way at once.
    public var parallel = 256
    /// How long each of them may take; nil as long as the kernel tries. With UDP, half of it is for the first datagram and
    /// half for a second one.
    public var timeout: Duration? = defaultTimeout
    /// How long to wait for what an open port says by itself; nil does not.
    public var banner: Duration?
    /// Connections are reset instead of closed.
    public var resets = false
    /// Where to connect from. The places are of its family, unless it is no address in particular (`targets(_:from:)`).
    public var source: IPAddress?
    /// The local port of every attempt; with 0 the kernel gives each its own. Of UDP only one attempt at a time can have it.
    public var sourcePort: UInt16 = 0
    public var options = SocketOptions()
    /// What connects, where that leads through proxies: then it is what they say of the places that is found.
    public var proxies = ProxyDialer(.direct)
    /// For the proxies' names.
    public var resolver = Resolver()
    public var onEvent: (@Netpoller @Sendable (ScanFinding) -> Void)?
    /// Called every few milliseconds: the scan goes on when it returns, so that whoever tells of it can keep up.
    public var pace: (@Netpoller @Sendable () async -> Void)?

    /// In this time the kernel sends a SYN that was lost again, after 1 s.
    public static let defaultTimeout = Duration.seconds(2)

    public init(network: Network = .tcp, targets: ScanTargets) {
        self.network = network
        self.targets = targets
    }

    /// Scans until every place is known, the task is cancelled, or this machine cannot go on: the result says which.
    @Netpoller
    public func run() async throws(NetworkError) -> ScanResult {
        if !proxies.route.proxies.isEmpty { return await ProxiedScan(self).execute() }
        let group: PollGroup
        do throws(Errno) { group = try PollGroup() } catch {
            throw NetworkError(.dial, network: network, cause: .system(error, call: "epoll_create1"))
        }
        return await ScanRun(self, group).execute()
    }
}
