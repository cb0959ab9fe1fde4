/// Dials through proxies. What it gives is the plain connection to the first of them, from which exactly the proxies' own
/// bytes have been taken: all that can be done with a connection can be done with it.
///
/// One may serve any number of dials at once. It remembers how a proxy wants to be told who we are.
@Netpoller
public final class ProxyDialer {
    public nonisolated let route: ProxyRoute
    var demands: [ProxyURL: ProxyDemand] = [:]

    public nonisolated init(_ route: ProxyRoute) {
        self.route = route
    }

    /// Connects as `dialer` does, through the proxies of the route. The dialer's time limit is for everything together; its
    /// source, its options and its resolver are for the way to the first proxy, and the resolver for those names that no
    /// proxy looks up.
    ///
    /// An error names the proxy that it is of (`route`) and, once that was reached, whom it was asked for (`target`).
    public func dial(
        _ network: Network, to destination: Destination, with dialer: Dialer
    ) async throws(NetworkError) -> Connection {
        let proxies = proxies(to: destination, network)
        guard !proxies.isEmpty else { return try await dialer.dial(network, to: destination) }
        let dial = ProxiedDial(self, network, dialer)
        return try await dial.reach(proxies[...], destination)
    }

    /// The proxies on the way somewhere: none to a place that no proxy knows.
    func proxies(to destination: Destination, _ network: Network) -> [ProxyURL] {
        guard network.isIP, case .host(let host, let service) = destination.place else { return [] }
        return route.proxies(to: host, port: UInt16(service))
    }

    /// Whether anything stands between here and there.
    public func isDirect(to destination: Destination, _ network: Network) -> Bool {
        proxies(to: destination, network).isEmpty
    }
}
