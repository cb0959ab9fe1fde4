import Testing

@testable import SockKit

/// A record that a test makes, happening by happening, a millisecond apart.
struct RecordScene {
    let format: RecordFormat
    private(set) var bytes: [UInt8]
    private(set) var time: Int64 = 1_700_000_000_123_456_789

    init(_ format: RecordFormat) {
        self.format = format
        bytes = format.preamble(program: "a test")
    }

    /// A track, opened now.
    mutating func open(
        _ number: Int = 1, _ network: Network = .tcp, _ client: Endpoint = Endpoint("127.0.0.1:50000")!,
        _ target: Endpoint = Endpoint("127.0.0.1:80")!
    ) -> any RecordTrack {
        let subject = RecordSubject(number, network, client: client, target: target)
        var track = format.track(of: subject, since: time)
        track.open(at: time, into: &bytes)
        return track
    }

    mutating func append(_ text: String, _ direction: RecordDirection, _ track: inout any RecordTrack) {
        append(Array(text.utf8), direction, &track)
    }

    mutating func append(_ payload: [UInt8], _ direction: RecordDirection, _ track: inout any RecordTrack) {
        time += 1_000_000
        track.append(payload.span, direction, at: time, into: &bytes)
    }

    mutating func end(_ direction: RecordDirection, _ track: inout any RecordTrack) {
        time += 1_000_000
        track.end(direction, at: time, into: &bytes)
    }

    mutating func reset(_ direction: RecordDirection, _ track: inout any RecordTrack) {
        time += 1_000_000
        track.reset(direction, at: time, into: &bytes)
    }

    func read(limits: RecordLimits = RecordLimits(), by step: Int = .max) throws(MessageError) -> Recording {
        try Recording(bytes, limits: limits, by: step)
    }
}

extension Recording {
    /// What a reader makes of a record that reaches it in pieces.
    init(_ bytes: [UInt8], limits: RecordLimits = RecordLimits(), by step: Int = .max) throws(MessageError) {
        var reader = RecordReader(limits: limits)
        var start = 0
        while start < bytes.count {
            let end = step == .max ? bytes.count : min(bytes.count, start + step)
            try reader.push(bytes.span.extracting(start..<end))
            start = end
        }
        self = try reader.finish()
    }

    /// What happens, as a test writes it.
    var story: [String] {
        conversations.map { conversation in
            let steps = conversation.steps.map { step in
                let sign = step.direction == .up ? ">" : "<"
                switch step.deed {
                case .bytes(let range, _):
                    let text = String(decoding: bytes[range], as: UTF8.self)
                    return sign + (range.count > 20 ? "\(range.count)" : text)
                case .end: return sign + "end"
                case .reset: return sign + "reset"
                }
            }
            return "\(conversation.number) \(conversation.client) \(conversation.target): "
                + steps.joined(separator: " ")
        }
    }
}
