/// Bytes that pass, as lines of hexadecimal with their ASCII beside: `< 00000000  68 65 6c 6c 6f  |hello|`.
///
/// Each direction counts its own offsets. Every chunk begins a line of its own, so that reads can be told apart.
struct HexDump: Sendable {
    enum Direction: Sendable {
        case received, sent
    }

    private var received = 0
    private var sent = 0

    private static let width = 16
    /// Mark, offset, sixteen bytes in two groups, ASCII between bars.
    private static let lineLength = 2 + 8 + 2 + width * 3 + 2 + 2 + width + 1

    /// The lines of a chunk, each with its newline.
    mutating func lines(_ bytes: Span<UInt8>, _ direction: Direction) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count / Self.width + 1) * Self.lineLength)
        var start = 0
        while start < bytes.count {
            let count = min(Self.width, bytes.count - start)
            Self.append(bytes.extracting(start..<start + count), offset(direction) + start, direction, to: &text)
            start += count
        }
        switch direction {
        case .received: received += bytes.count
        case .sent: sent += bytes.count
        }
        return text
    }

    private func offset(_ direction: Direction) -> Int {
        direction == .received ? received : sent
    }

    private static func append(
        _ bytes: Span<UInt8>, _ offset: Int, _ direction: Direction, to text: inout [UInt8]
    ) {
        text.append(UInt8(ascii: direction == .received ? "<" : ">"))
        text.append(space)
        // Eight digits, more where they are not enough.
        var shift = 28
        while shift < 60, offset >> (shift + 4) > 0 { shift += 4 }
        while shift >= 0 {
            text.append(digit(offset >> shift & 15))
            shift -= 4
        }
        text.append(space)
        for index in 0..<width {
            if index % 8 == 0 { text.append(space) }
            guard index < bytes.count else {
                text += [space, space, space]
                continue
            }
            text += [digit(Int(bytes[index] >> 4)), digit(Int(bytes[index] & 15)), space]
        }
        text += [space, bar]
        for index in 0..<bytes.count {
            let byte = bytes[index]
            text.append((0x20..<0x7f).contains(byte) ? byte : UInt8(ascii: "."))
        }
        text += [bar, UInt8(ascii: "\n")]
    }

    private static let space = UInt8(ascii: " ")
    private static let bar = UInt8(ascii: "|")

    private static func digit(_ value: Int) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + UInt8(value) : UInt8(ascii: "a") + UInt8(value - 10)
    }
}
