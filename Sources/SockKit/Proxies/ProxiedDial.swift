/// One dial through proxies, within one time limit.
@Netpoller
struct ProxiedDial {
    let owner: ProxyDialer
    let network: Network
    let dialer: Dialer
    let deadline: Deadline?

    init(_ owner: ProxyDialer, _ network: Network, _ dialer: Dialer) {
        self.owner = owner
        self.network = network
        self.dialer = dialer
        deadline = dialer.timeout.map { .now + $0 }
    }

    /// A connection to the last of the proxies, which it has been asked to lead on to the destination.
    ///
    /// Where names are looked up here, each address is tried that one has, the last proxy being asked again; the error is
    /// the first address's.
    func reach(
        _ proxies: ArraySlice<ProxyURL>, _ destination: Destination
    ) async throws(NetworkError) -> Connection {
        try await reach(proxies, destination, until: deadline)
    }

    private func reach(
        _ proxies: ArraySlice<ProxyURL>, _ destination: Destination, until deadline: Deadline?
    ) async throws(NetworkError) -> Connection {
        guard let proxy = proxies.last else { preconditionFailure("a way without proxies is dialled directly") }
        let places = try await places(of: destination, to: proxy, until: deadline)
        var first: NetworkError?
        for (index, place) in places.enumerated() {
            let share = try share(of: deadline, left: places.count - index, first)
            do throws(NetworkError) {
                return try await open(proxies, proxy, place, until: share)
            } catch {
                first = first ?? error
                guard error.isAbout(place) else { throw error }
            }
        }
        throw first ?? failure(proxy, "\(destination)", .timeout)
    }

    private func share(
        of deadline: Deadline?, left: Int, _ first: NetworkError?
    ) throws(NetworkError) -> Deadline? {
        guard let deadline else { return nil }
        let now = Deadline.now
        guard now < deadline else { throw first ?? NetworkError(.dial, network: network, cause: .timeout) }
        return DialRace.partialDeadline(now: now, deadline: deadline, addressesLeft: left)
    }

    /// One connection to the proxy, and what it is asked. Of one that wants to know who we are, another.
    private func open(
        _ proxies: ArraySlice<ProxyURL>, _ proxy: ProxyURL, _ place: SOCKSDestination, until deadline: Deadline?
    ) async throws(NetworkError) -> Connection {
        var attempt = 0
        while true {
            let connection = try await connect(proxies.dropLast(), proxy, until: deadline)
            let start = Deadline.now
            connection.setDeadline(deadline)
            do throws(NetworkError) {
                let handshake = ProxyHandshake(connection, proxy, place, owner)
                guard try await handshake.connect(attempt: attempt) else {
                    connection.close()
                    attempt += 1
                    continue
                }
            } catch {
                connection.close()
                throw failure(proxy, "\(place)", error.cause, at: connection.remoteEndpoint)
            }
            connection.setDeadline(nil)
            dialer.onEvent?(.proxied(proxy: proxy.description, target: "\(place)", .now - start))
            return connection
        }
    }

    /// The proxy itself, through those before it.
    func connect(
        _ before: ArraySlice<ProxyURL>, _ proxy: ProxyURL, until deadline: Deadline?
    ) async throws(NetworkError) -> Connection {
        guard before.isEmpty else { return try await reach(before, proxy.destination, until: deadline) }
        var dialer = dialer
        dialer.timeout = deadline.map { max(.zero, $0 - .now) }
        do throws(NetworkError) {
            return try await dialer.dial(network.overTCP, to: proxy.destination)
        } catch {
            throw error.on("proxy \(proxy.name)")
        }
    }

    /// What the proxy is asked for: a name where it looks up names, and else the addresses that a name has.
    func places(
        of destination: Destination, to proxy: ProxyURL, until deadline: Deadline?
    ) async throws(NetworkError) -> [SOCKSDestination] {
        guard case .host(let host, let service) = destination.place else {
            preconditionFailure("no proxy leads to a place without a port")
        }
        let isKnown = IPAddress(host) != nil || dialer.resolver.overrides[host] != nil
        if proxy.scheme.resolvesThere, !isKnown {
            guard let name = SOCKSName(host) else {
                throw NetworkError(.dial, network: network, cause: .noSuchHost(host))
            }
            do throws(LookupFailure) {
                return [SOCKSDestination(name, port: try dialer.resolver.port(of: service, for: network))]
            } catch {
                throw NetworkError(.dial, network: network, cause: error.cause)
            }
        }
        let isSOCKS4 = proxy.scheme == .socks4 || proxy.scheme == .socks4a
        if isSOCKS4, network.family == .v6 {
            throw NetworkError(.dial, network: network, cause: .invalid("SOCKS4 knows no IPv6: use socks5 or socks5h"))
        }
        let known = isSOCKS4 ? (network.isUDP ? Network.udp4 : .tcp4) : network
        return try await dialer.resolve(known, destination, deadline).compactMap { endpoint in
            guard case .ip(let address, let port) = endpoint else { return nil }
            return SOCKSDestination(address, port: port)
        }
    }

    func failure(
        _ proxy: ProxyURL, _ target: String, _ cause: NetworkError.Cause, at remote: Endpoint? = nil
    ) -> NetworkError {
        NetworkError(.dial, network: network, remote: remote, cause: cause, namesLocal: false)
            .on("proxy \(proxy.name)", to: target)
    }
}

extension NetworkError {
    /// Whether it says of this place that it is not to be reached, so that another may be.
    fileprivate func isAbout(_ place: SOCKSDestination) -> Bool {
        guard target == "\(place)" else { return false }
        switch cause {
        case .proxy(let refusal): return refusal.mayPass
        case .timeout: return true
        default: return false
        }
    }
}

extension Network {
    /// The network of the connections to a proxy.
    fileprivate var overTCP: Network {
        switch family {
        case .v4: .tcp4
        case .v6: .tcp6
        case nil: .tcp
        }
    }
}
