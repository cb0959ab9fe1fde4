/// Makes the sockets of a scan: bare ones, unless somebody has asked for more.
struct ScanSocketMaker {
    private let network: Network
    private let options: SocketOptions
    private let source: IPAddress?
    private let isBare: Bool

    init(_ probe: ScanProbe) {
        network = probe.network
        options = probe.options
        source = probe.source.flatMap { $0.isUnspecified ? nil : $0.unmapped }
        // What is set by default is for connections that carry something.
        isBare = probe.options == SocketOptions() && source == nil
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
            control: source == nil ? nil : Self.leavePortToConnect,
            local: source.map { .ip($0, port: 0) }, remote: remote)
        return try builder.make(family).release()
    }

    /// connect(2) knows the other end, and can give one port to sockets with several of them (ip(7)).
    private static let leavePortToConnect: ControlHook = { (raw, _, _) throws(Errno) in
        try SocketOption.bindsWithoutPort.set(1, on: raw.number)
    }
}
