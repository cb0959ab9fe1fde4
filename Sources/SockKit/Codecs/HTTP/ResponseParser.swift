/// Takes a stream of answers apart, however it was cut into reads (RFC 9112). It is used as `RequestParser` is.
///
/// Interim answers (1xx) are messages of their own, without content: any number of them may come before the final one.
public struct ResponseParser: Sendable {
    private var reader: MessageReader<StatusLines>

    public init(limits: MessageLimits = MessageLimits(body: nil)) {
        reader = MessageReader(limits: limits)
    }

    /// The method of the request whose answer is next: set it before the head comes. An answer to HEAD has no content,
    /// and one to CONNECT none if it succeeds.
    public var method: HTTPMethod {
        get { reader.lines.method }
        set { reader.lines.method = newValue }
    }

    /// What is taken. Limits of the content may be changed for one answer when its head has come.
    public var limits: MessageLimits {
        get { reader.lines.limits }
        set { reader.lines.limits = newValue }
    }

    /// Finds what comes next in `bytes` at `position`, which moves behind what was taken. It is behind all bytes when
    /// the answer is `needsMore`, but for bytes of another protocol behind 101 or CONNECT.
    public mutating func next(
        in bytes: Span<UInt8>, at position: inout Int
    ) throws(HTTPRefusal) -> MessageEvent {
        try reader.next(bytes, at: &position)
    }

    /// The head that came last: from `.head` until a call finds bytes of the next answer.
    public var head: ResponseHead { reader.lines.head }

    /// What stood behind the content, from `.end` on.
    public var trailers: Fields { reader.trailers }

    /// How the length of the content is known, from `.head` on.
    public var framing: BodyFraming { reader.framing }

    /// Between two answers, and nothing of the next has come.
    public var isIdle: Bool { reader.isIdle }

    /// The answer named two lengths: it is read by its chunks, and the connection must not be used again (RFC 9112
    /// section 6.3).
    public var isFramingDoubtful: Bool {
        reader.lines.framing.hasTransferEncoding && reader.lines.framing.contentLength != nil
    }

    /// Behind this answer the connection speaks another protocol: known from `.head` on.
    public var isTunnel: Bool { reader.isHeadWhole && reader.lines.isTunnel }

    /// How many bytes come next that are all content; nil where something else comes. They may be taken out of the
    /// connection by other means, as splice(2), and are then to be told to `skipContent`.
    public var contiguousContent: Int? { reader.contiguousContent }

    /// Notes that so many bytes of content came by other means.
    public mutating func skipContent(_ count: Int) { reader.skipContent(count) }

    /// The end of the stream: true if it was the end of an answer's content, false between two answers. It throws if an
    /// answer was cut off.
    public mutating func finish() throws(HTTPRefusal) -> Bool { try reader.finish() }

    /// Gives back what was kept of the last answer, for a connection that will be idle.
    public mutating func releaseMemory() { reader.releaseMemory() }
}
