/// One request and its answer, in the hands of a handler.
@Netpoller
public final class HTTPExchange {
    /// The connection's conversation: which request of it this is, and the stream.
    public let conversation: HTTPConversation
    /// Fields that the answer gets beside those it is given; a handler that calls another one sets them before.
    public var commonFields = Fields()
    /// Who the client said it is, and proved it; nil where nobody asked.
    public var user: String?

    // One thread touches these, and no change to one of them calls anything that could touch it again: so the accesses
    // need not be watched, some dozens a request.
    /// What was read and not looked at.
    @safe @exclusivity(unchecked) var input = RequestInput()
    @safe @exclusivity(unchecked) var parser: RequestParser
    /// What is to be written.
    @safe @exclusivity(unchecked) var output = MessageWriter()
    @safe @exclusivity(unchecked) var answer = AnswerState()
    @safe @exclusivity(unchecked) var content = ContentState()
    /// Bytes of content in the answers before this one.
    @safe @exclusivity(unchecked) var answeredBefore = 0
    /// When a head that comes in parts must be whole.
    var headDeadline: Deadline?
    /// Something went wrong that no answer can be given to: the connection is not to be used any more.
    var isBroken = false

    init(_ conversation: HTTPConversation) {
        self.conversation = conversation
        parser = RequestParser(limits: conversation.site.limits.message)
    }

    var stream: any ByteStream { conversation.stream }
    var limits: HTTPServerLimits { conversation.site.limits }
    var observer: (any HTTPObserver)? { conversation.site.observer }

    /// There is a request: what was refused before its head was whole is none.
    public internal(set) var hasRequest = false

    /// The request. A copy of it outlives the exchange.
    public var request: RequestHead { parser.head }

    /// What stood behind the content, once that was read to its end.
    public var trailers: Fields { parser.trailers }

    /// How many bytes of content are announced; nil for chunks, of which nobody knows.
    public var contentLength: Int? {
        switch parser.framing {
        case .none: 0
        case .length(let count): count
        case .chunked, .untilClose: nil
        }
    }

    /// The most content that is taken of this request; nil is without limit. To be set before anything was read of it.
    public var contentLimit: Int? {
        get { parser.limits.body }
        set { parser.limits.body = newValue }
    }

    /// Both ends of the connection.
    public var names: StreamNames { stream.names }

    // MARK: - What became of it

    /// The answer's status; nil before it has begun.
    public var status: HTTPStatus? { answer.status }
    /// The answer has begun: another cannot be given.
    public var hasBegun: Bool { answer.status != nil }
    /// Bytes of content that were answered.
    public var bytesAnswered: Int { answer.count }
    /// Bytes of content that came with the request.
    public var bytesReceived: Int { content.received }
    /// The answer is not whole: the connection was lost, or the handler stopped in the middle.
    public var wasCutOff: Bool { isBroken || !answer.isWhole }
    /// Since the head was whole; kept only for observers.
    public var duration: Duration { answer.start.map { .now - $0 } ?? .zero }
}

/// How far an answer is.
struct AnswerState {
    /// How its content's length is known.
    enum Framing {
        /// There is none, whatever the handler writes.
        case none
        /// So many bytes are still to come.
        case length(Int)
        case chunked, untilClose
    }

    var status: HTTPStatus?
    var framing = Framing.none
    var count = 0
    var isWhole = false
    /// The request is HEAD: its answer has no content.
    var isForHead = false
    /// The request is HTTP/1.0: there are no chunks.
    var isForOldClient = false
    /// No other request follows on the connection.
    var isLast = false
    var start: Deadline?
}

/// How far the content of a request is.
struct ContentState {
    var isAtEnd = false
    var received = 0
    /// How often a piece of it was asked for.
    var pieces = 0
    /// The client waits for `100 Continue`.
    var isAwaited = false
    /// When its time began, or, of what is dropped, when it is over.
    var deadline: Deadline?
    /// It is read only to be dropped.
    var isDrained = false
    /// Why it was refused; the answer says so.
    var refusal: RequestRefusal?
}
