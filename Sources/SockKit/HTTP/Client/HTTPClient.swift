/// Asks, follows redirects, and asks again what failed in passing.
///
/// `HTTPClient().send(HTTPRequest(.get, url))`. The client without arguments is Go's: no time limit, at most ten
/// redirects, no retries.
@Netpoller
public final class HTTPClient {
    public let transport: Transport
    /// For an exchange as a whole, redirects and the content of the answer included; each retry has it anew. nil is none.
    public var timeout: Duration?
    public var redirects: RedirectRules
    public var retries: RetryRules

    public init(
        transport: Transport = Transport(), timeout: Duration? = nil, redirects: RedirectRules = .follow(10),
        retries: RetryRules = .none
    ) {
        self.transport = transport
        self.timeout = timeout
        self.redirects = redirects
        self.retries = retries
    }

    /// The final answer, whatever its status. Its content is to be read to the end, or closed.
    ///
    /// The user and the password of a URL are sent as Basic credentials, where the fields have no Authorization. A redirect
    /// that leads nowhere, for want of a Location or because the body cannot be sent again, is returned as an answer; so is
    /// the answer that is still no last word after the last retry, or whose server asks for a longer wait than there is
    /// time, or than the rules allow.
    public func send(
        _ request: HTTPRequest, observer: ExchangeObserver? = nil
    ) async throws(NetworkError) -> HTTPResponse {
        var backoff = Backoff(first: retries.firstPause, most: retries.longestPause)
        for count in 1... {
            let reason: RetryReason
            var pause: Duration?
            do throws(NetworkError) {
                let response = try await follow(limited(request), observer)
                guard count <= retries.count, retries.statuses.contains(response.status), request.body.isRewindable
                else { return response }
                reason = .status(response.status, phrase: response.head.reason)
                pause = RetryRules.retryAfter(response.head)
                if case let limit = longestAskedPause, let pause, pause > limit {
                    observer?(.notRetrying(reason, pause: pause, limit: limit))
                    return response
                }
                await response.finishUnread()
            } catch {
                guard count <= retries.count, retries.mayRepeat(request, after: error) else { throw error }
                reason = .error(error)
            }
            let own = backoff.next()
            observer?(.retrying(reason, count: count, pause: pause ?? own))
            try await wait(pause ?? own, request)
        }
        preconditionFailure("the count has no end")
    }

    /// What a server may ask to wait for: where an exchange may not take longer, nobody waits longer for one.
    private var longestAskedPause: Duration {
        [timeout, retries.end.map { $0 - .now }].compactMap(\.self).reduce(retries.longestWait, min)
    }

    private func wait(_ pause: Duration, _ request: HTTPRequest) async throws(NetworkError) {
        let moment = Deadline.now + pause
        if let deadline = request.deadline, deadline < moment {
            await Netpoller.sleep(until: deadline)
            let text = "the time for the exchange was over before it could be repeated"
            throw NetworkError(.wait, network: nil, cause: .noAnswer(text))
        }
        guard await Netpoller.sleep(until: moment) else {
            throw NetworkError(.wait, network: nil, cause: .cancelled)
        }
    }

    private func limited(_ request: HTTPRequest) -> HTTPRequest {
        guard let timeout else { return request }
        var request = request
        request.deadline = min(request.deadline ?? .never, .now + timeout)
        return request
    }

    /// One exchange, with the redirects that it meets.
    private func follow(
        _ first: HTTPRequest, _ observer: ExchangeObserver?
    ) async throws(NetworkError) -> HTTPResponse {
        var request = authorized(first)
        var redirection = Redirection(request)
        while true {
            let response = try await transport.roundTrip(request, observer: observer)
            response.redirects = redirection.count
            guard let limit = redirects.limit else { return response }
            guard let next = try redirected(response, &redirection) else {
                if let obstacle = Redirection.obstacle(response.request, response.head) {
                    observer?(.notRedirecting(response.status, obstacle))
                }
                return response
            }
            await response.finishUnread()
            guard redirection.count <= limit else {
                throw response.failure(.limit("stopped after \(limit) redirects; the next leads to \(next.url)"))
            }
            request = authorized(next)
            observer?(.redirecting(response.status, request))
        }
    }

    private func redirected(
        _ response: HTTPResponse, _ redirection: inout Redirection
    ) throws(NetworkError) -> HTTPRequest? {
        do throws(HTTPURL.Failure) { return try redirection.next(response.request, response.head) } catch {
            response.close()
            let location = HTTPURL.withoutUser(response.head.fields["location"] ?? "", guessing: false)
            let text = "field Location '\(location)': \(error)"
            throw response.failure(.message(MessageError(.malformed, "HTTP answer", text)))
        }
    }

    /// With the credentials that the URL names.
    private func authorized(_ request: HTTPRequest) -> HTTPRequest {
        guard let credentials = request.url.credentials, !request.fields.contains("authorization") else {
            return request
        }
        var request = request
        request.fields.append("Authorization", credentials.field)
        return request
    }
}
