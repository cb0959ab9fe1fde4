/// Takes a stream of requests apart, however it was cut into reads (RFC 9112).
///
/// ```swift
/// var position = 0
/// while true {
///     switch try parser.next(in: bytes, at: &position) {
///     case .needsMore: …    // read more, and begin at 0 again
///     case .head: …         // parser.head
///     case .content(let range): use(bytes.extracting(range))
///     case .end: …          // answer; what is behind `position` belongs to the next request
///     }
/// }
/// ```
///
/// Any split of the same bytes gives the same heads, contents and refusals. Every byte is looked at once, and nothing is
/// kept but an unfinished head or trailer section, within the limits. After a refusal every call throws it again.
public struct RequestParser: Sendable {
    private var reader: MessageReader<RequestLines>

    public init(limits: MessageLimits = MessageLimits()) {
        reader = MessageReader(limits: limits)
    }

    /// What is taken. Limits of the content may be changed for one request when its head has come.
    public var limits: MessageLimits {
        get { reader.lines.limits }
        set { reader.lines.limits = newValue }
    }

    /// Finds what comes next in `bytes` at `position`, which moves behind what was taken. It is behind all bytes when
    /// the answer is `needsMore`.
    ///
    /// After a head, content that is announced as too long is refused here, so that the head is known to whoever answers.
    public mutating func next(
        in bytes: Span<UInt8>, at position: inout Int
    ) throws(HTTPRefusal) -> MessageEvent {
        try reader.next(bytes, at: &position)
    }

    /// The head that came last: from `.head` until a call finds bytes of the next request. Copies of it keep their
    /// memory; if there are none by then, the next head uses it.
    public var head: RequestHead { reader.lines.head }

    /// What stood behind the content, from `.end` on.
    public var trailers: Fields { reader.trailers }

    /// How the length of the content is known, from `.head` on.
    public var framing: BodyFraming { reader.framing }

    /// Between two requests, and nothing of the next has come but empty lines.
    public var isIdle: Bool { reader.isIdle }

    /// Throws if the content is announced as longer than the limit: before `100 Continue` is sent, for example.
    public func checkBody() throws(HTTPRefusal) { try reader.checkBody() }

    /// How many bytes come next that are all content; nil where something else comes. They may be taken out of the
    /// connection by other means, as splice(2), and are then to be told to `skipContent`.
    public var contiguousContent: Int? { reader.contiguousContent }

    /// Notes that so many bytes of content came by other means.
    public mutating func skipContent(_ count: Int) { reader.skipContent(count) }

    /// The end of the stream. It throws if a request was cut off.
    public mutating func finish() throws(HTTPRefusal) { _ = try reader.finish() }

    /// Gives back what was kept of the last request, for a connection that will be idle.
    public mutating func releaseMemory() { reader.releaseMemory() }
}
