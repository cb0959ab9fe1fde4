/// How to listen. `ListenConfiguration()` is what most want.
public struct ListenConfiguration: Sendable {
    /// Peers that may wait to be accepted; the kernel grants at most net.core.somaxconn, and admits one more. nil asks for
    /// that most, as Go does.
    public var backlog: Int32?
    /// Accepted connections inherit these from the listening socket, so that an accept costs one call.
    public var options: SocketOptions
    public var resolver: Resolver
    /// The permissions of a Unix socket's file.
    public var unixMode: UInt32
    public var control: ControlHook?

    public init(
        backlog: Int32? = nil, options: SocketOptions = SocketOptions(), resolver: Resolver = Resolver(),
        unixMode: UInt32 = 0o600, control: ControlHook? = nil
    ) {
        self.backlog = backlog
        self.options = options
        self.resolver = resolver
        self.unixMode = unixMode
        self.control = control
    }

    /// Listens on a stream or sequenced network: `listen(.tcp, "127.0.0.1:3000")`.
    @Netpoller
    public func listen(_ network: Network, _ address: String) async throws(NetworkError) -> Listener {
        let destination = try parse(network, address)
        return try await listen(destination.network ?? network, at: destination)
    }

    @Netpoller
    public func listen(_ network: Network, at destination: Destination) async throws(NetworkError) -> Listener {
        guard network.kind != .datagram else {
            throw NetworkError(.listen, network: network, cause: .invalid("datagrams are received, not listened for"))
        }
        let place = try await locate(network, destination)
        let bound = try await bind(network, place)
        let number = bound.rawValue
        let builder = builder(network, place)
        // Where nobody tells, Linux's own default (SOMAXCONN).
        let backlog = backlog ?? Int32(clamping: SocketCalls.longestBacklog ?? 4096)
        let path = OwnedPath(place.endpoint)
        do throws(NetworkError) {
            try builder.system("listen") { () throws(Errno) in try SocketCalls.listen(number, backlog: backlog) }
            let endpoint = try builder.localEndpoint(of: number)
            let descriptor = try adopt(bound, builder)
            return Listener(
                descriptor, network, endpoint, backlog: backlog, path: path, lingers: options.lingers)
        } catch {
            path?.remove()
            throw error
        }
    }

    /// A socket that receives datagrams from anyone: `listenDatagram(.udp, "127.0.0.1:3000")`.
    @Netpoller
    public func listenDatagram(_ network: Network, _ address: String) async throws(NetworkError) -> DatagramSocket {
        let destination = try parse(network, address)
        return try await listenDatagram(destination.network ?? network, at: destination)
    }

    @Netpoller
    public func listenDatagram(
        _ network: Network, at destination: Destination
    ) async throws(NetworkError) -> DatagramSocket {
        guard network.kind == .datagram else {
            throw NetworkError(.listen, network: network, cause: .invalid("\(network) is not a network of datagrams"))
        }
        let place = try await locate(network, destination)
        let bound = try await bind(network, place)
        let number = bound.rawValue
        let builder = builder(network, place)
        let path = OwnedPath(place.endpoint)
        do throws(NetworkError) {
            let endpoint = try builder.localEndpoint(of: number)
            return DatagramSocket(
                try adopt(bound, builder), network, family: place.endpoint.socketFamily, local: endpoint, path: path)
        } catch {
            path?.remove()
            throw error
        }
    }

    // MARK: - Steps

    private struct Place {
        var endpoint: Endpoint
        var isDualStack = false
    }

    private func parse(_ network: Network, _ address: String) throws(NetworkError) -> Destination {
        do throws(AddressError) {
            return try Destination.parse(address, role: .listening, network: network)
        } catch {
            throw NetworkError(.listen, network: network, cause: .invalid(error.message))
        }
    }

    /// The one endpoint to bind: of a name's addresses the first IPv4 one, as in Go.
    @Netpoller
    private func locate(_ network: Network, _ destination: Destination) async throws(NetworkError) -> Place {
        switch destination.place {
        case .unix(let name): return Place(endpoint: .unix(name))
        case .vsock(let address): return Place(endpoint: .vsock(address))
        case .host(let host, let service):
            do throws(LookupFailure) {
                let port = try resolver.port(of: service, for: network)
                guard !host.isEmpty else { return anyInterface(network, port) }
                let found = try await resolver.addresses(of: host, for: network, until: nil)
                return Place(endpoint: .ip(found.first { $0.family == .v4 } ?? found[0], port: port))
            } catch {
                throw NetworkError(.listen, network: network, cause: error.cause)
            }
        }
    }

    /// Every interface: one socket for both families where the network allows both and the machine has IPv6.
    private func anyInterface(_ network: Network, _ port: UInt16) -> Place {
        switch network.family {
        case .v4: return Place(endpoint: .ip(.v4Any, port: port))
        case .v6: return Place(endpoint: .ip(.v6Any, port: port))
        case nil:
            guard (try? SocketCalls.socket(.inet6, network.kind)) != nil else {
                return Place(endpoint: .ip(.v4Any, port: port))
            }
            return Place(endpoint: .ip(.v6Any, port: port), isDualStack: true)
        }
    }

    private func builder(_ network: Network, _ place: Place) -> SocketBuilder {
        SocketBuilder(
            operation: .listen, network: network, options: options, control: control, local: place.endpoint,
            remote: nil, reusesAddress: network.isTCP, isDualStack: place.isDualStack)
    }

    @Netpoller
    private func bind(_ network: Network, _ place: Place) async throws(NetworkError) -> FileDescriptor {
        let family = place.endpoint.socketFamily
        let builder = builder(network, place)
        guard family == .unix else { return try builder.make(family) }
        do throws(NetworkError) {
            return try bindUnix(builder, place.endpoint)
        } catch {
            guard error.errno == .addressInUse, let stale = await StalePath(place.endpoint), stale.clear() else {
                throw error
            }
            let descriptor = try bindUnix(builder, place.endpoint)
            stale.release()
            return descriptor
        }
    }

    /// The file must never be there with wider permissions than asked for: bind(2) makes it with the socket's own mode,
    /// less the process's mask. What the mask took away is given back afterwards.
    private func bindUnix(_ builder: SocketBuilder, _ endpoint: Endpoint) throws(NetworkError) -> FileDescriptor {
        var builder = builder
        builder.mode = unixMode
        let descriptor = try builder.make(.unix)
        if case .unix(.path(let path)) = endpoint {
            let own = OwnedPath(endpoint)
            do throws(NetworkError) {
                try builder.system("chmod") { () throws(Errno) in try FileCalls.setMode(unixMode, ofSocketAt: path) }
            } catch {
                own?.remove()
                throw error
            }
        }
        return descriptor
    }

    @Netpoller
    private func adopt(
        _ descriptor: consuming FileDescriptor, _ builder: SocketBuilder
    ) throws(NetworkError) -> PolledDescriptor {
        do throws(Errno) {
            return try PolledDescriptor(adopting: descriptor)
        } catch {
            throw builder.failure(.system(error, call: "epoll_ctl"))
        }
    }
}
