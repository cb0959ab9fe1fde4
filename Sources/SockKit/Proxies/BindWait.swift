/// A proxy's BIND: a listener for the one who is to come, as an FTP server does for its data.
@Netpoller
public final class BindWait {
    /// Whom the client named; empty is anybody.
    private let expected: Set<IPAddress>
    private let listener: Listener
    private let targets: DestinationDialer
    /// Told of each one who is not the one, and why.
    public var onStranger: (@Netpoller (Connection, String) -> Void)?

    /// Listens for a destination: where the way to it begins, or at `fallback` where the client does not know who will come.
    public init(
        for destination: SOCKSDestination, near fallback: IPAddress?, _ targets: DestinationDialer
    ) async throws(TargetRefusal) {
        self.targets = targets
        if case .address(let address) = destination.host, address.isUnspecified {
            expected = []
        } else {
            let endpoints = try await targets.endpoints(
                of: destination, for: .tcp, until: targets.dialer.timeout.map { .now + $0 })
            expected = Set(endpoints.compactMap { $0.address?.unmapped })
        }
        let near = expected.first.flatMap(Self.near) ?? fallback ?? .v4Any
        do throws(NetworkError) {
            let place = Destination.Place.host(near.description, service: "0")
            listener = try await ListenConfiguration(backlog: 8).listen(.tcp, at: Destination(place: place))
        } catch {
            throw TargetRefusal(error)
        }
    }

    /// Where the one who is to come has to go.
    public var endpoint: Endpoint { listener.endpoint }

    /// Waits for that one, and closes whoever else comes.
    public func accept(within span: Duration) async throws(TargetRefusal) -> Connection {
        listener.deadline = .now + span
        defer { listener.close() }
        while true {
            let connection: Connection
            do throws(NetworkError) { connection = try await listener.accept() } catch { throw TargetRefusal(error) }
            guard let reason = refusal(of: connection) else { return connection }
            onStranger?(connection, reason)
            connection.close()
        }
    }

    /// Wakes `accept`, which fails.
    public func close() { listener.close() }

    private func refusal(of connection: Connection) -> String? {
        let remote = connection.remoteEndpoint
        guard let address = remote.address?.unmapped else { return "it has no address" }
        if expected.contains(address) { return nil }
        guard expected.isEmpty else { return "the client of the proxy waits for another" }
        return targets.refusal(of: remote)
    }

    /// The address of ours from which one goes there: what the kernel would choose is asked of a socket of datagrams, which
    /// sends none for that.
    static func near(_ address: IPAddress) -> IPAddress? {
        let socket = try? DatagramConfiguration().open(.udp, to: [.ip(address, port: 9)], connected: true)
        defer { socket?.close() }
        return socket?.localEndpoint.address
    }
}

extension IPAddress {
    /// Whether it is an address of this machine: from there one would go there.
    @Netpoller
    public var isOwn: Bool { isLoopback || isUnspecified || BindWait.near(self) == unmapped }
}
