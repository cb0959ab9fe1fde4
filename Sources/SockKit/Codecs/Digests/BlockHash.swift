/// A hash that takes its message in blocks of 64 bytes, as MD5 and SHA-256 do.
protocol BlockHash {
    init()
    /// Whether numbers have their highest byte first.
    static var isBigEndian: Bool { get }
    /// Takes the 64 bytes that begin at `start`.
    mutating func take(_ block: [UInt8], at start: Int)
    /// What came of all blocks.
    var digest: [UInt8] { get }
}

extension BlockHash {
    /// The digest of a whole message.
    static func digest(of message: [UInt8]) -> [UInt8] {
        // A one bit, zeros, and the length in bits in the last eight bytes.
        var padded = message
        padded.append(0x80)
        padded.append(contentsOf: repeatElement(0, count: (120 - padded.count % 64) % 64))
        let length = UInt64(message.count) * 8
        for place in 0..<8 {
            padded.append(UInt8(truncatingIfNeeded: length >> UInt64(8 * (isBigEndian ? 7 - place : place))))
        }
        var hash = Self()
        for start in stride(from: 0, to: padded.count, by: 64) { hash.take(padded, at: start) }
        return hash.digest
    }

    /// The number of 32 bits at a place of a block.
    static func word(_ bytes: [UInt8], at start: Int) -> UInt32 {
        (0..<4).reduce(0) { word, place in
            word | UInt32(bytes[start + place]) << UInt32(8 * (isBigEndian ? 3 - place : place))
        }
    }

    static func bytes(of words: [UInt32]) -> [UInt8] {
        words.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * (isBigEndian ? 3 - $0 : $0))) }
        }
    }
}

extension UInt32 {
    func rotatedLeft(_ count: UInt32) -> UInt32 { self << count | self >> (32 - count) }
    func rotatedRight(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}

extension [UInt8] {
    /// As lower-case hexadecimal digits.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
