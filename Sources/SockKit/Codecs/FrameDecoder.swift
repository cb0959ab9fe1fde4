/// Finds the messages in a stream of bytes, however the stream was cut into reads.
///
/// Messages that a read holds whole are lent out of the read's own memory. What is kept is at most one unfinished frame:
/// its limit and one read. Every byte is looked at once, and a length beyond the limit is refused before anything is
/// kept for it.
public struct FrameDecoder: Sendable {
    /// Given the number of the message, counted from 1, and its payload.
    public typealias Taker = (Int, Span<UInt8>) throws(FramingError) -> Void

    let framing: Framing
    let maximum: Int
    private let minimum: Int
    private let noun: String
    private let delimiter: [UInt8]
    private let dropsCR: Bool

    /// How many messages were found.
    public private(set) var count = 0
    /// Where in the stream the frame begins that is not whole yet.
    private(set) var offset = 0
    /// An unfinished frame, from its first byte.
    private var pending: [UInt8] = []
    /// How long the unfinished frame is, once its length is known.
    private var wanted: Int?
    /// The first bytes of a frame whose length was refused, as far as they had come.
    private(set) package var refused: [UInt8] = []

    /// `maximum` and `minimum` are of the payload; the latter is for lengths only. `noun` is what errors call a frame.
    public init(_ framing: Framing, maximum: Int, minimum: Int = 0, noun: String = "frame") {
        self.noun = noun
        self.framing = framing
        self.maximum = maximum
        self.minimum = minimum
        delimiter = framing.delimiter ?? []
        dropsCR = framing == .line
    }

    /// Takes the next bytes of the stream, and lends each message that is now whole.
    public mutating func push(_ bytes: Span<UInt8>, _ take: Taker) throws(FramingError) {
        if case .length(let field) = framing {
            try cut(bytes, by: field, take)
        } else {
            try cutAtDelimiters(bytes, take)
        }
    }

    /// The end of the stream: nil between two frames, else what there is of the last payload, and what is missing.
    public mutating func finish() -> (payload: [UInt8], error: FramingError)? {
        guard !pending.isEmpty else { return nil }
        defer { pending = [] }
        let error = failure(.cut("was cut off by the end of the stream: " + missing))
        guard case .length(let field) = framing else { return (pending, error) }
        return (Array(pending.dropFirst(field.width)), error)
    }

    private var missing: String {
        let have = pending.count
        switch framing {
        case .line: return "\(have) byte\(have == 1 ? "" : "s") without a newline"
        case .delimiter: return "\(have) byte\(have == 1 ? "" : "s") without the delimiter"
        case .length(let field):
            guard let wanted else { return "\(have) of the \(field.width) bytes of its length" }
            return "\(have - field.width) of \(wanted - field.width) bytes"
        }
    }

    // MARK: - Delimiters

    private mutating func cutAtDelimiters(_ bytes: Span<UInt8>, _ take: Taker) throws(FramingError) {
        var start = 0
        if !pending.isEmpty {
            guard let end = endOfPending(in: bytes) else { return try keep(bytes, from: 0) }
            try check(pending.count + end - delimiter.count - 1)
            pending.append(bytes.extracting(first: end))
            try deliverPending(hiding: 0, delimiter.count, take)
            start = end
        }
        while start < bytes.count {
            guard let found = ByteSearch.first(delimiter, in: bytes, from: start) else {
                return try keep(bytes, from: start)
            }
            try deliver(bytes.extracting(start..<found), of: found - start + delimiter.count, take)
            start = found + delimiter.count
        }
    }

    /// How many of these bytes belong to the frame that was begun. Its delimiter may have been begun as well.
    private func endOfPending(in bytes: Span<UInt8>) -> Int? {
        let width = delimiter.count
        if width > 1 {
            let tail = pending.suffix(width - 1)
            var seam = Array(tail)
            seam.append(bytes.extracting(first: min(width - 1, bytes.count)))
            if let found = ByteSearch.first(delimiter, in: seam.span) { return found + width - tail.count }
        }
        return ByteSearch.first(delimiter, in: bytes).map { $0 + width }
    }

    private mutating func keep(_ bytes: Span<UInt8>, from start: Int) throws(FramingError) {
        let length = pending.count + bytes.count - start
        // Whatever follows, so many bytes cannot all belong to the line end.
        try check(length - delimiter.count)
        reserve(length, atMost: maximum + delimiter.count)
        pending.append(bytes.extracting(start..<bytes.count))
        if length > maximum, !endsInPartOfDelimiter { throw failure(.tooLong(limit: maximum)) }
    }

    /// Whether what is beyond the limit may be the beginning of the end.
    private var endsInPartOfDelimiter: Bool {
        let excess = pending.count - maximum
        if dropsCR { return excess == 1 && pending.last == UInt8(ascii: "\r") }
        return (excess..<max(excess, delimiter.count)).contains { count in
            pending.suffix(count).elementsEqual(delimiter.prefix(count))
        }
    }

    private func check(_ length: Int) throws(FramingError) {
        if length > maximum { throw failure(.tooLong(limit: maximum)) }
    }

    // MARK: - Lengths

    private mutating func cut(
        _ bytes: Span<UInt8>, by field: Framing.LengthField, _ take: Taker
    ) throws(FramingError) {
        var start = 0
        while start < bytes.count {
            guard pending.isEmpty else {
                start = try continuePending(bytes, from: start, by: field, take)
                continue
            }
            let left = bytes.count - start
            let size = left < field.width ? nil : try frameSize(bytes, from: start, by: field)
            guard let size, size <= left else {
                wanted = size
                if let size { reserve(left, atMost: size) }
                return pending.append(bytes.extracting(start..<bytes.count))
            }
            try deliver(bytes.extracting(start + field.width..<start + size), of: size, take)
            start += size
        }
    }

    /// Adds to the unfinished frame and says where the rest of the bytes begins.
    private mutating func continuePending(
        _ bytes: Span<UInt8>, from first: Int, by field: Framing.LengthField, _ take: Taker
    ) throws(FramingError) -> Int {
        var start = first
        if wanted == nil {
            let end = min(bytes.count, start + field.width - pending.count)
            pending.append(bytes.extracting(start..<end))
            start = end
            guard pending.count == field.width else { return start }
            wanted = try frameSize(bytes, from: start, by: field)
        }
        guard let wanted else { return start }
        let end = start + min(bytes.count - start, wanted - pending.count)
        reserve(pending.count + end - start, atMost: wanted)
        pending.append(bytes.extracting(start..<end))
        if pending.count == wanted {
            self.wanted = nil
            try deliverPending(hiding: field.width, 0, take)
        }
        return end
    }

    /// The size of the frame whose length stands in `pending`, or else at `start`.
    private mutating func frameSize(
        _ bytes: Span<UInt8>, from start: Int, by field: Framing.LengthField
    ) throws(FramingError) -> Int {
        let value = pending.isEmpty ? field.read(bytes, at: start) : field.read(pending.span, at: 0)
        let own = UInt64(field.countsItself ? field.width : 0)
        var reason: FramingError.Reason?
        if value < own + UInt64(minimum) {
            reason = .lengthTooSmall(value, least: Int(own) + minimum)
        } else if value - own > UInt64(maximum) {
            reason = .lengthBeyondLimit(value, limit: maximum + Int(own))
        }
        guard let reason else { return field.width + Int(value - own) }
        refused = pending
        refused.append(bytes.extracting(start..<min(bytes.count, start + 64)))
        throw failure(reason)
    }

    // MARK: - Delivering

    @inline(__always)
    private mutating func deliver(
        _ bytes: Span<UInt8>, of frameSize: Int, _ take: Taker
    ) throws(FramingError) {
        var payload = bytes
        if dropsCR, payload.count > 0, payload[payload.count - 1] == UInt8(ascii: "\r") {
            payload = payload.extracting(droppingLast: 1)
        }
        try check(payload.count)
        count += 1
        offset += frameSize
        try take(count, payload)
    }

    private mutating func deliverPending(hiding head: Int, _ tail: Int, _ take: Taker) throws(FramingError) {
        var frame: [UInt8] = []
        swap(&frame, &pending)
        try deliver(frame.span.extracting(head..<frame.count - tail), of: frame.count, take)
        // What one long message needed is not kept for those to come.
        guard frame.capacity <= 1 << 16 else { return }
        frame.removeAll(keepingCapacity: true)
        swap(&frame, &pending)
    }

    /// Makes room by doubling, so that a long frame costs linear time, but never for more than it may hold.
    private mutating func reserve(_ count: Int, atMost limit: Int) {
        guard count > pending.capacity else { return }
        pending.reserveCapacity(max(count, min(limit, 2 * pending.capacity)))
    }

    private func failure(_ reason: FramingError.Reason) -> FramingError {
        FramingError("\(noun) \(count + 1) at byte \(offset)", reason)
    }
}
