/// The sum that IP, TCP and UDP protect their headers with (RFC 1071).
struct InternetChecksum: Sendable {
    private var sum: UInt64 = 0

    /// Adds bytes that begin at an even place; only the last that are added may be of an odd number.
    mutating func add(_ bytes: Span<UInt8>) {
        let whole = bytes.count & ~3
        unsafe bytes.withUnsafeBytes { all in
            for place in stride(from: 0, to: whole, by: 4) {
                // Four bytes are two words: the sum may be taken of longer ones and folded (RFC 1071 section 2).
                sum &+= unsafe UInt64(UInt32(littleEndian: all.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            }
        }
        for place in whole..<bytes.count { sum &+= UInt64(bytes[place]) << UInt64(8 * (place & 1)) }
    }

    mutating func add(_ bytes: [UInt8]) { add(bytes.span) }

    /// The sum of what was added; its first byte is the lower one, since the words were added that way round.
    var value: UInt16 {
        var folded = sum
        while folded >> 16 != 0 { folded = folded & 0xffff + folded >> 16 }
        return ~UInt16(truncatingIfNeeded: folded)
    }
}
