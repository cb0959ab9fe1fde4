/// Sends requests over connections that it keeps and uses again: Go's `http.Transport`.
///
/// Any number of tasks may use one at once. Redirects, retries and cookies are no matter of its own; see `HTTPClient`.
@Netpoller
public final class Transport {
    public nonisolated let rules: TransportRules
    var hosts: [HostPool.Place: HostPool] = [:]
    /// Connections that were made so far.
    var dialled = 0
    /// How many connections are idle, over all hosts.
    var idleCount = 0
    /// TLS with the servers of `https` URLs, once there was one; and the tunnels to them through a proxy that is named for these.
    var security: TLSClient?
    var secureTunnels: [HTTPURL: ProxyDialer] = [:]
    private(set) lazy var sweeper = IdleSweeper()

    public nonisolated init(rules: TransportRules = TransportRules()) {
        self.rules = rules
    }

    isolated deinit {
        closeIdle()
    }

    /// Sends a request and returns the final answer when its head has come; 101 counts as final.
    ///
    /// The content is read from the answer, to its end, or the answer is closed: until then the connection serves nobody
    /// else. A kept connection that turns out to be stale is replaced, where the request may be sent again: nothing of it was
    /// written, or it is replayable, and nothing of an answer has come (Go's rule).
    ///
    /// An error of the operation `dial` means that there was no connection, `write` that the request could not be sent,
    /// `read` that no answer came.
    public func roundTrip(
        _ request: HTTPRequest, observer: ExchangeObserver? = nil
    ) async throws(NetworkError) -> HTTPResponse {
        let plan = try self.plan(request)
        while true {
            let connection: ClientConnection
            if let idle = takeIdle(plan) {
                connection = idle
            } else {
                connection = try await newConnection(plan, request.deadline, observer)
            }
            do throws(NetworkError) {
                return try await connection.exchange(request, plan, observer)
            } catch {
                guard connection.mayRetry(request, plan, error) else { throw error }
                observer?(.retryingStale(error))
            }
        }
    }

    /// The same request, with everything worked out that need not be worked out each time that this transport sends it.
    public func prepared(_ request: HTTPRequest) throws(NetworkError) -> HTTPRequest {
        var request = request
        request.plan = try plan(request)
        return request
    }

    private func plan(_ request: HTTPRequest) throws(NetworkError) -> RequestPlan {
        if let plan = request.plan, plan.transport === self { return plan }
        let url = request.url
        // Through a proxy TLS is spoken with the server itself, so that the way there is a tunnel.
        let proxy = rules.unixSocket == nil && !url.isSecure ? try rules.proxies.proxy(for: url) : nil
        return try request.encodeHead(for: self, host(of: url, proxy))
    }

    private func host(of url: HTTPURL, _ proxy: HTTPURL?) -> HostPool {
        let place: HostPool.Place =
            if let path = rules.unixSocket { .unix(path, host: url.isSecure ? url.host : nil) } else if let proxy {
                .proxy(proxy)
            } else {
                .server(isSecure: url.isSecure, host: url.host, port: url.effectivePort)
            }
        if let known = hosts[place] { return known }
        let host = HostPool(place, self)
        hosts[place] = host
        return host
    }
}
