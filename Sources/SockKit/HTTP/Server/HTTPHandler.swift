/// What a server says to requests.
public protocol HTTPHandler: Sendable {
    /// Answers one request: with `respond`, or with `begin`, any number of `write` and `send`, and `finish`.
    ///
    /// An error of the connection is passed on. Any other that is thrown before the answer has begun is answered with
    /// 500; later it breaks the connection off, so that nobody takes half an answer for a whole one. The exchange is not
    /// to be used any more once this has returned.
    @Netpoller
    func answer(_ exchange: HTTPExchange) async throws(NetworkError)

    /// Whether a request with this method has a meaning for what is at a path; if not, it is refused. Without a word of
    /// its own a handler allows all.
    @Netpoller
    func allows(_ method: HTTPMethod, at path: String) -> Bool
}

extension HTTPHandler {
    public func allows(_ method: HTTPMethod, at path: String) -> Bool { true }
}
