import SockKit

/// What an event is about: a network, its two ends as far as they are known, and the connection's number.
struct Ends: Sendable, Hashable {
    var network: Network
    var local: Endpoint?
    var remote: Endpoint?
    /// Counted from 1; nil where there is no connection.
    var connection: Int?

    init(_ network: Network, local: Endpoint? = nil, remote: Endpoint? = nil, connection: Int? = nil) {
        self.network = network
        self.local = local
        self.remote = remote
        self.connection = connection
    }

    @Netpoller
    init(_ connection: Connection, number: Int?) {
        self.init(
            connection.network, local: connection.localEndpoint, remote: connection.remoteEndpoint, connection: number)
    }
}

extension Ends {
    /// What the peer is called: its address, or the connection's number where it has none.
    var peerName: String {
        remote?.name ?? connection.map { "connection \($0)" } ?? (remote == nil ? "the peer" : "an unnamed socket")
    }

    /// The address as it can be dialled; TCP needs no prefix.
    var listeningName: String {
        let address = local?.name ?? "nowhere"
        if network.isTCP { return address }
        return network.isUnix || network == .vsock ? "\(network):\(address)" : "\(network)://\(address)"
    }
}

extension Endpoint {
    /// The address as it is typed; nil for a Unix socket without one.
    var name: String? { self == .unix(.unnamed) ? nil : description }
}

extension Terminal {
    /// What the peer is called, in the look of an address.
    func peer(_ ends: Ends) -> String { paint(ends.peerName, .address) }
}
