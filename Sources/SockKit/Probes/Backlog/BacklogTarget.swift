/// The listener whose queue a probe fills, and what is known of it.
@Netpoller
struct BacklogTarget {
    var remote = Endpoint.unix(.unnamed)
    /// Where the first dial may go instead, if it is refused: the other addresses of a name.
    var alternatives: [Endpoint] = []
    /// Only if it is the probe's own.
    var listener: Listener?
    var backlogRequested: Int?
    var settings = KernelSettings.now
    /// Before the first dial.
    var queue: ListeningQueue?
    /// Whether the kernel's counters count what happens here.
    var isCounted = false

    nonisolated init() {}

    /// One more than the limit: the kernel compares with "greater than" (sk_acceptq_is_full).
    var capacityPredicted: Int? {
        if let backlogRequested {
            return min(backlogRequested, settings.maximumBacklog ?? backlogRequested) + 1
        }
        // Of several sockets on the port one may be full while others have room.
        return queue?.sockets == 1 ? queue?.limit.map { $0 + 1 } : nil
    }

    /// As it is now; nil where it cannot be seen.
    func currentQueue(_ network: Network) -> ListeningQueue? {
        if let own = listener?.acceptQueue { return ListeningQueue(length: own.length, limit: own.limit) }
        return ListeningQueue.find(remote, network)
    }
}

extension BacklogProbe {
    func openTarget() async throws(NetworkError) -> BacklogTarget {
        var target = BacklogTarget()
        switch configuration.target {
        case .own(let backlog):
            let listener = try await ListenConfiguration(backlog: backlog).listen(configuration.network, at: ownPlace)
            target.listener = listener
            target.remote = listener.endpoint
            target.backlogRequested = Int(backlog)
            target.isCounted = configuration.network.isTCP
        case .server(let destination):
            let endpoints = try await resolve(destination)
            target.remote = endpoints[0]
            target.alternatives = Array(endpoints.dropFirst())
            if case .ip(let address, _) = target.remote { target.isCounted = ListeningQueue.isLocal(address) }
        }
        target.queue = target.currentQueue(configuration.network)
        return target
    }

    /// A Unix listener gets an abstract name of the kernel's choice (unix(7), autobind), which leaves no file behind.
    private var ownPlace: Destination {
        if configuration.network.isUnix { return Destination(place: .unix(.unnamed)) }
        return Destination(place: .host(configuration.network == .tcp6 ? "::1" : "127.0.0.1", service: "0"))
    }

    private func resolve(_ destination: Destination) async throws(NetworkError) -> [Endpoint] {
        switch destination.place {
        case .unix(let name): return [.unix(name)]
        case .host(let name, let service):
            do throws(LookupFailure) {
                let port = try configuration.resolver.port(of: service, for: configuration.network)
                let host = name.isEmpty ? "localhost" : name
                let found = try await configuration.resolver.addresses(of: host, for: configuration.network, until: nil)
                return found.map { .ip($0, port: port) }
            } catch {
                throw NetworkError(.dial, network: configuration.network, cause: error.cause)
            }
        }
    }
}
