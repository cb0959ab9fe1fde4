import SockKit

/// An address that answers no dial: a listener whose queue is full, so that the kernel drops further SYNs.
///
/// It stands in for a host that is switched off, or behind a firewall, and needs no rights.
@Netpoller
final class SilentPlace {
    let endpoint: Endpoint
    private let listener: Listener
    private let fillers: [Connection]

    fileprivate init(_ host: String, port: UInt16, _ stage: Stage) async throws(NetworkError) {
        let network = host.hasPrefix("[") ? Network.tcp6 : .tcp4
        // Not 0: without SYN cookies kernels before 6.13 take nobody into such a queue.
        let listener = try await ListenConfiguration(backlog: 1).listen(network, "\(host):\(port)")
        stage.atEnd { listener.close() }
        var fillers: [Connection] = []
        // It takes one more than its limit.
        for count in 1...(listener.acceptQueue?.limit ?? 1) + 1 {
            let filler = try await Dialer(timeout: .seconds(5)).dial(network, "\(listener.endpoint)")
            stage.atEnd { filler.close() }
            fillers.append(filler)
            _ = await stage.until { (listener.acceptQueue?.length ?? count) >= count }
        }
        self.listener = listener
        endpoint = listener.endpoint
        self.fillers = fillers
    }

    /// Nobody listens there any more: dials are refused.
    func close() {
        for filler in fillers { filler.close() }
        listener.close()
    }
}

extension Party {
    /// Makes an address silent. A port of 0 takes any.
    func silence(_ host: String = "127.0.0.2", port: UInt16 = 0) async throws(Interruption) -> SilentPlace {
        let stage = stage
        return try await call(
            "listen \(host):\(port), backlog 1, and two connections to fill it",
            { () async throws(NetworkError) in try await SilentPlace(host, port: port, stage) },
            result: { "\($0.endpoint) is silent now" })
    }
}
