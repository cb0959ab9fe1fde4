/// An association of datagrams as UDP packets between a sender and its target. Several of the same ends are one to whoever
/// reads them: packets of UDP have nothing that would tell them apart.
struct DatagramTrack: RecordTrack {
    private let ends: PacketEnds
    /// For the first packet.
    private var comment: String?

    private static let headerLength = 8

    init(_ subject: RecordSubject) {
        ends = PacketEnds(subject)
        comment = "association \(subject.number), \(subject.network) \(subject.client), target \(subject.target)"
    }

    mutating func open(at time: Int64, into record: inout [UInt8]) {}

    mutating func append(
        _ payload: Span<UInt8>, _ direction: RecordDirection, at time: Int64, into record: inout [UInt8]
    ) {
        let length = Self.headerLength + payload.count
        // No packet has room for more, and a Unix socket's datagram that is longer has none. The header counts with IPv4, whose
        // length is that of the packet, and not with IPv6, whose length is that of what it carries.
        guard length + (ends.client.address.family == .v6 ? 0 : ends.headerLength) <= UInt16.max else { return }
        var header: [UInt8] = []
        header.append(bigEndian: ends.sender(direction).port)
        header.append(bigEndian: ends.sender(direction.opposite).port)
        header.append(bigEndian: UInt16(length))
        header += [0, 0]
        var sum = ends.checksum(.udp, length, direction)
        sum.add(header)
        sum.add(payload)
        // Zero says that there is no sum (RFC 768).
        let value = sum.value == 0 ? .max : sum.value
        header[6] = UInt8(truncatingIfNeeded: value)
        header[7] = UInt8(value >> 8)
        Pcapng.packet(ends.headerLength + length, at: time, comment: comment, into: &record) { packet in
            ends.appendHeader(.udp, length, direction, into: &packet)
            packet += header
            packet.append(payload)
        }
        comment = nil
    }

    // Datagrams have no end.
    mutating func end(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8]) {}
    mutating func reset(_ direction: RecordDirection, at time: Int64, into record: inout [UInt8]) {}
}
