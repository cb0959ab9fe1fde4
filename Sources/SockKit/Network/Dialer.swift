/// How to connect. `Dialer()` is what most want; every field's default is Go's.
public struct Dialer: Sendable {
    /// For everything together: parsing, resolving, connecting. nil is as long as the kernel tries.
    public var timeout: Duration?
    /// The near end; a port of 0 lets the kernel choose.
    public var source: Endpoint?
    /// How long the first family of addresses is ahead of the other (RFC 8305); negative tries one after the other.
    public var fallbackDelay: Duration
    public var options: SocketOptions
    public var resolver: Resolver
    public var control: ControlHook?
    public var onEvent: DialObserver?

    public init(
        timeout: Duration? = nil, source: Endpoint? = nil, fallbackDelay: Duration = .milliseconds(300),
        options: SocketOptions = SocketOptions(), resolver: Resolver = Resolver(), control: ControlHook? = nil,
        onEvent: DialObserver? = nil
    ) {
        self.timeout = timeout
        self.source = source
        self.fallbackDelay = fallbackDelay
        self.options = options
        self.resolver = resolver
        self.control = control
        self.onEvent = onEvent
    }

    /// Connects: `dial(.tcp, "localhost:3000")`. A datagram network gives a socket connected to that one peer.
    @Netpoller
    public func dial(_ network: Network, _ address: String) async throws(NetworkError) -> Connection {
        let destination: Destination
        do throws(AddressError) {
            destination = try Destination.parse(address, role: .dialing, network: network)
        } catch {
            throw NetworkError(.dial, network: network, cause: .invalid(error.message))
        }
        return try await dial(destination.network ?? network, to: destination)
    }

    @Netpoller
    public func dial(_ network: Network, to destination: Destination) async throws(NetworkError) -> Connection {
        let deadline = timeout.map { Deadline.now + $0 }
        let endpoints = try await resolve(network, destination, deadline)
        let usable = try matching(endpoints, network)
        return try await DialRace(dialer: self, network: network, deadline: deadline).run(usable)
    }

    /// Connects to a place that decides at once, as those of this machine do; nil where it does not, and `dial` is to be
    /// asked. No event is told of.
    @Netpoller
    package func dialNow(_ network: Network, to endpoint: Endpoint) throws(NetworkError) -> Connection? {
        try DialAttempt(dialer: self, network: network, remote: endpoint).runNow()
    }

    /// Every endpoint that the destination stands for, in the order to try them.
    @Netpoller
    func resolve(
        _ network: Network, _ destination: Destination, _ deadline: Deadline?
    ) async throws(NetworkError) -> [Endpoint] {
        switch destination.place {
        case .unix(let name): return [.unix(name)]
        case .vsock(let address): return [.vsock(address)]
        case .host(let name, let service):
            let host = name.isEmpty ? "localhost" : name
            do throws(LookupFailure) {
                let start = Deadline.now
                if let deadline, deadline <= start { throw LookupFailure(cause: .timeout) }
                let port = try resolver.port(of: service, for: network)
                let addresses = try await resolver.addresses(of: host, for: network, until: deadline)
                if IPAddress(host) == nil {
                    onEvent?(.resolved(host: host, addresses: addresses, .now - start))
                }
                return addresses.map { .ip($0, port: port) }
            } catch {
                throw NetworkError(.dial, network: network, cause: error.cause)
            }
        }
    }

    /// With a source address only the endpoints of its family can be dialled.
    private func matching(_ endpoints: [Endpoint], _ network: Network) throws(NetworkError) -> [Endpoint] {
        guard let source, let near = source.address, near != .v4Any, near != .v6Any else { return endpoints }
        let fitting = endpoints.filter { $0.address?.family == near.family }
        guard !fitting.isEmpty else {
            let cause = NetworkError.Cause.noSuitableAddress(source.description)
            throw NetworkError(.dial, network: network, local: source, remote: endpoints.first, cause: cause)
        }
        return fitting
    }
}
