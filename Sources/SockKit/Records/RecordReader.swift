/// Reads a record, in whichever form it is: JSON Lines as they are written here, or a capture as pcapng or in the older
/// form of tcpdump.
public struct RecordReader: Sendable {
    private let limits: RecordLimits
    private var form: (any RecordParser)?
    /// The first bytes, as long as they do not yet say which form it is.
    private var beginning: [UInt8] = []
    private var count = 0

    public init(limits: RecordLimits = RecordLimits()) {
        self.limits = limits
    }

    /// Takes the next bytes of the record.
    public mutating func push(_ bytes: Span<UInt8>) throws(MessageError) {
        count += bytes.count
        if form != nil {
            try form?.push(bytes)
            return
        }
        beginning.append(bytes)
        guard beginning.first == UInt8(ascii: "{") || beginning.count >= 4 else { return }
        let all = beginning
        beginning = []
        form = try Self.parser(of: all.span, limits)
        try form?.push(all.span)
    }

    /// The end of the record, and what it held.
    public mutating func finish() throws(MessageError) -> Recording {
        guard let recording = try form?.finish() else {
            throw RecordingBuilder.fault(
                .malformed, count == 0 ? "it is empty" : "it has \(count) bytes, and no form of record so few")
        }
        return recording
    }

    private static func parser(of start: Span<UInt8>, _ limits: RecordLimits) throws(MessageError) -> any RecordParser {
        if start[0] == UInt8(ascii: "{") { return JSONRecordReader(limits) }
        let magic = start.bigEndian(UInt32.self, at: 0)
        if magic == Pcapng.sectionHeader { return PcapngReader(limits) }
        if let reader = PcapReader(magic: magic, limits) { return reader }
        throw RecordingBuilder.fault(.malformed, "it is neither pcapng, pcap nor JSON Lines of this program")
    }
}

/// Reads one form of record.
protocol RecordParser: Sendable {
    /// Takes the next bytes.
    mutating func push(_ bytes: Span<UInt8>) throws(MessageError)

    /// The end, and what there was.
    mutating func finish() throws(MessageError) -> Recording
}
