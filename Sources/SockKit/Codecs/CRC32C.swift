/// The checksum of Castagnoli's polynomial, as iSCSI and the PROXY protocol have it (RFC 3720 appendix B.4).
struct CRC32C: Sendable {
    private var state = UInt32.max

    /// The sum of the bytes that were added.
    var value: UInt32 { ~state }

    mutating func add(_ bytes: Span<UInt8>) {
        for index in 0..<bytes.count {
            state = state >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])]
        }
    }

    static func of(_ bytes: Span<UInt8>) -> UInt32 {
        var sum = CRC32C()
        sum.add(bytes)
        return sum.value
    }

    /// What each byte does to the eight bits that leave.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { bits, _ in bits & 1 == 0 ? bits >> 1 : bits >> 1 ^ 0x82f6_3b78 }
    }
}
