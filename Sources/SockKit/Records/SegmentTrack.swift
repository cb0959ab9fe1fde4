/// A connection as the TCP segments that a capture between client and target would have: a handshake, the bytes under
/// sequence numbers that follow them, acknowledgements, and the end.
///
/// Each read is a segment, or several of at most 65,000 bytes of which the last is pushed; so is each message, where the
/// network has messages.
struct SegmentTrack: RecordTrack {
    private let ends: PacketEnds
    private let comment: String
    private var up: Half
    private var down: Half
    private var isReset = false

    /// What goes in one direction.
    private struct Half {
        /// The next byte's number.
        var next: UInt32
        /// So much was not acknowledged yet.
        var unacknowledged = 0
        var hasEnded = false
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8

        static let fin = Flags(rawValue: 1)
        static let syn = Flags(rawValue: 2)
        static let reset = Flags(rawValue: 4)
        static let push = Flags(rawValue: 8)
        static let acknowledge = Flags(rawValue: 16)
    }

    static let longestSegment = 65_000
    private static let headerLength = 20
    /// The window is 65,535 times 128 bytes; an acknowledgement comes long before that is full.
    private static let acknowledgedAt = 1 << 20
    /// The longest segment, and the factor of the window as a power of two.
    private static let handshakeOptions: [UInt8] = [
        2, 4, UInt8(longestSegment >> 8), UInt8(longestSegment & 0xff), 1, 3, 3, 7,
    ]

    init(_ subject: RecordSubject) {
        ends = PacketEnds(subject)
        // Far from those of any other connection of the same ends, which has nothing else of its own: the factor is 2^32 over
        // the golden ratio, and odd.
        let first = UInt32(truncatingIfNeeded: subject.number) &* 0x9e37_79b1
        (up, down) = (Half(next: first), Half(next: ~first))
        comment = "connection \(subject.number), \(subject.network) \(subject.client), target \(subject.target)"
    }

    mutating func open(at time: Int64, into record: inout [UInt8]) {
        send(.syn, .up, at: time, comment: comment, into: &record)
        send([.syn, .acknowledge], .down, at: time, into: &record)
        send(.acknowledge, .up, at: time, into: &record)
    }

    mutating func append(
        _ payload: Span<UInt8>, _ direction: RecordDirection, at time: Int64, into record: inout [UInt8]
    ) {
        guard !isReset, !self[direction].hasEnded else { return }
        var start = 0
        repeat {
            let end = min(payload.count, start + Self.longestSegment)
            let flags: Flags = end == payload.count ? [.push, .acknowledge] : .acknowledge
            send(flags, direction, payload.extracting(start..<end), at: time, into: &record)
            start = end
        } while start < payload.count
        guard self[direction].unacknowledged >= Self.acknowledgedAt else { return }
        send(.acknowledge, direction.opposite, at: time, into: &record)
    }

    mutating func end(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8]) {
        guard !isReset, !self[direction].hasEnded else { return }
        send([.fin, .acknowledge], direction, at: time, into: &record)
        self[direction].hasEnded = true
        send(.acknowledge, direction.opposite, at: time, into: &record)
    }

    mutating func reset(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8]) {
        guard !isReset, !(up.hasEnded && down.hasEnded) else { return }
        send([.reset, .acknowledge], direction, at: time, into: &record)
        isReset = true
    }

    // MARK: - Segments

    private subscript(direction: RecordDirection) -> Half {
        get { direction == .up ? up : down }
        set { if direction == .up { up = newValue } else { down = newValue } }
    }

    private mutating func send(
        _ flags: Flags, _ direction: RecordDirection, at time: Int64, comment: String? = nil,
        into record: inout [UInt8]
    ) {
        send(flags, direction, [UInt8]().span, at: time, comment: comment, into: &record)
    }

    private mutating func send(
        _ flags: Flags, _ direction: RecordDirection, _ payload: Span<UInt8>, at time: Int64, comment: String? = nil,
        into record: inout [UInt8]
    ) {
        let header = header(flags, direction, payload)
        let length = header.count + payload.count
        Pcapng.packet(ends.headerLength + length, at: time, comment: comment, into: &record) { packet in
            ends.appendHeader(.tcp, length, direction, into: &packet)
            packet += header
            packet.append(payload)
        }
        self[direction].next &+= UInt32(payload.count) + (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
        self[direction].unacknowledged += payload.count
        if flags.contains(.acknowledge) { self[direction.opposite].unacknowledged = 0 }
    }

    private func header(_ flags: Flags, _ direction: RecordDirection, _ payload: Span<UInt8>) -> [UInt8] {
        let options = flags.contains(.syn) ? Self.handshakeOptions : []
        let length = Self.headerLength + options.count
        var header: [UInt8] = []
        header.reserveCapacity(length)
        header.append(bigEndian: ends.sender(direction).port)
        header.append(bigEndian: ends.sender(direction.opposite).port)
        header.append(bigEndian: self[direction].next)
        header.append(bigEndian: flags.contains(.acknowledge) ? self[direction.opposite].next : UInt32(0))
        header += [UInt8(length / 4) << 4, flags.rawValue, 0xff, 0xff, 0, 0, 0, 0]
        header += options
        var sum = ends.checksum(.tcp, length + payload.count, direction)
        sum.add(header)
        sum.add(payload)
        header[16] = UInt8(truncatingIfNeeded: sum.value)
        header[17] = UInt8(sum.value >> 8)
        return header
    }
}
