import SockKit

/// A place that swallows every dial without an answer: a listener with a full queue, which drops further SYNs.
@Netpoller
final class BlackHole {
    let endpoint: Endpoint
    private let listener: Listener
    private let filler: Connection

    /// A port of 0 takes any.
    init(_ host: String = "127.0.0.2", port: UInt16 = 0) async throws {
        let network = host.contains("[") ? Network.tcp6 : .tcp4
        listener = try await ListenConfiguration(backlog: 0).listen(network, "\(host):\(port)")
        endpoint = listener.endpoint
        filler = try await Dialer(timeout: patience).dial(network, endpoint.description)
    }

    func close() {
        filler.close()
        listener.close()
    }
}
