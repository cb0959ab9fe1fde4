/// Reads a pcapng file block by block: any number of sections and interfaces, in either byte order.
struct PcapngReader: RecordParser {
    private struct Interface {
        let link: LinkLayer?
        let linkType: UInt16
        var resolution = CaptureClock.microseconds
        /// In seconds, to be added to each time.
        var offset: Int64 = 0
    }

    private var assembler: ConversationAssembler
    private let longestBlock: Int
    private var isLittleEndian = true
    private var interfaces: [Interface] = []
    private var hasSection = false
    private var pending: [UInt8] = []
    /// How much of a block that says nothing to us is still to come.
    private var skipped = 0
    private var blocks = 0

    private static let mostInterfaces = 4096

    init(_ limits: RecordLimits) {
        assembler = ConversationAssembler(limits)
        longestBlock = limits.packet + (1 << 17)
    }

    mutating func push(_ bytes: Span<UInt8>) throws(MessageError) {
        pending.append(bytes)
        var start = 0
        while let block = try nextBlock(from: start) {
            start = block.upperBound
        }
        pending.removeFirst(min(start, pending.count))
    }

    mutating func finish() throws(MessageError) -> Recording {
        guard pending.isEmpty, skipped == 0 else { throw fault(.malformed, "the file ends inside it") }
        return try assembler.finish()
    }

    /// Takes the block that begins there, if all of it has come.
    private mutating func nextBlock(from start: Int) throws(MessageError) -> Range<Int>? {
        let left = pending.count - start
        if skipped > 0 {
            let gone = min(skipped, left)
            skipped -= gone
            return gone > 0 ? start..<start + gone : nil
        }
        guard left >= 12 else { return nil }
        var type = number(UInt32.self, at: start)
        if pending.span.bigEndian(UInt32.self, at: start) == Pcapng.sectionHeader {
            type = Pcapng.sectionHeader
            try readByteOrder(at: start + 8)
        }
        guard hasSection || type == Pcapng.sectionHeader else { throw fault(.malformed, "no section begins before it") }
        let length = Int(number(UInt32.self, at: start + 4))
        guard length >= 12, length % 4 == 0 else {
            throw fault(.malformed, "its length is \(length), which is no length of a block")
        }
        if length > longestBlock {
            guard !Self.known.contains(type) else {
                throw fault(.tooLong, "it has \(length) bytes, beyond the limit of \(longestBlock)")
            }
            skipped = length
            blocks += 1
            return start..<start
        }
        guard left >= length else { return nil }
        let block = start..<start + length
        guard Int(number(UInt32.self, at: block.upperBound - 4)) == length else {
            throw fault(.malformed, "its two lengths differ")
        }
        try take(type, block.lowerBound + 8..<block.upperBound - 4)
        blocks += 1
        return block
    }

    private static let known: Set<UInt32> = [
        Pcapng.sectionHeader, Pcapng.interfaceDescription, Pcapng.obsoletePacket, Pcapng.simplePacket,
        Pcapng.enhancedPacket,
    ]

    private mutating func take(_ type: UInt32, _ body: Range<Int>) throws(MessageError) {
        switch type {
        case Pcapng.sectionHeader:
            guard body.count >= 16 else { throw fault(.malformed, "it is too short for a section's") }
            let major = number(UInt16.self, at: body.lowerBound + 4)
            guard major == 1 else { throw fault(.malformed, "it is of version \(major), and only 1 is known") }
            (hasSection, interfaces) = (true, [])
        case Pcapng.interfaceDescription: try readInterface(body)
        case Pcapng.enhancedPacket: try readPacket(body)
        case Pcapng.obsoletePacket, Pcapng.simplePacket:
            throw fault(.malformed, "its packet is of a kind without a time, or out of use: write the capture anew")
        default: break
        }
    }

    private mutating func readByteOrder(at place: Int) throws(MessageError) {
        switch pending.span.littleEndian(UInt32.self, at: place) {
        case Pcapng.byteOrderMagic: isLittleEndian = true
        case Pcapng.byteOrderMagic.byteSwapped: isLittleEndian = false
        default: throw fault(.malformed, "it begins a section, and does not say in which byte order")
        }
    }

    // MARK: - Interfaces

    private mutating func readInterface(_ body: Range<Int>) throws(MessageError) {
        guard body.count >= 8 else { throw fault(.malformed, "it is too short for an interface's") }
        guard interfaces.count < Self.mostInterfaces else {
            throw fault(.tooLong, "there are more than \(Self.mostInterfaces) interfaces")
        }
        let type = number(UInt16.self, at: body.lowerBound)
        var interface = Interface(link: LinkLayer(type: UInt32(type)), linkType: type)
        var place = body.lowerBound + 8
        while body.upperBound - place >= 4 {
            let code = number(UInt16.self, at: place)
            let length = Int(number(UInt16.self, at: place + 2))
            place += 4
            guard code != Pcapng.endOfOptions else { break }
            guard length <= body.upperBound - place else { throw fault(.malformed, "an option in it is cut off") }
            switch (code, length) {
            case (Pcapng.resolution, 1):
                guard let clock = CaptureClock(resolution: pending[place]) else {
                    throw fault(.malformed, "its clock counts in units that no clock has")
                }
                interface.resolution = clock
            case (Pcapng.timeOffset, 8): interface.offset = Int64(bitPattern: number(UInt64.self, at: place))
            default: break
            }
            place += length + Pcapng.padding(after: length)
        }
        interfaces.append(interface)
    }

    // MARK: - Packets

    private mutating func readPacket(_ body: Range<Int>) throws(MessageError) {
        guard body.count >= 20 else { throw fault(.malformed, "it is too short for a packet's") }
        let index = Int(number(UInt32.self, at: body.lowerBound))
        guard index < interfaces.count else { throw fault(.malformed, "interface \(index) was never described") }
        let interface = interfaces[index]
        let time =
            UInt64(number(UInt32.self, at: body.lowerBound + 4)) << 32
            | UInt64(number(UInt32.self, at: body.lowerBound + 8))
        let captured = Int(number(UInt32.self, at: body.lowerBound + 12))
        let length = Int(number(UInt32.self, at: body.lowerBound + 16))
        let start = body.lowerBound + 20
        guard captured <= body.upperBound - start else { throw fault(.malformed, "its packet is longer than it is") }
        guard let link = interface.link else {
            throw fault(
                .malformed,
                "its packets are of link type \(interface.linkType), and only Ethernet, raw IP and Linux's own are known"
            )
        }
        guard let moment = interface.resolution.nanoseconds(time, offset: interface.offset) else {
            throw fault(.malformed, "its time is beyond all clocks")
        }
        let bytes = pending
        try assembler.take(
            bytes.span.extracting(start..<start + captured), isWhole: captured >= length, link, at: moment)
    }

    private func number<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type, at place: Int) -> Number {
        isLittleEndian ? pending.span.littleEndian(type, at: place) : pending.span.bigEndian(type, at: place)
    }

    private func fault(_ kind: MessageError.Kind, _ text: String) -> MessageError {
        RecordingBuilder.fault(kind, "block \(blocks + 1): \(text)")
    }
}
