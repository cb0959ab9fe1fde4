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
        let writer = LineWriter(
            mark: UInt8(ascii: direction == .received ? "<" : ">"), columns: Columns(upTo: offset + bytes.count))
        let (whole, rest) = bytes.count.quotientAndRemainder(dividingBy: Self.width)
        let room = (whole + 1) * writer.columns.length
        let text = unsafe [UInt8](unsafeUninitializedCapacity: room) { text, length in
            guard let base = UnsafeMutableRawBufferPointer(text).baseAddress else { return }
            unsafe bytes.withUnsafeBytes { bytes in
                for line in 0..<whole {
                    let start = line * Self.width
                    let row: Row = unsafe (
                        bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian,
                        bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self).littleEndian
                    )
                    unsafe writer.write(row, of: Self.width, offset + start, to: base + length)
                    length += writer.columns.length
                }
                guard rest > 0 else { return }
                var row: Row = (0, 0)
                for index in 0..<rest {
                    let byte = unsafe UInt64(bytes[whole * Self.width + index])
                    if index < 8 { row.0 |= byte << (8 * index) } else { row.1 |= byte << (8 * (index - 8)) }
                }
                unsafe writer.write(row, of: rest, offset + whole * Self.width, to: base + length)
                length += writer.columns.length - (Self.width - rest)
            }
        }
        switch direction {
        case .received: received += bytes.count
        case .sent: sent += bytes.count
        }
        return text
    }

    /// Sixteen bytes, the first of each word in its lowest place.
    private typealias Row = (UInt64, UInt64)

    /// Where things stand in a line: mark, offset, sixteen bytes in two groups, ASCII between bars.
    private struct Columns {
        /// Eight, more where they are not enough.
        let offsetDigits: Int
        let bytes: Int
        let ascii: Int
        /// Of a whole line, with the second bar and the newline.
        let length: Int

        init(upTo offset: Int) {
            var digits = 8
            while offset >> (4 * digits) > 0 { digits += 1 }
            offsetDigits = digits
            bytes = 2 + digits + 2
            ascii = bytes + 3 * HexDump.width + 2
            length = ascii + 1 + HexDump.width + 2
        }
    }

    /// Writes lines at the pace of the stream that they are of: a whole one is a few words.
    private struct LineWriter {
        let mark: UInt8
        let columns: Columns

        /// Writes one line of the first `count` bytes of a row; what follows its end in that line's room is of no meaning.
        @inline(__always)
        func write(_ row: Row, of count: Int, _ offset: Int, to line: UnsafeMutableRawPointer) {
            unsafe line.storeBytes(of: mark, as: UInt8.self)
            unsafe (line + 1).storeBytes(of: UInt8(ascii: " "), as: UInt8.self)
            unsafe write(offset, to: line + 2)
            unsafe (line + columns.bytes - 2).storeBytes(of: 0x2020, as: UInt16.self)
            unsafe write(row.0, to: line + columns.bytes)
            unsafe write(row.1, to: line + columns.bytes + 25)
            if count < HexDump.width { unsafe blank(count, to: line + columns.bytes) }
            let ascii = unsafe line + columns.ascii
            unsafe ascii.storeBytes(of: UInt8(ascii: "|"), as: UInt8.self)
            unsafe (ascii + 1).storeBytes(of: Self.text(row.0), as: UInt64.self)
            unsafe (ascii + 9).storeBytes(of: Self.text(row.1), as: UInt64.self)
            unsafe (ascii + 1 + count).storeBytes(of: UInt8(ascii: "|"), as: UInt8.self)
            unsafe (ascii + 2 + count).storeBytes(of: UInt8(ascii: "\n"), as: UInt8.self)
        }

        @inline(__always)
        private func write(_ offset: Int, to place: UnsafeMutableRawPointer) {
            let more = columns.offsetDigits - 8
            for index in 0..<more {
                let digit = offset >> (4 * (columns.offsetDigits - 1 - index)) & 15
                let letter = UInt8(truncatingIfNeeded: Self.digits(UInt32(digit)) >> 56)
                unsafe (place + index).storeBytes(of: letter, as: UInt8.self)
            }
            let low = Self.digits(UInt32(truncatingIfNeeded: offset))
            unsafe (place + more).storeBytes(of: low, as: UInt64.self)
        }

        /// Two digits and a blank for each of eight bytes, and one blank more.
        @inline(__always)
        private func write(_ word: UInt64, to place: UnsafeMutableRawPointer) {
            // Each byte in a place for two, its high half first.
            let wide = unsafe SIMD8<UInt16>(truncatingIfNeeded: unsafeBitCast(word.littleEndian, to: SIMD8<UInt8>.self))
            let nibbles = (wide &>> 4 | wide &<< 8) & 0x0f0f
            let letters = (nibbles &+ 0x0606) &>> 4 & 0x0101
            let digits = unsafe unsafeBitCast(nibbles &+ 0x3030 &+ letters &* 0x27, to: SIMD2<UInt64>.self)
            // Eight pairs of digits with their blanks are three words. Stores that overlap would wait for each other.
            let (one, two) = (digits[0], digits[1])
            let first = one & 0xffff | (one & 0xffff_0000) << 8 | (one & 0xffff_0000_0000) << 16
            let second = (one >> 48) << 8 | (two & 0xffff) << 32 | (two & 0xff_0000) << 40
            let third = two >> 24 & 0xff | (two >> 32 & 0xffff) << 16 | (two >> 48) << 40
            unsafe place.storeBytes(of: first | 0x0000_2000_0020_0000, as: UInt64.self)
            unsafe (place + 8).storeBytes(of: second | 0x0020_0000_2000_0020, as: UInt64.self)
            unsafe (place + 16).storeBytes(of: third | 0x2000_0020_0000_2000, as: UInt64.self)
            unsafe (place + 24).storeBytes(of: UInt8(ascii: " "), as: UInt8.self)
        }

        /// In the place of the bytes that a short line has not.
        private func blank(_ count: Int, to place: UnsafeMutableRawPointer) {
            for index in count..<HexDump.width {
                let start = unsafe place + 3 * index + (index < 8 ? 0 : 1)
                unsafe start.storeBytes(of: 0x2020, as: UInt16.self)
            }
        }

        /// Eight bytes as they are, but for a dot in the place of each that is no printable ASCII. With the highest bit away a
        /// sum does not reach the next byte, and its own highest bit tells whether it came so far.
        @inline(__always)
        private static func text(_ word: UInt64) -> UInt64 {
            let low = word & 0x7f7f_7f7f_7f7f_7f7f
            let isText = (low &+ 0x6060_6060_6060_6060) & ~(low &+ 0x0101_0101_0101_0101) & ~word
            let mask = ((isText >> 7) & 0x0101_0101_0101_0101) &* 0xff
            return (word & mask) | (0x2e2e_2e2e_2e2e_2e2e & ~mask)
        }

        /// Eight hexadecimal digits of a number, the first in the lowest byte: each of its nibbles becomes a byte, and
        /// those that are ten and more a letter.
        @inline(__always)
        private static func digits(_ number: UInt32) -> UInt64 {
            var nibbles = UInt64(number)
            nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff
            nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff
            nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f
            let letters = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
            return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).byteSwapped
        }
    }
}
