/// Datagrams through a SOCKS5 proxy (RFC 1928 section 7): UDP ASSOCIATE.
extension ProxyDialer {
    /// A connection that sends datagrams to the destination, through the route's proxy where there is one; the relay's end
    /// is its far end. Once the proxy ends the association, whatever is done with it fails.
    public func dialDatagrams(
        _ network: Network, to destination: Destination, with dialer: Dialer
    ) async throws(NetworkError) -> Connection {
        guard let association = try await associate(network, to: destination, dialer) else {
            return try await dialer.dial(network, to: destination)
        }
        do throws(NetworkError) {
            let plain = try await association.dial(dialer)
            let connection = try plain.moved(into: association.tunnel)
            association.tunnel.end(connection.descriptor, with: association.end)
            return connection
        } catch {
            association.tunnel.close()
            throw error
        }
    }

    /// As `dialDatagrams`, a socket as `configuration` says.
    public func openDatagrams(
        _ network: Network, to destination: Destination, _ configuration: DatagramConfiguration, with dialer: Dialer
    ) async throws(NetworkError) -> DatagramSocket {
        guard let association = try await associate(network, to: destination, dialer) else {
            let remote = try await configuration.resolve(network, destination)
            return try configuration.open(network, to: [remote], connected: true)
        }
        do throws(NetworkError) {
            let socket = try configuration.open(
                network, to: [association.relay], connected: true, through: association.tunnel)
            association.tunnel.end(socket.descriptor, with: association.end)
            return socket
        } catch {
            association.tunnel.close()
            throw error
        }
    }

    private func associate(
        _ network: Network, to destination: Destination, _ dialer: Dialer
    ) async throws(NetworkError) -> ProxyAssociation? {
        let proxies = proxies(to: destination, network)
        guard let proxy = proxies.first else { return nil }
        guard proxies.count == 1 else {
            let text = "datagrams go through one proxy: its relay is not reached through another"
            throw NetworkError(.dial, network: network, cause: .invalid(text))
        }
        guard proxy.scheme == .socks5 || proxy.scheme == .socks5h else {
            let text = "\(proxy): datagrams go through socks5 and socks5h proxies only"
            throw NetworkError(.dial, network: network, cause: .invalid(text))
        }
        return try await ProxiedDial(self, network, dialer).associate(proxy, destination)
    }
}

/// A relay for datagrams to one place.
@Netpoller
struct ProxyAssociation {
    let network: Network
    /// Where the relay takes datagrams.
    let relay: Endpoint
    let tunnel: DatagramTunnel
    /// What it means that the proxy ends it.
    let end: NetworkError

    /// A socket that is connected to the relay.
    func dial(_ dialer: Dialer) async throws(NetworkError) -> Connection {
        guard case .ip(let address, let port) = relay else { preconditionFailure("a relay has an IP address") }
        let place = Destination.Place.host(address.description, service: "\(port)")
        return try await dialer.dial(network, to: Destination(place: place))
    }
}

extension ProxiedDial {
    /// Asks a SOCKS5 proxy for a relay. Of a name that is looked up here, the first IPv4 address is the place, as for
    /// datagrams without a proxy.
    func associate(_ proxy: ProxyURL, _ destination: Destination) async throws(NetworkError) -> ProxyAssociation {
        let places = try await places(of: destination, to: proxy, until: deadline)
        let place = places.first { $0.isV4 } ?? places[0]
        let control = try await connect([], proxy, until: deadline)
        let start = Deadline.now
        control.setDeadline(deadline)
        do throws(NetworkError) {
            let handshake = ProxyHandshake(control, proxy, place, owner)
            // Where the datagrams will come from is known only when their socket is there.
            let bound = try await handshake.askSOCKS5(.associate, .none)
            let relay = try await relay(bound, control)
            control.setDeadline(nil)
            dialer.onEvent?(.proxied(proxy: proxy.description, target: "\(place)", .now - start))
            let cause = NetworkError.Cause.peerEnded("the association has ended")
            let end = NetworkError(.read, network: network, remote: relay, cause: cause)
                .on("proxy \(proxy.name)", to: "\(place)")
            let tunnel = DatagramTunnel(header: SOCKS5DatagramHeader(place).bytes, control: control) { datagram in
                Self.payload(of: datagram, from: place)
            }
            return ProxyAssociation(network: network, relay: relay, tunnel: tunnel, end: end)
        } catch {
            control.close()
            throw failure(proxy, "\(place)", error.cause, at: control.remoteEndpoint)
        }
    }

    /// Where the relay is: at the proxy's own address, if it does not name one.
    private func relay(_ bound: SOCKSDestination, _ control: Connection) async throws(NetworkError) -> Endpoint {
        switch bound.host {
        case .address(let address) where !address.isUnspecified: return .ip(address, port: bound.port)
        case .address: return .ip(control.remoteEndpoint.address ?? .v4Loopback, port: bound.port)
        case .name(let name):
            let place = Destination.Place.host(name.text, service: "\(bound.port)")
            return try await dialer.resolve(network, Destination(place: place), deadline)[0]
        }
    }

    /// How long the header of a datagram is; nil for a fragment, for what has none, and for what comes from another place
    /// than the one that is spoken to.
    private nonisolated static func payload(of datagram: Span<UInt8>, from place: SOCKSDestination) -> Int? {
        guard let header = try? SOCKS5DatagramHeader(datagram), header.fragment == 0 else { return nil }
        guard case .address(let wanted) = place.host, case .address(let source) = header.destination.host,
            !source.isUnspecified
        else { return header.length }
        return source == wanted && header.destination.port == place.port ? header.length : nil
    }
}

extension SOCKSDestination {
    fileprivate var isV4: Bool { if case .address(let address) = host { address.family == .v4 } else { false } }
}

extension SOCKS5DatagramHeader {
    fileprivate var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }
}
