/// Numbers of several bytes at a place of a message. Whoever asks has looked that the bytes are there.
extension Span<UInt8> {
    /// The number whose highest byte comes first, as networks have it.
    func bigEndian<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type, at place: Int) -> Number {
        (0..<type.bitWidth / 8).reduce(0) { $0 << 8 | Number(self[place + $1]) }
    }

    /// The number whose lowest byte comes first.
    func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type, at place: Int) -> Number {
        bigEndian(type, at: place).byteSwapped
    }
}

extension [UInt8] {
    /// Appends a number, its highest byte first.
    mutating func append(bigEndian number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: type(of: number).bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Appends a number, its lowest byte first.
    mutating func append(littleEndian number: some FixedWidthInteger & UnsignedInteger) {
        append(bigEndian: number.byteSwapped)
    }
}
