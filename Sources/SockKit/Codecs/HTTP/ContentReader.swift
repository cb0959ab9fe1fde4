/// Finds the pieces of a message's content, and its trailers.
struct ContentReader: Sendable {
    private enum State {
        /// So many bytes of content are still to come.
        case length(Int)
        case untilClose
        case chunkHead
        case chunk(Int)
        /// The CRLF behind a chunk's data.
        case carriageReturn, lineFeed
        case trailers
        case end
    }

    private let message: HTTPRefusal.Message
    private var state = State.end
    private var chunkHead = ChunkHeadReader()
    private var chunks = 0
    /// How many bytes of content have come, and how long the chunks were that have been begun.
    private var received = 0
    private var announced = 0
    private var section = SectionReader()
    private var lines: TrailerLines

    init(_ message: HTTPRefusal.Message) {
        self.message = message
        lines = TrailerLines(message)
    }

    /// What stood behind the content.
    var trailers: Fields { lines.fields }

    /// Begins the content of the next message.
    mutating func begin(_ framing: BodyFraming, _ limits: MessageLimits) {
        switch framing {
        case .none: state = .end
        case .length(let count): state = .length(count)
        case .untilClose: state = .untilClose
        case .chunked:
            state = .chunkHead
            chunkHead = ChunkHeadReader()
            chunks = 0
            announced = 0
            lines.limits = limits
        }
        received = 0
        if !lines.fields.bytes.isEmpty { lines.fields.clear() }
    }

    mutating func releaseMemory() {
        lines.fields = Fields()
    }

    /// How many bytes come next that are all content; nil where something else comes.
    func contiguous(_ limits: MessageLimits) -> Int? {
        switch state {
        case .length(let left), .chunk(let left): left
        case .untilClose: limits.body.map { $0 - received } ?? Int.max
        default: nil
        }
    }

    /// Takes the next piece.
    mutating func next(
        _ bytes: Span<UInt8>, at position: inout Int, _ limits: MessageLimits
    ) throws(HTTPRefusal) -> MessageEvent {
        while true {
            if case .end = state { return .end }
            guard position < bytes.count else { return .needsMore }
            if let contiguous = contiguous(limits) {
                let count = min(contiguous, bytes.count - position)
                guard count > 0 else { throw HTTPRefusal(message, .content, .bodyTooLong(limit: received)) }
                skip(count)
                position += count
                return .content(position - count..<position)
            }
            guard try skipFraming(bytes, at: &position, limits) else { return .needsMore }
        }
    }

    /// Notes content that has come, here or elsewhere.
    mutating func skip(_ count: Int) {
        received += count
        switch state {
        case .length(let left): state = left == count ? .end : .length(left - count)
        case .chunk(let left): state = left == count ? .carriageReturn : .chunk(left - count)
        default: break
        }
    }

    /// The end of the stream: whether it is the content's end as well.
    var endsWithStream: Bool {
        switch state {
        case .untilClose, .end: true
        default: false
        }
    }

    /// Where the content is now.
    var place: HTTPRefusal.Place {
        switch state {
        case .chunkHead: .chunk(chunks + 1)
        case .chunk, .carriageReturn, .lineFeed: .chunk(chunks)
        case .trailers: lines.place
        case .length, .untilClose, .end: .content
        }
    }

    // MARK: - Chunks

    /// Takes what stands between pieces of content; false when that is not whole yet.
    private mutating func skipFraming(
        _ bytes: Span<UInt8>, at position: inout Int, _ limits: MessageLimits
    ) throws(HTTPRefusal) -> Bool {
        if case .trailers = state {
            guard try section.read(bytes, at: &position, &lines) else { return false }
            state = .end
            return true
        }
        do throws(HTTPRefusal.Fault) {
            try skipLine(bytes[position], limits)
        } catch {
            throw HTTPRefusal(message, place, error)
        }
        position += 1
        return true
    }

    private mutating func skipLine(_ byte: UInt8, _ limits: MessageLimits) throws(HTTPRefusal.Fault) {
        switch state {
        case .carriageReturn:
            guard byte == UInt8(ascii: "\r") else { throw .noLineEndAfterChunk }
            state = .lineFeed
        case .lineFeed:
            guard byte == UInt8(ascii: "\n") else { throw .noLineEndAfterChunk }
            state = .chunkHead
        default:
            let size = try chunkHead.take(byte)
            guard chunkHead.extensionBytes <= limits.chunkExtensions + received else {
                throw .chunkExtensionsTooLong(limit: limits.chunkExtensions)
            }
            if let size { try beginChunk(size, limits) }
        }
    }

    private mutating func beginChunk(_ size: Int, _ limits: MessageLimits) throws(HTTPRefusal.Fault) {
        let (sum, isBeyond) = announced.addingReportingOverflow(size)
        if isBeyond { throw .chunkSizeOverflow }
        if let limit = limits.body, sum > limit { throw .bodyTooLong(limit: limit) }
        announced = sum
        chunks += 1
        state = size == 0 ? .trailers : .chunk(size)
    }
}
