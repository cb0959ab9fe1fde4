/// The listener whose queue a probe fills, and what is known of it.
@Netpoller
struct BacklogTarget {
    private let network: Network
    var remote = Endpoint.unix(.unnamed)
    /// The other addresses of the name, for a first dial that is refused.
    var alternatives: [Endpoint] = []
    /// Set only if it is the probe's own.
    private(set) var listener: Listener?
    private(set) var backlogRequested: Int?
    let settings = KernelSettings.now
    /// The queue before the first dial.
    var queue: ListeningQueue?
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
        case .server(let destination):
            let endpoints = try await Dialer(resolver: probe.resolver).resolve(probe.network, destination, nil)
            target.remote = endpoints[0]
            target.alternatives = Array(endpoints.dropFirst())
            if case .ip(let address, _) = target.remote { target.isCounted = ListeningQueue.isLocal(address) }
        }
        target.queue = target.currentQueue
        return target
    }

    /// One more than the limit: the kernel compares with "greater than" (sk_acceptq_is_full).
    var capacityPredicted: Int? {
        if let backlogRequested {
            return min(backlogRequested, settings.maximumBacklog ?? backlogRequested) + 1
        }
        // With several sockets on the port, one may be full while others have room.
        return queue?.sockets == 1 ? queue?.limit.map { $0 + 1 } : nil
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
