/// The two ends of a connection as IP addresses of one family, made up where they have none, and the headers between them.
///
/// An IPv4 address beside an IPv6 one is written in its mapped form. An end of a Unix or vsock socket gets an address of
/// those that documentation is full of, `192.0.2.1` for a client and `192.0.2.2` for a target, `2001:db8::1` and
/// `2001:db8::2` beside an IPv6 address: port 1 for a target, and for a client one that tells connections apart.
struct PacketEnds: Sendable, Hashable {
    struct End: Sendable, Hashable {
        let address: IPAddress
        let port: UInt16
    }

    let client: End
    let target: End

    init(_ subject: RecordSubject) {
        let isV6 = [subject.client, subject.target].contains { $0.address?.family == .v6 }
        // Ports below 1024 belong to services.
        let port = UInt16(1024 + (max(1, subject.number) - 1) % (65536 - 1024))
        client = Self.end(subject.client, isV6: isV6, standIn: 1, port: port)
        target = Self.end(subject.target, isV6: isV6, standIn: 2, port: 1)
    }

    private static func end(_ endpoint: Endpoint, isV6: Bool, standIn: UInt8, port: UInt16) -> End {
        switch endpoint {
        case .ip(let address, let port):
            return End(address: isV6 ? IPAddress(v6Bits: address.v6Bits) : address, port: port)
        case .unix, .vsock:
            let documented =
                isV6
                ? IPAddress(v6Bits: 0x2001_0db8 << 96 | UInt128(standIn)) : IPAddress(v4: 192, 0, 2, standIn)
            return End(address: documented, port: port)
        }
    }

    func sender(_ direction: RecordDirection) -> End { direction == .up ? client : target }

    // MARK: - Headers

    enum Carried: UInt8 {
        case tcp = 6
        case udp = 17
    }

    /// How long the IP header is.
    var headerLength: Int { client.address.family == .v4 ? 20 : 40 }

    /// Appends an IP header before `length` bytes of what it carries.
    func appendHeader(_ carried: Carried, _ length: Int, _ direction: RecordDirection, into packet: inout [UInt8]) {
        let (from, to) = (sender(direction).address, sender(direction.opposite).address)
        guard from.family == .v4 else {
            packet.append(bigEndian: UInt32(6) << 28)
            packet.append(bigEndian: UInt16(length))
            packet += [carried.rawValue, Self.hopLimit]
            packet.append(bigEndian: from.v6Bits)
            packet.append(bigEndian: to.v6Bits)
            return
        }
        var header: [UInt8] = [0x45, 0]
        header.append(bigEndian: UInt16(20 + length))
        // Not a fragment, and not to be made one: the identification means nothing then (RFC 6864).
        header += [0, 0, 0x40, 0, Self.hopLimit, carried.rawValue, 0, 0]
        header.append(bigEndian: from.v4Bits)
        header.append(bigEndian: to.v4Bits)
        var sum = InternetChecksum()
        sum.add(header)
        header[10] = UInt8(truncatingIfNeeded: sum.value)
        header[11] = UInt8(sum.value >> 8)
        packet += header
    }

    /// The sum of the header that TCP and UDP count in, which is never sent.
    func checksum(_ carried: Carried, _ length: Int, _ direction: RecordDirection) -> InternetChecksum {
        var pseudo: [UInt8] = []
        for address in [sender(direction).address, sender(direction.opposite).address] {
            if address.family == .v4 {
                pseudo.append(bigEndian: address.v4Bits)
            } else {
                pseudo.append(bigEndian: address.v6Bits)
            }
        }
        pseudo.append(bigEndian: UInt32(length))
        pseudo.append(bigEndian: UInt32(carried.rawValue))
        var sum = InternetChecksum()
        sum.add(pseudo)
        return sum
    }

    private static let hopLimit: UInt8 = 64
}
