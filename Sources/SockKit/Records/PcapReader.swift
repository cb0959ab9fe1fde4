/// Reads the older form of captures (draft-ietf-opsawg-pcap): one header for the file, and one for each packet.
struct PcapReader: RecordParser {
    private var assembler: ConversationAssembler
    private let limits: RecordLimits
    private let isLittleEndian: Bool
    private let clock: CaptureClock
    private var link: LinkLayer?
    private var pending: [UInt8] = []
    private var packets = 0

    private static let fileHeader = 24
    private static let packetHeader = 16

    /// Nil where the first four bytes are not those of a capture.
    init?(magic: UInt32, _ limits: RecordLimits) {
        switch magic {
        case 0xa1b2_c3d4: (isLittleEndian, clock) = (false, .microseconds)
        case 0xa1b2_3c4d: (isLittleEndian, clock) = (false, .nanoseconds)
        case 0xd4c3_b2a1: (isLittleEndian, clock) = (true, .microseconds)
        case 0x4d3c_b2a1: (isLittleEndian, clock) = (true, .nanoseconds)
        default: return nil
        }
        self.limits = limits
        assembler = ConversationAssembler(limits)
    }

    mutating func push(_ bytes: Span<UInt8>) throws(MessageError) {
        pending.append(bytes)
        var start = 0
        if link == nil {
            guard pending.count >= Self.fileHeader else { return }
            let type = number(at: 20) & 0xffff
            guard let known = LinkLayer(type: type) else {
                throw RecordingBuilder.fault(
                    .malformed,
                    "its packets are of link type \(type), and only Ethernet, raw IP and Linux's own are known")
            }
            link = known
            start = Self.fileHeader
        }
        while let end = try takePacket(from: start) { start = end }
        pending.removeFirst(start)
    }

    mutating func finish() throws(MessageError) -> Recording {
        guard link != nil, pending.isEmpty else { throw fault(.malformed, "the file ends inside it") }
        return try assembler.finish()
    }

    private mutating func takePacket(from start: Int) throws(MessageError) -> Int? {
        guard let link, pending.count - start >= Self.packetHeader else { return nil }
        let captured = Int(number(at: start + 8))
        guard captured <= limits.packet else {
            throw fault(.tooLong, "it has \(captured) bytes, beyond the limit of \(limits.packet)")
        }
        let body = start + Self.packetHeader
        guard pending.count - body >= captured else { return nil }
        packets += 1
        // Of the second's fraction as many units as the clock has.
        let fraction = clock.nanoseconds(UInt64(number(at: start + 4)), offset: Int64(number(at: start)))
        guard let moment = fraction else { throw fault(.malformed, "its time is beyond all clocks") }
        let (bytes, length) = (pending, Int(number(at: start + 12)))
        try assembler.take(
            bytes.span.extracting(body..<body + captured), isWhole: captured >= length, link, at: moment)
        return body + captured
    }

    private func number(at place: Int) -> UInt32 {
        isLittleEndian
            ? pending.span.littleEndian(UInt32.self, at: place) : pending.span.bigEndian(UInt32.self, at: place)
    }

    private func fault(_ kind: MessageError.Kind, _ text: String) -> MessageError {
        RecordingBuilder.fault(kind, "packet \(packets + 1): \(text)")
    }
}
