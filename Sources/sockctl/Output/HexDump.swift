/// Bytes that pass, as lines of hexadecimal with their ASCII beside: `< 00000000  68 65 6c 6c 6f  |hello|`.
///
/// Each direction counts its own offsets. Every chunk begins a line of its own, so that reads can be told apart.
struct HexDump: Sendable {
    enum Direction: Sendable {
        case received, sent
    }

    /// How many bytes have passed, each way.
    var received = 0
    var sent = 0

    private static let width = 16

    /// The lines of a chunk, each with its newline.
    mutating func lines(_ bytes: Span<UInt8>, _ direction: Direction) -> [UInt8] {
        let mark = UInt8(ascii: direction == .received ? "<" : ">")
        let offset = direction == .received ? received : sent
        let columns = Columns(offsetDigits: Self.digits(of: offset + bytes.count))
        let count = (bytes.count + Self.width - 1) / Self.width
        // Blank at first, which is what a short last line has in the place of bytes.
        var text = [UInt8](repeating: Self.space, count: count * columns.length)
        var end = 0
        for line in 0..<count {
            let start = line * Self.width
            let row = bytes.extracting(start..<min(start + Self.width, bytes.count))
            end = Self.write(row, offset + start, mark, columns, into: &text, at: line * columns.length)
        }
        text.removeLast(text.count - end)
        switch direction {
        case .received: received += bytes.count
        case .sent: sent += bytes.count
        }
        return text
    }

    /// Eight digits, more where they are not enough.
    private static func digits(of offset: Int) -> Int {
        var digits = 8
        while offset >> (4 * digits) > 0 { digits += 1 }
        return digits
    }

    /// Where things stand in a line: mark, offset, sixteen bytes in two groups, ASCII between bars.
    private struct Columns {
        let offsetDigits: Int

        var bytes: Int { 2 + offsetDigits + 2 }
        var ascii: Int { bytes + 3 * HexDump.width + 2 }
        /// Of a whole line, with the second bar and the newline.
        var length: Int { ascii + 1 + HexDump.width + 2 }
    }

    /// Writes one line of text, and says where it ends.
    @inline(__always)
    private static func write(
        _ bytes: Span<UInt8>, _ offset: Int, _ mark: UInt8, _ columns: Columns, into text: inout [UInt8], at start: Int
    ) -> Int {
        text[start] = mark
        for index in 0..<columns.offsetDigits {
            text[start + 2 + index] = digit(offset >> (4 * (columns.offsetDigits - 1 - index)) & 15)
        }
        var place = start + columns.bytes
        let ascii = start + columns.ascii
        text[ascii] = bar
        for index in 0..<bytes.count {
            let byte = bytes[index]
            text[place] = digit(Int(byte >> 4))
            text[place + 1] = digit(Int(byte & 15))
            // A blank after each, and one more between the groups.
            place += index == 7 ? 4 : 3
            text[ascii + 1 + index] = byte >= 0x20 && byte < 0x7f ? byte : UInt8(ascii: ".")
        }
        text[ascii + 1 + bytes.count] = bar
        text[ascii + 2 + bytes.count] = UInt8(ascii: "\n")
        return ascii + 3 + bytes.count
    }

    private static let space = UInt8(ascii: " ")
    private static let bar = UInt8(ascii: "|")

    @inline(__always)
    private static func digit(_ value: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 10 ? 0x30 + value : 0x57 + value)
    }
}
