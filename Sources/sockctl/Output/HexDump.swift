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
        let offset = direction == .received ? received : sent
        let columns = Columns(direction == .received ? "<" : ">", digits: Self.digits(of: offset + bytes.count))
        let (whole, rest) = bytes.count.quotientAndRemainder(dividingBy: Self.width)
        let room = (whole + 1) * columns.length
        let text = unsafe [UInt8](unsafeUninitializedCapacity: room) { text, length in
            let start = UnsafeMutableRawPointer(text.baseAddress!)
            unsafe bytes.withUnsafeBytes { bytes in
                for line in 0..<whole {
                    unsafe columns.write(
                        bytes.baseAddress! + line * Self.width, offset + line * Self.width,
                        to: start + line * columns.length)
                }
            }
            length = whole * columns.length
            guard rest > 0 else { return }
            length += unsafe columns.write(
                bytes.extracting(last: rest), offset + whole * Self.width, to: start + length)
        }
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
    @safe private struct Columns {
        let mark: UInt8
        let offsetDigits: Int
        /// Of each byte its two digits and two blanks, as they stand in memory. What stands behind them is written later.
        private let pairs = Self.allPairs

        init(_ mark: Unicode.Scalar, digits: Int) {
            self.mark = UInt8(ascii: mark)
            offsetDigits = digits
        }

        private var bytes: Int { 2 + offsetDigits + 2 }
        private var ascii: Int { bytes + 3 * HexDump.width + 2 }
        /// Of a whole line, with the second bar and the newline.
        var length: Int { ascii + 1 + HexDump.width + 2 }

        private static let allPairs: [UInt32] = (0...255).map { byte in
            let (high, low) = (digit(byte >> 4), digit(byte & 15))
            return (UInt32(high) | UInt32(low) << 8 | 0x2020_0000).littleEndian
        }

        private static func digit(_ value: Int) -> UInt8 { UInt8(value < 10 ? 0x30 + value : 0x57 + value) }

        /// Writes the line of sixteen bytes.
        @inline(__always)
        func write(_ source: UnsafeRawPointer, _ offset: Int, to line: UnsafeMutableRawPointer) {
            unsafe writeOffset(offset, to: line)
            var place = unsafe line + bytes
            for index in 0..<HexDump.width {
                let byte = unsafe source.load(fromByteOffset: index, as: UInt8.self)
                unsafe place.storeBytes(of: pairs[Int(byte)], as: UInt32.self)
                // A blank after each, and one more between the groups.
                unsafe place += index == 7 ? 4 : 3
            }
            let letters = unsafe source.loadUnaligned(as: SIMD16<UInt8>.self)
            let isPlain = letters .>= 0x20 .& letters .< 0x7f
            let shown = SIMD16<UInt8>(repeating: UInt8(ascii: ".")).replacing(with: letters, where: isPlain)
            unsafe line.storeBytes(of: UInt8(ascii: "|"), toByteOffset: ascii, as: UInt8.self)
            unsafe line.storeBytes(of: shown, toByteOffset: ascii + 1, as: SIMD16<UInt8>.self)
            unsafe writeEnd(to: line + ascii + 1 + HexDump.width)
        }

        /// Writes a line of fewer, and says how long it is.
        func write(_ source: Span<UInt8>, _ offset: Int, to line: UnsafeMutableRawPointer) -> Int {
            unsafe line.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: " "), count: length)
            unsafe writeOffset(offset, to: line)
            unsafe line.storeBytes(of: UInt8(ascii: "|"), toByteOffset: ascii, as: UInt8.self)
            var place = bytes
            for index in source.indices {
                let byte = source[index]
                unsafe line.storeBytes(of: pairs[Int(byte)], toByteOffset: place, as: UInt32.self)
                place += index == 7 ? 4 : 3
                let shown = byte >= 0x20 && byte < 0x7f ? byte : UInt8(ascii: ".")
                unsafe line.storeBytes(of: shown, toByteOffset: ascii + 1 + index, as: UInt8.self)
            }
            unsafe writeEnd(to: line + ascii + 1 + source.count)
            return ascii + 1 + source.count + 2
        }

        /// The mark, the offset, and two blanks.
        @inline(__always)
        private func writeOffset(_ offset: Int, to line: UnsafeMutableRawPointer) {
            unsafe line.storeBytes(of: mark, as: UInt8.self)
            unsafe line.storeBytes(of: UInt8(ascii: " "), toByteOffset: 1, as: UInt8.self)
            let further = offsetDigits - 8
            for index in 0..<further {
                let digit = Self.digit(offset >> (4 * (offsetDigits - 1 - index)) & 15)
                unsafe line.storeBytes(of: digit, toByteOffset: 2 + index, as: UInt8.self)
            }
            for pair in 0..<4 {
                let byte = UInt8(truncatingIfNeeded: offset >> (24 - 8 * pair))
                unsafe line.storeBytes(of: pairs[Int(byte)], toByteOffset: 2 + further + 2 * pair, as: UInt32.self)
            }
        }

        @inline(__always)
        private func writeEnd(to place: UnsafeMutableRawPointer) {
            unsafe place.storeBytes(of: UInt8(ascii: "|"), as: UInt8.self)
            unsafe place.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: 1, as: UInt8.self)
        }
    }
}
