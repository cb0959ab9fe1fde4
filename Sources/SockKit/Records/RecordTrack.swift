/// What one connection's happenings look like in a record: a value that appends them to the record's bytes, in the order
/// in which they happen. Times are nanoseconds since 1970.
protocol RecordTrack: Sendable {
    /// The two ends have been joined.
    mutating func open(at time: Int64, into record: inout [UInt8])

    /// Bytes went by: what one read gave, and on networks of messages one message.
    mutating func append(
        _ payload: Span<UInt8>, _ direction: RecordDirection, at time: Int64, into record: inout [UInt8])

    /// Whoever sends in this direction said that no more comes.
    mutating func end(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8])

    /// Whoever sends in this direction broke the connection off.
    mutating func reset(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8])
}

/// The form of a record.
public enum RecordFormat: Sendable, Hashable {
    /// Packets as a capture on the way would have them, for Wireshark and its like.
    case pcapng
    /// JSON Lines, an object a happening.
    case json

    /// What stands before the first happening.
    func preamble(program: String) -> [UInt8] {
        switch self {
        case .pcapng: Pcapng.preamble(program: program)
        case .json: []
        }
    }

    /// `start` is the moment from which the record counts.
    func track(of subject: RecordSubject, since start: Int64) -> any RecordTrack {
        switch self {
        case .pcapng where subject.network.kind == .datagram: DatagramTrack(subject)
        case .pcapng: SegmentTrack(subject)
        case .json: JSONTrack(subject, since: start)
        }
    }
}
