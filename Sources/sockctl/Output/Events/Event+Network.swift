import SockKit

extension Event {
    /// A listener that accepts.
    @Netpoller
    static func listening(_ listener: Listener) -> Event {
        .listening(
            Ends(listener.network, local: listener.endpoint), backlog: Int(listener.backlog),
            note: listener.network.isUnix ? nil : listener.reach.note)
    }

    /// A socket that receives datagrams.
    @Netpoller
    static func listening(_ socket: DatagramSocket) -> Event {
        .listening(
            Ends(socket.network, local: socket.localEndpoint), note: socket.network.isUnix ? nil : socket.reach.note)
    }

    /// What a dial told. `resolve` is how long it had taken to find the addresses, where there was a name.
    @Netpoller
    init(_ event: DialEvent, _ network: Network, resolve: Duration? = nil, connection number: Int? = nil) {
        self =
            switch event {
            case .resolved(let host, let addresses, let time): .resolved(host: host, addresses: addresses, time)
            case .connecting(let remote, let attempt): .connecting(Ends(network, remote: remote), attempt: attempt)
            case .attemptFailed(let error, let attempt): .attemptFailed(error, attempt: attempt)
            case .connected(let connection, let attempt, let time):
                .connected(Ends(connection, number: number), attempt: attempt, resolve: resolve, connect: time)
            }
    }
}

extension Reach {
    fileprivate var note: String? {
        switch self {
        case .thisMachine: "this machine only"
        case .oneAddress: nil
        case .everyInterface(.v4): "every interface, IPv4 only"
        case .everyInterface(.v6): "every interface, IPv6 only"
        case .everyInterfaceBothFamilies: "every interface, both families"
        }
    }
}
