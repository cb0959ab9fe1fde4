/// Whoever wants to know what a server's clients ask and what they are told: an access log, for one.
public protocol HTTPObserver: Sendable {
    /// The head of a request is whole; its answer comes next.
    @Netpoller
    func didReceiveHead(_ exchange: HTTPExchange)

    /// The head of an answer, an interim one too, was made; `head` are its bytes.
    @Netpoller
    func didMakeHead(_ exchange: HTTPExchange, head: Span<UInt8>)

    /// A request was answered, or its answer was broken off (`isBroken`).
    @Netpoller
    func didAnswer(_ exchange: HTTPExchange)

    /// What came was no request that could be taken; it was answered with its status, if it could be.
    @Netpoller
    func didRefuse(_ exchange: HTTPExchange, _ status: HTTPStatus, reason: String)
}

extension HTTPObserver {
    public func didReceiveHead(_ exchange: HTTPExchange) {}
    public func didMakeHead(_ exchange: HTTPExchange, head: Span<UInt8>) {}
    public func didAnswer(_ exchange: HTTPExchange) {}
    public func didRefuse(_ exchange: HTTPExchange, _ status: HTTPStatus, reason: String) {}
}

/// What all the conversations of a server share.
public final class HTTPSite: Sendable {
    public let handler: any HTTPHandler
    public let limits: HTTPServerLimits
    public let observer: (any HTTPObserver)?

    /// Answers with `handler`, within `limits`; `observer` is told.
    public init(
        _ handler: any HTTPHandler, limits: HTTPServerLimits = HTTPServerLimits(), observer: (any HTTPObserver)? = nil
    ) {
        self.handler = handler
        self.limits = limits
        self.observer = observer
    }
}
