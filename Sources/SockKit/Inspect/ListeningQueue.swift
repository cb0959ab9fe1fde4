/// The queue of connections that wait to be accepted, of a listener in any process of this machine.
public struct ListeningQueue: Sendable, Hashable {
    public let length: Int
    /// The backlog as the kernel granted it; one more than it can wait. nil where the kernel does not tell.
    public let limit: Int?
    /// How many sockets share the address and port (SO_REUSEPORT); the figures are their sums.
    public var sockets = 1

    /// The queue that a dial to this endpoint would wait in; nil where nothing on this machine listens there, or it
    /// cannot be seen.
    public static func find(_ endpoint: Endpoint, _ network: Network) -> ListeningQueue? {
        switch endpoint {
        case .unix: unix(endpoint, network.kind)
        case .vsock: nil
        case .ip(let address, let port): isLocal(address) ? tcp(address, port) : nil
        }
    }

    /// Whether an address is one of this machine's. A socket that can be bound to it does not say so: with
    /// net.ipv4.ip_nonlocal_bind it can be to any.
    static func isLocal(_ address: IPAddress) -> Bool {
        if address.isLoopback || address.isUnspecified { return true }
        let family: SocketFamily = address.family == .v4 ? .inet : .inet6
        do throws(Errno) {
            let socket = try SocketCalls.socket(family, .datagram)
            // From somebody else's address IPv4 has no route. IPv6 has, but goes to an address of its own from that same
            // one if it may choose, where IPv4 may take another of the interface's.
            if family == .inet { try SocketCalls.bind(socket.rawValue, to: .ip(address, port: 0), family: family) }
            try SocketCalls.connect(socket.rawValue, to: .ip(address, port: 1), family: family)
            return try SocketCalls.localEndpoint(of: socket.rawValue).address?.v6Bits == address.v6Bits
        } catch {
            return false
        }
    }

    private static func unix(_ endpoint: Endpoint, _ kind: Network.Kind) -> ListeningQueue? {
        guard let all = try? DiagnosticCalls.unixListeners() else { return nil }
        var found = best(all.filter { $0.endpoint == endpoint && $0.kind == kind })
        // A socket whose name was removed and bound again by another still shows it; names are not shared.
        found?.sockets = 1
        return found
    }

    private static func tcp(_ address: IPAddress, _ port: UInt16) -> ListeningQueue? {
        var all: [ListeningSocket] = []
        var isTold = false
        for family in [SocketFamily.inet, .inet6] {
            guard let found = try? DiagnosticCalls.listeners(on: port, family) else { continue }
            isTold = true
            all += found
        }
        guard isTold else { return ProcNetTCP.listeningQueue(port) }
        // A socket of exactly this address is preferred to one of every interface, as the kernel does.
        let exact = all.filter { $0.endpoint.address?.unmapped == address.unmapped }
        if !exact.isEmpty { return best(exact) }
        let wide = all.filter { takes(address, $0.endpoint.address) }
        // Where IPv4 has a socket of its own, the IPv6 one does not get these dials.
        let own = wide.filter { $0.endpoint.address == .v4Any }
        return best(own.isEmpty ? wide : own)
    }

    /// Whether a listener on this address would get dials to that one.
    static func takes(_ address: IPAddress, _ listening: IPAddress?) -> Bool {
        listening == .v6Any || (listening == .v4Any && address.unmapped.family == .v4)
    }

    /// Several sockets may share a port (SO_REUSEPORT): their queues are one to those who dial.
    private static func best(_ sockets: [ListeningSocket]) -> ListeningQueue? {
        guard !sockets.isEmpty else { return nil }
        return ListeningQueue(
            length: sockets.reduce(0) { $0 + $1.queued }, limit: sockets.reduce(0) { $0 + $1.limit },
            sockets: sockets.count)
    }
}
