import SockKit

/// Submits that one read of standard input gave, in one piece of memory.
struct PacketBatch {
    private let first: Int
    private(set) var bytes: [UInt8] = []
    /// Where each packet ends.
    private var ends: [Int] = []

    /// `first` is the number of the first packet.
    init(first: Int) {
        self.first = first
    }

    var count: Int { ends.count }

    /// Where these packets are.
    func range(_ packets: Range<Int>) -> Range<Int> {
        (packets.lowerBound == 0 ? 0 : ends[packets.lowerBound - 1])..<ends[packets.upperBound - 1]
    }

    /// How many bytes of standard input these packets were made of: each of a line and its newline.
    func inputCount(_ packets: Range<Int>) -> Int {
        packets.isEmpty ? 0 : range(packets).count - packets.count * (Packet.smallest - 1)
    }

    /// How many of these packets are whole where only so many of their bytes went.
    func wholeCount(_ packets: Range<Int>, of bytes: Int) -> Int {
        let start = range(packets).lowerBound
        return ends[packets].prefix { $0 - start <= bytes }.count
    }

    /// Makes a packet of each line that is now whole, and at the end of the last one; says what was refused.
    mutating func take(_ chunk: borrowing Chunk, _ lines: inout FrameDecoder) -> NetworkError? {
        guard !chunk.isEmpty else {
            if let last = lines.finish()?.payload { append(last.span) }
            return nil
        }
        do throws(FramingError) {
            try chunk.withBytes { bytes throws(FramingError) in
                try lines.push(bytes) { (_, line) throws(FramingError) in append(line) }
            }
            return nil
        } catch {
            let subject = "line \(first + count) of standard input"
            return NetworkError(.read, network: nil, cause: .frame(FramingError(subject, error.reason)))
        }
    }

    private mutating func append(_ line: Span<UInt8>) {
        Packet.append(Packet.Command.submit, Packet.ID(first + count), line, to: &bytes)
        ends.append(bytes.count)
    }
}
