import SockKit

/// An address that answers no dial: a listener whose queue is full, so that the kernel drops further SYNs.
///
/// It stands in for a host that is switched off, or behind a firewall, and needs no rights.
@Netpoller
final class SilentPlace {
    let endpoint: Endpoint
    private let listener: Listener
    private let filler: Connection

    fileprivate init(_ host: String, port: UInt16, _ stage: Stage) async throws(NetworkError) {
        let network = host.hasPrefix("[") ? Network.tcp6 : .tcp4
        listener = try await ListenConfiguration(backlog: 0).listen(network, "\(host):\(port)")
        endpoint = listener.endpoint
        filler = try await Dialer(timeout: .seconds(5)).dial(network, "\(endpoint)")
        let (listener, filler) = (listener, filler)
        stage.atEnd {
            filler.close()
            listener.close()
        }
    }

    /// Nobody listens there any more: dials are refused.
    func close() {
        filler.close()
        listener.close()
    }
}

extension Party {
    /// Makes an address silent. A port of 0 takes any.
    func silence(_ host: String = "127.0.0.2", port: UInt16 = 0) async throws(Interruption) -> SilentPlace {
        let stage = stage
        return try await call(
            "listen \(host):\(port), backlog 0, and one connection to fill it",
            { () async throws(NetworkError) in try await SilentPlace(host, port: port, stage) },
            result: { "\($0.endpoint) is silent now" })
    }
}
