/// How to make a socket that sends datagrams: to one peer, connected, or to any number.
public struct DatagramConfiguration: Sendable {
    /// The near end; a port of 0 lets the kernel choose. For Unix sockets `.unix(.unnamed)` is a name that the kernel
    /// chooses, and nil is none: then nobody can answer.
    public var source: Endpoint?
    public var options: SocketOptions
    public var resolver: Resolver
    /// Whether each refusal is kept for `takeErrors` (IP_RECVERR). Of a connected socket's the kernel otherwise keeps one.
    public var receivesErrors: Bool

    public init(
        source: Endpoint? = nil, options: SocketOptions = SocketOptions(), resolver: Resolver = Resolver(),
        receivesErrors: Bool = false
    ) {
        self.source = source
        self.options = options
        self.resolver = resolver
        self.receivesErrors = receivesErrors
    }

    /// The endpoint that a destination stands for: of a name's addresses the first IPv4 one, as in Go, of the source's
    /// version of IP where there is one. A name must have been looked up before the deadline.
    @Netpoller
    public func resolve(
        _ network: Network, _ destination: Destination, until deadline: Deadline? = nil
    ) async throws(NetworkError) -> Endpoint {
        guard case .host(let name, let service) = destination.place else {
            guard case .unix(let name) = destination.place else {
                preconditionFailure("a datagram's place is a host or a path")
            }
            return .unix(name)
        }
        do throws(LookupFailure) {
            let port = try resolver.port(of: service, for: network)
            let host = name.isEmpty ? "localhost" : name
            var found = try await resolver.addresses(of: host, for: network, until: deadline)
            if let near = source?.address, !near.isUnspecified {
                found = found.filter { $0.family == near.family }
                if found.isEmpty { throw LookupFailure(cause: .noSuitableAddress("\(near)")) }
            }
            return .ip(found.first { $0.family == .v4 } ?? found[0], port: port)
        } catch {
            throw NetworkError(.dial, network: network, cause: error.cause)
        }
    }

    /// A socket that can send to all of these endpoints; with `connected`, to the first one only, and to hear only of it.
    @Netpoller
    public func open(
        _ network: Network, to remotes: [Endpoint], connected: Bool
    ) throws(NetworkError) -> DatagramSocket {
        try open(network, to: remotes, connected: connected, through: nil)
    }

    /// As `open`, for a socket that speaks to a relay.
    @Netpoller
    package func open(
        _ network: Network, to remotes: [Endpoint], connected: Bool, through tunnel: DatagramTunnel?
    ) throws(NetworkError) -> DatagramSocket {
        let families = Set(remotes.map(\.socketFamily))
        let family: SocketFamily = families.contains(.unix) ? .unix : families == [.inet] ? .inet : .inet6
        let builder = SocketBuilder(
            operation: .dial, network: network, options: options, control: nil, local: local(family),
            remote: remotes.first, isDualStack: families.count > 1, mode: family == .unix ? 0o600 : nil)
        let made = try builder.make(family)
        let path = source.flatMap { OwnedPath($0) }
        do throws(NetworkError) {
            return try finish(made, builder, network, family, remotes, connected, tunnel, path)
        } catch {
            path?.remove()
            throw error
        }
    }

    /// What is left to do with a socket that is bound.
    @Netpoller
    private func finish(
        _ made: consuming FileDescriptor, _ builder: SocketBuilder, _ network: Network, _ family: SocketFamily,
        _ remotes: [Endpoint], _ connected: Bool, _ tunnel: DatagramTunnel?, _ path: OwnedPath?
    ) throws(NetworkError) -> DatagramSocket {
        let number = made.rawValue
        if receivesErrors, family != .unix {
            try builder.set(family == .inet ? .receivesErrors : .receivesErrors6, 1, on: number)
            // Datagrams to IPv4 addresses in their mapped form report to IPv4's own queue.
            if builder.isDualStack { try builder.set(.receivesErrors, 1, on: number) }
        }
        if connected, let remote = remotes.first {
            try builder.system("connect") { () throws(Errno) in
                try SocketCalls.connect(number, to: remote, family: family)
            }
        }
        let endpoint = try builder.localEndpoint(of: number)
        let descriptor: PolledDescriptor
        do throws(Errno) { descriptor = try PolledDescriptor(adopting: made) } catch {
            throw builder.failure(.system(error, call: "epoll_ctl"))
        }
        return DatagramSocket(
            descriptor, network, family: family, local: endpoint, path: path,
            remote: connected ? remotes.first : nil, hasErrorQueue: receivesErrors && family != .unix, tunnel: tunnel)
    }

    /// The near end to bind: an IP socket is bound even where the kernel chooses, so that its port is known at once.
    private func local(_ family: SocketFamily) -> Endpoint? {
        switch source {
        case .ip(let address, let port) where address.isUnspecified:
            return .ip(family == .inet ? .v4Any : .v6Any, port: port)
        case nil: return family == .unix ? nil : .ip(family == .inet ? .v4Any : .v6Any, port: 0)
        default: return source
        }
    }
}
