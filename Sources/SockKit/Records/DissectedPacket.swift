/// A TCP segment or a UDP datagram in a captured packet.
struct DissectedPacket: Sendable {
    struct Segment: Sendable {
        let sequence: UInt32
        let isSynchronizing: Bool
        let isAcknowledging: Bool
        let isPushed: Bool
        let isLast: Bool
        let isReset: Bool
    }

    let source: Endpoint
    let destination: Endpoint
    /// Nil for a datagram.
    let segment: Segment?
    /// Where in the packet its bytes are.
    let payload: Range<Int>
    /// Not all of the bytes were captured.
    let isCut: Bool

    /// Nil for what is neither, or is a part of one only.
    init?(_ packet: Span<UInt8>, _ link: LinkLayer) {
        guard let start = link.networkStart(packet), let header = NetworkHeader(packet, at: start) else { return nil }
        let place = header.end
        // What a frame has behind the packet is padding, and what it lacks was not captured.
        let end = min(header.packetEnd, packet.count)
        let headerLength: Int
        switch header.carried {
        case PacketEnds.Carried.tcp.rawValue:
            guard end - place >= 20 else { return nil }
            headerLength = Int(packet[place + 12] >> 4) * 4
            guard headerLength >= 20 else { return nil }
            let flags = packet[place + 13]
            segment = Segment(
                sequence: packet.bigEndian(UInt32.self, at: place + 4), isSynchronizing: flags & 2 != 0,
                isAcknowledging: flags & 16 != 0, isPushed: flags & 8 != 0, isLast: flags & 1 != 0,
                isReset: flags & 4 != 0)
        case PacketEnds.Carried.udp.rawValue:
            headerLength = 8
            segment = nil
        default: return nil
        }
        guard end - place >= headerLength else { return nil }
        source = .ip(header.source, port: packet.bigEndian(UInt16.self, at: place))
        destination = .ip(header.destination, port: packet.bigEndian(UInt16.self, at: place + 2))
        payload = place + headerLength..<end
        isCut = header.packetEnd > packet.count
    }
}

/// The header of IPv4 or IPv6, with what stands between it and what the packet carries.
private struct NetworkHeader {
    let source: IPAddress
    let destination: IPAddress
    var carried: UInt8
    var end: Int
    let packetEnd: Int

    /// Nil for a fragment of a packet too, and for what is cut off inside the header.
    init?(_ packet: Span<UInt8>, at start: Int) {
        guard packet.count > start else { return nil }
        switch packet[start] >> 4 {
        case 4:
            let length = Int(packet[start] & 15) * 4
            guard length >= 20, packet.count - start >= length else { return nil }
            // More fragments follow, or some came before.
            guard packet.bigEndian(UInt16.self, at: start + 6) & 0x3fff == 0 else { return nil }
            source = IPAddress(v4Bits: packet.bigEndian(UInt32.self, at: start + 12))
            destination = IPAddress(v4Bits: packet.bigEndian(UInt32.self, at: start + 16))
            carried = packet[start + 9]
            end = start + length
            packetEnd = Self.end(packet, from: start, Int(packet.bigEndian(UInt16.self, at: start + 2)))
        case 6:
            guard packet.count - start >= 40 else { return nil }
            source = IPAddress(v6Bits: packet.bigEndian(UInt128.self, at: start + 8))
            destination = IPAddress(v6Bits: packet.bigEndian(UInt128.self, at: start + 24))
            carried = packet[start + 6]
            end = start + 40
            let length = Int(packet.bigEndian(UInt16.self, at: start + 4))
            packetEnd = Self.end(packet, from: start, length == 0 ? 0 : 40 + length)
            guard skipExtensions(packet) else { return nil }
        default: return nil
        }
    }

    /// A length of 0 stands in packets that the network card was to cut into pieces.
    private static func end(_ packet: Span<UInt8>, from start: Int, _ length: Int) -> Int {
        length == 0 ? packet.count : start + length
    }

    /// Headers of options, routing and destination (RFC 8200 section 4).
    private mutating func skipExtensions(_ packet: Span<UInt8>) -> Bool {
        while [0, 43, 60].contains(carried) {
            guard packet.count - end >= 8 else { return false }
            carried = packet[end]
            end += 8 + Int(packet[end + 1]) * 8
        }
        return end <= packet.count
    }
}
