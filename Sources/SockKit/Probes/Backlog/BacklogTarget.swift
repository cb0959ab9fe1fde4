/// The listener whose queue a probe fills, and what is known of it.
@Netpoller
struct BacklogTarget {
    private let network: Network
    private(set) var remote = Endpoint.unix(.unnamed)
    /// The other addresses of the name, for a first dial that is refused.
    private(set) var alternatives: [Endpoint] = []
    /// Set only if it is the probe's own.
    private(set) var listener: Listener?
    private(set) var backlogRequested: Int?
    let settings = KernelSettings.now
    /// The queue before the first dial.
    private(set) var queue: ListeningQueue?
    /// Whether the kernel's counters count what happens in this queue.
    private(set) var isCounted = false

    private init(_ network: Network) {
        self.network = network
    }

    /// Opens the probe's own listener, or resolves the address of somebody else's.
    static func open(for probe: BacklogProbe) async throws(NetworkError) -> BacklogTarget {
        var target = BacklogTarget(probe.network)
        switch probe.target {
        case .own(let backlog):
            let listener = try await ListenConfiguration(backlog: backlog)
                .listen(probe.network, at: .ofOwn(probe.network))
            (target.listener, target.remote) = (listener, listener.endpoint)
            target.backlogRequested = Int(backlog)
            target.isCounted = probe.network.isTCP
            target.queue = target.currentQueue
        case .server(let destination):
            var endpoints = try await Dialer(resolver: probe.resolver).resolve(probe.network, destination, nil)
            // Where somebody is seen to listen at one of them, it is that one whose queue is meant.
            if let seen = endpoints.firstIndex(where: { ListeningQueue.find($0, probe.network) != nil }) {
                endpoints.insert(endpoints.remove(at: seen), at: 0)
            }
            target.alternatives = endpoints
            target.takeNext()
        }
        return target
    }

    /// Goes on to the next address of the name.
    mutating func takeNext() {
        remote = alternatives.removeFirst()
        queue = currentQueue
        if case .ip(let address, _) = remote { isCounted = ListeningQueue.isLocal(address) }
    }

    /// One more than the limit: the kernel compares with "greater than" (sk_acceptq_is_full).
    var capacityPredicted: Int? {
        // With several sockets on the port, one may be full while others have room.
        if let queue, queue.sockets == 1, let limit = queue.limit { return limit + 1 }
        // Where the kernel does not tell, it is as the manual has it.
        return backlogRequested.map { min($0, settings.maximumBacklog ?? $0) + 1 }
    }

    /// The queue as it is now; nil where it cannot be seen.
    var currentQueue: ListeningQueue? {
        if let own = listener?.acceptQueue { return ListeningQueue(length: own.length, limit: own.limit) }
        return ListeningQueue.find(remote, network)
    }
}

extension Destination {
    /// Where a probe's own peer listens: on loopback, or under an abstract name that the kernel chooses (unix(7),
    /// autobind) and that leaves no file behind.
    static func ofOwn(_ network: Network) -> Destination {
        if network.isUnix { return Destination(place: .unix(.unnamed)) }
        return Destination(place: .host(network.family == .v6 ? "::1" : "127.0.0.1", service: "0"))
    }
}
