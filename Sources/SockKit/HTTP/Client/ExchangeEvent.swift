/// What happens while a request is on its way, for whoever wants to show or to count it. Times are the observer's to take.
public enum ExchangeEvent: Sendable {
    /// No idle connection is there; the request waits for one, and a dial may have begun.
    case waiting
    /// What a dial that this request began does, even if another connection serves it in the end.
    case dial(DialEvent)
    /// The dial's connection speaks TLS, which took so long; what was agreed on is known where somebody wants to know.
    case secured(Duration, TLSReport?)
    /// The dial's connection was to speak TLS, and that failed after so long; how far it came is known where somebody wants
    /// to know.
    case insecure(StreamNames, Duration, TLSReport?)
    /// The request has its connection.
    case connection(ConnectionFacts)
    /// The request's head was taken by the kernel, so many bytes, perhaps with its whole content.
    case wroteHead(Int)
    /// The head waits for `100 Continue` before the content.
    case awaitsContinue
    /// So many bytes more of the content were taken by the kernel.
    case sending(Int)
    /// The content was taken by the kernel, all of it.
    case wroteContent(Int)
    /// The first byte of the answer has come.
    case firstByte
    /// An interim answer (1xx) came.
    case interim(ResponseHead)
    /// The head of the final answer came.
    case head(ResponseHead)
    /// So many bytes of the content have come, and no more will: it is over, or nobody wants the rest.
    case end(Int)
    /// The exchange is over and the connection goes where it is said.
    case released(ConnectionFacts, ConnectionFate)
    /// The kept connection was stale: the request goes out again on another.
    case retryingStale(NetworkError)
    /// A redirect is followed.
    case redirecting(HTTPStatus, HTTPRequest)
    /// A redirect is not followed although redirects are: the sentence says why. The answer is the last.
    case notRedirecting(HTTPStatus, String)
    /// The exchange is not repeated, for the server asks for a longer pause than the limit. The answer is the last.
    case notRetrying(RetryReason, pause: Duration, limit: Duration)
    /// The exchange failed in a way that may pass; it is repeated after a pause. The count begins at 1.
    case retrying(RetryReason, count: Int, pause: Duration)
}

/// Told of each event as it happens.
public typealias ExchangeObserver = @Netpoller @Sendable (ExchangeEvent) -> Void

/// What is to be told of a connection that serves a request.
public struct ConnectionFacts: Sendable, Hashable {
    /// Connections of a transport count from 1.
    public let number: Int
    public let names: StreamNames
    /// How many requests it has served before this one: none for a new connection.
    public let requestsBefore: Int
    /// How long it had been idle; nil for a new connection.
    public let idle: Duration?
    /// The proxy that it leads to.
    public let proxy: HTTPURL?

    public var isReused: Bool { requestsBefore > 0 }
}

/// What becomes of a connection when its exchange is over.
public enum ConnectionFate: Sendable, Hashable {
    /// It is kept for the next request.
    case kept
    /// It went to a request that had been waiting.
    case handedOver
    /// It speaks another protocol from now on.
    case upgraded
    case closed(Reason)

    public enum Reason: Sendable, Hashable {
        /// The request, or the answer, said `close`, or is of HTTP/1.0.
        case saidClose
        /// The content ended with the connection.
        case endedContent
        /// The lengths of the answer contradict each other, so what follows is not to be trusted.
        case doubtfulFraming
        /// More came than the answer.
        case unasked
        /// The content of the answer was not read to its end, and the rest was too much or too slow.
        case unread
        /// The content of the request was not sent to its end.
        case unsent
        /// As many as may be are kept already.
        case tooManyIdle
        case failed(NetworkError)
    }
}

/// Why an exchange is repeated.
public enum RetryReason: Sendable {
    /// The answer's status, and what the server calls it.
    case status(HTTPStatus, phrase: String)
    case error(NetworkError)
}
