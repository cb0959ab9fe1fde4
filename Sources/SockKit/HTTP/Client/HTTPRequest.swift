/// What to ask of whom.
///
/// Host, Content-Length and Transfer-Encoding come from the URL and the body. `fields` may hold another Host, which is then
/// sent instead, `Transfer-Encoding: chunked` to have a body of known length sent in chunks, and nothing else of these.
public struct HTTPRequest: Sendable {
    public var method: HTTPMethod { didSet { plan = nil } }
    public var url: HTTPURL { didSet { plan = nil } }
    public var fields: Fields { didSet { plan = nil } }
    public var body: HTTPBody { didSet { plan = nil } }
    /// The version that the request names; HTTP/1.0 has neither chunks nor interim answers, and the connection ends behind
    /// the answer unless the server says otherwise.
    public var version: HTTPVersion { didSet { plan = nil } }
    /// The end of the whole exchange, the content of the answer included; nil is none.
    public var deadline: Deadline?
    /// What a transport has worked out beforehand.
    var plan: RequestPlan?

    public init(
        _ method: HTTPMethod = .get, _ url: HTTPURL, fields: Fields = [:], body: HTTPBody = .none,
        version: HTTPVersion = .http11, deadline: Deadline? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.version = version
        self.deadline = deadline
    }

    /// Whether it may be sent again although it may have arrived: it only asks, or it says that doing it twice is doing it
    /// once (Go's rule: GET, HEAD, OPTIONS, TRACE, or a field Idempotency-Key or X-Idempotency-Key).
    public var isReplayable: Bool {
        guard body.isRewindable else { return false }
        return method.isSafe || fields.contains("idempotency-key") || fields.contains("x-idempotency-key")
    }
}
