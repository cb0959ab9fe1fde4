/// Takes a stream of messages apart: head, content, end, head, and so on. Requests and answers differ in what the lines
/// of their heads are, nothing else.
struct MessageReader<Lines: HeadLines>: Sendable {
    private enum Phase {
        case head, content
        /// Another protocol has begun.
        case tunnel
    }

    /// The head: its first line, and the limits.
    var lines: Lines
    /// How the length of the content is known.
    private(set) var framing = BodyFraming.none
    private var phase = Phase.head
    /// The head is a whole one, and is kept until the next begins.
    private(set) var isHeadWhole = false
    private var section = SectionReader()
    private var content: ContentReader
    /// The first refusal is the last word.
    private var refusal: HTTPRefusal?

    init(limits: MessageLimits) {
        lines = Lines(limits: limits)
        content = ContentReader(lines.message)
    }

    var trailers: Fields { content.trailers }

    /// Between two messages, and nothing of the next has come but empty lines.
    var isIdle: Bool { phase == .head && (isHeadWhole || !lines.hasBegun && section.isBetweenLines(lines)) }

    /// Gives back what was kept of the last message, if the next has not begun.
    mutating func releaseMemory() {
        guard phase == .head, isHeadWhole else { return }
        beginHead()
        lines.fields = Fields()
        content.releaseMemory()
    }

    mutating func next(_ bytes: Span<UInt8>, at position: inout Int) throws(HTTPRefusal) -> MessageEvent {
        if let refusal { throw refusal }
        do throws(HTTPRefusal) {
            return try find(bytes, at: &position)
        } catch {
            refusal = error
            throw error
        }
    }

    private mutating func find(_ bytes: Span<UInt8>, at position: inout Int) throws(HTTPRefusal) -> MessageEvent {
        switch phase {
        case .head:
            guard position < bytes.count else { return .needsMore }
            if isHeadWhole { beginHead() }
            guard try section.read(bytes, at: &position, &lines) else { return .needsMore }
            try beginContent()
            return .head
        case .content:
            try checkBody()
            let event = try content.next(bytes, at: &position, lines.limits)
            if event == .end { phase = lines.isTunnel ? .tunnel : .head }
            return event
        case .tunnel:
            return .needsMore
        }
    }

    private mutating func beginHead() {
        isHeadWhole = false
        lines.clear()
    }

    private mutating func beginContent() throws(HTTPRefusal) {
        do throws(HTTPRefusal.Fault) {
            framing = try lines.bodyFraming()
        } catch {
            throw HTTPRefusal(lines.message, .head, error)
        }
        isHeadWhole = true
        content.begin(framing, lines.limits)
        phase = .content
    }

    /// Refuses a content whose length is said to be beyond the limit.
    func checkBody() throws(HTTPRefusal) {
        guard case .length(let count) = framing, let limit = lines.limits.body, count > limit else { return }
        throw HTTPRefusal(lines.message, .content, .bodyTooLong(limit: limit))
    }

    /// How many bytes come next that are all content; nil where something else comes.
    var contiguousContent: Int? { phase == .content ? content.contiguous(lines.limits) : nil }

    mutating func skipContent(_ count: Int) {
        precondition(count >= 0 && count <= contiguousContent ?? 0)
        content.skip(count)
    }

    /// The end of the stream: true if a message ended with it, false between two messages.
    mutating func finish() throws(HTTPRefusal) -> Bool {
        if let refusal { throw refusal }
        switch phase {
        case .tunnel: return false
        case .head:
            guard !isIdle else { return false }
            throw HTTPRefusal(lines.message, lines.place, .truncated)
        case .content:
            guard content.endsWithStream else { throw HTTPRefusal(lines.message, content.place, .truncated) }
            phase = .head
            return true
        }
    }
}
