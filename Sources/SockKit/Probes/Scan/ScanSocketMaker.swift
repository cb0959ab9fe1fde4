/// Makes the sockets of a scan: bare ones, unless somebody has asked for more.
struct ScanSocketMaker {
    private let network: Network
    private let options: SocketOptions
    private let source: IPAddress?
    private let port: UInt16
    private let isBare: Bool

    init(_ probe: ScanProbe) {
        network = probe.network
        options = probe.options
        source = probe.source.flatMap { $0.isUnspecified ? nil : $0.unmapped }
        port = probe.sourcePort
        // What is set by default is for connections that carry something.
        isBare = probe.options == SocketOptions() && source == nil && port == 0
    }

    /// The open descriptor, for its taker to close.
    func make(for remote: Endpoint) throws(NetworkError) -> Int32 {
        let family = remote.socketFamily
        guard !isBare else {
            do throws(Errno) { return try SocketCalls.socket(family, network.kind).release() } catch {
                throw NetworkError(.dial, network: network, remote: remote, cause: .system(error, call: "socket"))
            }
        }
        let builder = SocketBuilder(
            operation: .dial, network: network, options: options,
            control: source == nil || port != 0 ? nil : Self.leavePortToConnect,
            local: local(family), remote: remote,
            // One port for many: they are told apart by their other ends.
            reusesAddress: network.isTCP && port != 0)
        return try builder.make(family).release()
    }

    private func local(_ family: SocketFamily) -> Endpoint? {
        if let source { return .ip(source, port: port) }
        return port == 0 ? nil : .ip(family == .inet ? .v4Any : .v6Any, port: port)
    }

    /// connect(2) knows the other end, and can give one port to sockets with several of them (ip(7)).
    private static let leavePortToConnect: ControlHook = { (raw, _, _) throws(Errno) in
        try SocketOption.bindsWithoutPort.set(1, on: raw.number)
    }
}
