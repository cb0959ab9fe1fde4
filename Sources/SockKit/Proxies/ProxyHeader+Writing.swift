/// The header as it goes over the wire.
extension ProxyHeader {
    public var bytes: [UInt8] {
        switch version {
        case .one: Array((text + "\r\n").utf8)
        case .two: block
        }
    }

    /// Version 1 speaks of TCP alone; anything else is unknown to it.
    private var text: String {
        guard let ends, ends.transport == .stream, let (from, to) = Self.addresses(ends) else { return "PROXY UNKNOWN" }
        let family = from.address.family == .v4 ? "TCP4" : "TCP6"
        return "PROXY \(family) \(from.address) \(to.address) \(from.port) \(to.port)"
    }

    /// Both ends in one family, an IPv4 address in its mapped form beside one of IPv6; nil where one is no IP address.
    /// A zone means nothing to another machine.
    private static func addresses(
        _ ends: Ends
    ) -> (from: (address: IPAddress, port: UInt16), to: (address: IPAddress, port: UInt16))? {
        guard case .ip(let from, let fromPort) = ends.source, case .ip(let to, let toPort) = ends.destination else {
            return nil
        }
        guard from.family == .v6 || to.family == .v6 else { return ((from, fromPort), (to, toPort)) }
        return ((IPAddress(v6Bits: from.v6Bits), fromPort), (IPAddress(v6Bits: to.v6Bits), toPort))
    }

    // MARK: - Version 2

    private var block: [UInt8] {
        let (family, addresses) = isLocal ? (.unspecified, []) : self.addresses
        var bytes = Self.signature
        bytes.append(isLocal ? 0x20 : 0x21)
        bytes.append(family == .unspecified ? 0 : family.rawValue << 4 | (ends?.transport ?? .stream).rawValue)
        let others = fields.filter { $0.type != Field.checksum }
        let checksum = Field(Field.checksum, [0, 0, 0, 0])
        let length = (others + [checksum]).reduce(addresses.count) { $0 + Field.headLength + $1.value.count }
        precondition(length <= UInt16.max, "a PROXY header has 65,535 bytes behind its first 16 at most")
        bytes.append(bigEndian: UInt16(length))
        bytes += addresses
        for field in others + [checksum] {
            bytes.append(field.type)
            bytes.append(bigEndian: UInt16(field.value.count))
            bytes += field.value
        }
        // The sum is that of all the header, in which it is zero itself.
        var sum: [UInt8] = []
        sum.append(bigEndian: CRC32C.of(bytes.span))
        bytes.replaceSubrange(bytes.count - sum.count..<bytes.count, with: sum)
        return bytes
    }

    private var addresses: (Family, [UInt8]) {
        guard let ends else { return (.unspecified, []) }
        var bytes: [UInt8] = []
        if case .unix(let source) = ends.source, case .unix(let destination) = ends.destination {
            return (.unix, Self.path(source) + Self.path(destination))
        }
        guard let (from, to) = Self.addresses(ends) else { return (.unspecified, []) }
        let family = from.address.family
        for address in [from.address, to.address] {
            switch family {
            case .v4: bytes.append(bigEndian: address.v4Bits)
            case .v6: bytes.append(bigEndian: address.v6Bits)
            }
        }
        bytes.append(bigEndian: from.port)
        bytes.append(bigEndian: to.port)
        return (family == .v4 ? .v4 : .v6, bytes)
    }

    /// As `sun_path` has it: an abstract name behind a zero, and zeros to the end.
    private static func path(_ address: UnixAddress) -> [UInt8] {
        let name =
            switch address {
            case .path(let path): path.bytes
            case .abstract(let name): [0] + name.bytes
            case .unnamed: [UInt8]()
            }
        let kept = name.prefix(Family.pathLength)
        return kept + [UInt8](repeating: 0, count: Family.pathLength - kept.count)
    }
}
