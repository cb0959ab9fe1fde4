/// What stands before the payload of each datagram between a SOCKS5 client and its server (RFC 1928 section 7).
public struct SOCKS5DatagramHeader: Sendable, Hashable {
    public static let subject = "header of a SOCKS5 datagram"
    /// The longest, with a name of 255 bytes.
    public static let longest = fixed + 2 + SOCKSName.longest + 2
    private static let fixed = 3

    /// 0 for a datagram of its own; else which fragment of one it is, and the highest bit marks the last.
    public let fragment: UInt8
    /// On the way to the server where the payload is to go, on the way back where it came from.
    public let destination: SOCKSDestination
    /// How many bytes it has on the wire, or had as it came: a mapped address is longer than what it stands for.
    public let length: Int

    public init(_ destination: SOCKSDestination, fragment: UInt8 = 0) {
        self.destination = destination
        self.fragment = fragment
        length =
            switch destination.host {
            case .address(let address): Self.fixed + 1 + (address.family == .v4 ? 4 : 16) + 2
            case .name(let name): Self.fixed + 2 + name.text.utf8.count + 2
            }
    }

    /// The header that a datagram begins with; its payload is what follows `length`.
    public init(_ datagram: Span<UInt8>) throws(SOCKSFault) {
        guard datagram.count > Self.fixed else { throw SOCKSFault(Self.subject, .cut(datagram.count)) }
        guard datagram[0] == 0, datagram[1] == 0 else {
            throw SOCKSFault(Self.subject, .reserved(datagram[0] == 0 ? datagram[1] : datagram[0]))
        }
        fragment = datagram[2]
        destination = try SOCKSDestination(datagram, from: Self.fixed, of: Self.subject)
        length = try Self.fixed + SOCKSDestination.leastLength(datagram, from: Self.fixed, of: Self.subject)
    }

    /// Appends the header as it goes over the wire.
    public func append(to bytes: inout [UInt8]) {
        bytes += [0, 0, fragment]
        destination.append(to: &bytes)
    }
}
