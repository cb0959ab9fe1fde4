/// A connection's happenings as JSON Lines.
///
/// Bytes are text where they are UTF-8, and otherwise base64: one line for each read, or several where a read of a stream
/// has more than 65,536 bytes, and exactly one for each message.
struct JSONTrack: RecordTrack {
    private let subject: RecordSubject
    private let start: Int64
    private var isReset = false
    private var ended: Set<RecordDirection> = []

    static let longestPiece = 1 << 16

    init(_ subject: RecordSubject, since start: Int64) {
        self.subject = subject
        self.start = start
    }

    mutating func open(at time: Int64, into record: inout [UInt8]) {
        var line = line("opened", at: time)
        line.add("network", subject.network.rawValue)
        line.add("client", subject.client.description)
        line.add("target", subject.target.description)
        line.finish(into: &record)
    }

    mutating func append(
        _ payload: Span<UInt8>, _ direction: RecordDirection, at time: Int64, into record: inout [UInt8]
    ) {
        guard !isReset, !ended.contains(direction) else { return }
        let most = subject.network.kind == .stream ? Self.longestPiece : payload.count
        var start = 0
        repeat {
            let end = start + Self.piece(payload.extracting(droppingFirst: start), atMost: most)
            add(payload.extracting(start..<end), direction, at: time, into: &record)
            start = end
        } while start < payload.count
    }

    mutating func end(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8]) {
        guard !isReset, ended.insert(direction).inserted else { return }
        var line = line("end", at: time)
        line.add("direction", direction.rawValue)
        line.finish(into: &record)
    }

    mutating func reset(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8]) {
        guard !isReset, ended.count < 2 else { return }
        isReset = true
        var line = line("reset", at: time)
        line.add("direction", direction.rawValue)
        line.finish(into: &record)
    }

    // MARK: - Lines

    private func add(
        _ payload: Span<UInt8>, _ direction: RecordDirection, at time: Int64, into record: inout [UInt8]
    ) {
        var line = line("data", at: time)
        line.add("direction", direction.rawValue)
        line.add("bytes", payload.count)
        let bytes = payload.copied
        if let text = String(validating: bytes, as: UTF8.self) {
            line.add("text", text)
        } else {
            line.add("base64", Base64.encode(bytes))
        }
        line.finish(into: &record)
    }

    private func line(_ event: String, at time: Int64) -> JSONLine {
        var line = JSONLine()
        line.add("event", event)
        line.add("time", Timestamp(since1970: time).rfc3339)
        line.add("elapsed", nanoseconds: max(0, time - start))
        line.add("connection", subject.number)
        return line
    }

    /// How much of the bytes one line has: not a part of a character, where they are text.
    private static func piece(_ bytes: Span<UInt8>, atMost most: Int) -> Int {
        guard bytes.count > most else { return bytes.count }
        var end = most
        // The second and further bytes of a character are 10xxxxxx, and there are at most three of them.
        while end > most - 3, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return bytes[end] & 0xc0 == 0x80 ? most : end
    }
}
