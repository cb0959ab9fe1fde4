/// Where a client of SOCKS wants to go, or which end a server speaks of: an address or a name, and a port.
public struct SOCKSDestination: Sendable, Hashable, CustomStringConvertible {
    /// Where it is.
    public enum Host: Sendable, Hashable {
        /// An address; never one that is mapped, which goes as the IPv4 address that it stands for.
        case address(IPAddress)
        case name(SOCKSName)
    }

    public let host: Host
    public let port: UInt16

    /// An address, without its zone; one that is mapped goes as the IPv4 address that it stands for.
    public init(_ address: IPAddress, port: UInt16) {
        let plain = address.unmapped
        host = .address(plain.family == .v4 ? plain : IPAddress(v6Bits: plain.v6Bits))
        self.port = port
    }

    /// A name for the server to look up.
    public init(_ name: SOCKSName, port: UInt16) {
        host = .name(name)
        self.port = port
    }

    /// 0.0.0.0:0, which means none in particular.
    public static let none = SOCKSDestination(.v4Any, port: 0)

    /// As a person types it.
    public var description: String {
        switch host {
        case .address(let address): Endpoint.ip(address, port: port).description
        case .name(let name): Destination(place: .host(name.text, service: String(port))).description
        }
    }
}

extension SOCKSDestination {
    // RFC 1928 section 5: the type of an address.
    private static let v4: UInt8 = 1
    private static let name: UInt8 = 3
    private static let v6: UInt8 = 4

    /// How long the address that begins at `start` is with its type and port, or at least is.
    static func leastLength(
        _ bytes: Span<UInt8>, from start: Int, of subject: String
    ) throws(SOCKSFault) -> Int {
        guard bytes.count > start else { return 1 }
        switch bytes[start] {
        case v4: return 1 + 4 + 2
        case v6: return 1 + 16 + 2
        case name:
            guard bytes.count > start + 1 else { return 2 }
            guard bytes[start + 1] > 0 else { throw SOCKSFault(subject, .empty("host's name")) }
            return 2 + Int(bytes[start + 1]) + 2
        default: throw SOCKSFault(subject, .addressType(bytes[start]))
        }
    }

    /// The address that goes from `start` to the end of the bytes, or to that of its length.
    init(_ bytes: Span<UInt8>, from start: Int, of subject: String) throws(SOCKSFault) {
        let end = try start + Self.leastLength(bytes, from: start, of: subject)
        guard end <= bytes.count else { throw SOCKSFault(subject, .cut(bytes.count)) }
        port = bytes.bigEndian(at: end - 2)
        switch bytes[start] {
        case Self.v4: host = .address(IPAddress(v4Bits: bytes.bigEndian(at: start + 1)))
        case Self.v6: host = .address(IPAddress(v6Bits: bytes.bigEndian(at: start + 1)).unmapped)
        default:
            guard let name = SOCKSName(utf8: bytes.extracting(start + 2..<end - 2)) else {
                throw SOCKSFault(subject, .badName)
            }
            host = .name(name)
        }
    }

    func append(to bytes: inout [UInt8]) {
        switch host {
        case .address(let address) where address.family == .v4:
            bytes.append(Self.v4)
            bytes.append(bigEndian: address.v4Bits)
        case .address(let address):
            bytes.append(Self.v6)
            bytes.append(bigEndian: address.v6Bits)
        case .name(let name):
            bytes += [Self.name, UInt8(name.text.utf8.count)]
            bytes += name.text.utf8
        }
        bytes.append(bigEndian: port)
    }
}

extension Span<UInt8> {
    /// The number that begins at `start`, its highest byte first.
    func bigEndian<Number: FixedWidthInteger>(at start: Int) -> Number {
        var value: Number = 0
        for index in start..<start + Number.bitWidth / 8 { value = value << 8 | Number(self[index]) }
        return value
    }
}

extension [UInt8] {
    /// Appends a number, its highest byte first.
    mutating func append(bigEndian number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
