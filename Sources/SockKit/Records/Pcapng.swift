/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), as they are written here: little-endian, one interface, times
/// in nanoseconds.
enum Pcapng {
    static let sectionHeader: UInt32 = 0x0a0d_0d0a
    static let byteOrderMagic: UInt32 = 0x1a2b_3c4d
    static let interfaceDescription: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6

    /// Options of blocks, by their codes.
    static let endOfOptions: UInt16 = 0
    static let comment: UInt16 = 1
    /// if_tsresol
    static let resolution: UInt16 = 9
    /// if_tsoffset
    static let timeOffset: UInt16 = 14
    private static let userApplication: UInt16 = 4

    /// More than any packet that is made here has, and what capturing programs call no limit.
    static let snapLength: UInt32 = 262_144

    /// Packets begin with their IP header (LINKTYPE_RAW).
    static let rawIP: UInt16 = 101

    /// The section, and the interface that all packets belong to.
    static func preamble(program: String) -> [UInt8] {
        var bytes: [UInt8] = []
        block(sectionHeader, into: &bytes) { block in
            block.append(littleEndian: byteOrderMagic)
            block.append(littleEndian: UInt16(1))
            block.append(littleEndian: UInt16(0))
            // How long the section is: not known.
            block.append(littleEndian: UInt64.max)
            option(userApplication, Array(program.utf8), into: &block)
            option(endOfOptions, [], into: &block)
        }
        block(interfaceDescription, into: &bytes) { block in
            block.append(littleEndian: rawIP)
            block.append(littleEndian: UInt16(0))
            block.append(littleEndian: snapLength)
            option(resolution, [9], into: &block)
            option(endOfOptions, [], into: &block)
        }
        return bytes
    }

    /// A packet of `length` bytes, which `body` appends.
    static func packet(
        _ length: Int, at time: Int64, comment text: String?, into record: inout [UInt8],
        _ body: (inout [UInt8]) -> Void
    ) {
        record.reserveCapacity(record.count + length + 64 + (text?.utf8.count ?? 0))
        block(enhancedPacket, into: &record) { block in
            block.append(littleEndian: UInt32(0))
            let time = UInt64(max(0, time))
            block.append(littleEndian: UInt32(truncatingIfNeeded: time >> 32))
            block.append(littleEndian: UInt32(truncatingIfNeeded: time))
            block.append(littleEndian: UInt32(length))
            block.append(littleEndian: UInt32(length))
            body(&block)
            pad(&block, after: length)
            guard let text else { return }
            option(comment, Array(text.utf8), into: &block)
            option(endOfOptions, [], into: &block)
        }
    }

    /// A block stands between two copies of its length.
    private static func block(_ type: UInt32, into bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(littleEndian: type)
        bytes.append(littleEndian: UInt32(0))
        body(&bytes)
        let length = UInt32(bytes.count - start + 4)
        bytes.append(littleEndian: length)
        for place in 0..<4 { bytes[start + 4 + place] = UInt8(truncatingIfNeeded: length >> UInt32(8 * place)) }
    }

    private static func option(_ code: UInt16, _ value: [UInt8], into bytes: inout [UInt8]) {
        let value = value.prefix(Int(UInt16.max))
        bytes.append(littleEndian: code)
        bytes.append(littleEndian: UInt16(value.count))
        bytes += value
        pad(&bytes, after: value.count)
    }

    /// Everything begins at a multiple of four.
    private static func pad(_ bytes: inout [UInt8], after length: Int) {
        for _ in 0..<padding(after: length) { bytes.append(0) }
    }

    static func padding(after length: Int) -> Int { (4 - length % 4) % 4 }
}
