/// Version 2: sixteen bytes that say what follows, two addresses, and fields.
extension ProxyHeader {
    /// How many bytes follow the first sixteen, once these are known to be right.
    static func blockLength(_ bytes: Span<UInt8>) throws(MessageError) -> UInt16 {
        let (version, command) = (bytes[12] >> 4, bytes[12] & 15)
        guard version == 2 else { throw malformed("it is of version \(version), and only 1 and 2 are known") }
        guard command < 2 else { throw malformed("command \(command) is neither LOCAL (0) nor PROXY (1)") }
        let length = bytes.bigEndian(UInt16.self, at: 14)
        // Of a connection that is the sender's own nothing more is looked at.
        guard command == 1 else { return length }
        let (family, _) = try traits(bytes[13])
        guard length >= family.length else {
            throw malformed("\(length) bytes follow, and its two addresses alone have \(family.length)")
        }
        return length
    }

    /// Reads the whole header, whose first sixteen bytes have been looked at.
    init(block: Span<UInt8>) throws(MessageError) {
        let isLocal = block[12] & 15 == 0
        // What a sender says of its own connection is to be ignored, but for a sum that does not fit.
        let (family, transport) =
            isLocal ? (try? Self.traits(block[13])) ?? (.unspecified, .stream) : try Self.traits(block[13])
        let hasEnds = !isLocal && family != .unspecified
        let start = Self.fixedLength + family.length
        let found: (fields: [Field], checksum: Int?)
        do throws(MessageError) { found = try Self.fields(block, from: start) } catch {
            if hasEnds { throw error }
            found = ([], nil)
        }
        if let place = found.checksum { try Self.check(block, at: place) }
        self.init(
            .two, isLocal: isLocal, hasEnds ? Self.ends(block, family, transport) : nil,
            found.fields.filter { $0.type != Field.checksum })
    }

    /// Only these pairs have a meaning, and no others are to be accepted.
    private static func traits(_ byte: UInt8) throws(MessageError) -> (Family, Traffic) {
        if byte == 0 { return (.unspecified, .stream) }
        guard let family = Family(rawValue: byte >> 4), family != .unspecified,
            let transport = Traffic(rawValue: byte & 15)
        else {
            throw malformed("family \(byte >> 4) with transport \(byte & 15) is none that the protocol has")
        }
        return (family, transport)
    }

    private static func ends(_ block: Span<UInt8>, _ family: Family, _ transport: Traffic) -> Ends {
        let start = fixedLength
        let (source, destination): (Endpoint, Endpoint)
        switch family {
        case .unspecified: (source, destination) = (.unix(.unnamed), .unix(.unnamed))
        case .v4:
            let first = IPAddress(v4Bits: block.bigEndian(UInt32.self, at: start))
            let second = IPAddress(v4Bits: block.bigEndian(UInt32.self, at: start + 4))
            source = .ip(first, port: block.bigEndian(UInt16.self, at: start + 8))
            destination = .ip(second, port: block.bigEndian(UInt16.self, at: start + 10))
        case .v6:
            let first = IPAddress(v6Bits: block.bigEndian(UInt128.self, at: start))
            let second = IPAddress(v6Bits: block.bigEndian(UInt128.self, at: start + 16))
            source = .ip(first, port: block.bigEndian(UInt16.self, at: start + 32))
            destination = .ip(second, port: block.bigEndian(UInt16.self, at: start + 34))
        case .unix:
            source = .unix(unixAddress(block, at: start))
            destination = .unix(unixAddress(block, at: start + Family.pathLength))
        }
        return Ends(source, to: destination, transport)
    }

    private static func unixAddress(_ block: Span<UInt8>, at start: Int) -> UnixAddress {
        var bytes = (start..<start + Family.pathLength).map { block[$0] }
        guard bytes[0] == 0 else { return .path(ByteString(bytes: bytes.prefix { $0 != 0 })) }
        while bytes.last == 0 { bytes.removeLast() }
        return bytes.isEmpty ? .unnamed : .abstract(ByteString(bytes: bytes.dropFirst()))
    }

    // MARK: - Fields

    /// The fields, and where the checksum stands if there is one.
    private static func fields(
        _ block: Span<UInt8>, from first: Int
    ) throws(MessageError) -> (fields: [Field], checksum: Int?) {
        var fields: [Field] = []
        var checksum: Int?
        var start = first
        while start < block.count {
            guard block.count - start >= Field.headLength else {
                throw malformed("field \(fields.count + 1) is cut off: \(block.count - start) bytes of it are there")
            }
            let type = block[start]
            let length = Int(block.bigEndian(UInt16.self, at: start + 1))
            start += Field.headLength
            guard length <= block.count - start else {
                throw malformed(
                    "field \(fields.count + 1) has a length of \(length), and \(block.count - start) bytes are left")
            }
            if type == Field.checksum {
                guard length == 4 else { throw malformed("its checksum has \(length) bytes and not 4") }
                guard checksum == nil else { throw malformed("it has two checksums") }
                checksum = start
            }
            fields.append(Field(type, (start..<start + length).map { block[$0] }))
            start += length
        }
        return (fields, checksum)
    }

    /// The sum is that of all the header, in which it is zero itself.
    private static func check(_ block: Span<UInt8>, at place: Int) throws(MessageError) {
        var sum = CRC32C()
        sum.add(block.extracting(first: place))
        sum.add([0, 0, 0, 0].span)
        sum.add(block.extracting(droppingFirst: place + 4))
        guard sum.value == block.bigEndian(UInt32.self, at: place) else {
            throw malformed("its checksum does not fit: it was changed on its way")
        }
    }

    private static func malformed(_ text: String) -> MessageError { MessageError(.malformed, subject, text) }
}
