/// An IPv4 or IPv6 address; an IPv6 one may have a zone (`fe80::1%eth0`).
///
/// Two addresses are equal if family, bits and zone are: `::ffff:1.2.3.4` is not `1.2.3.4` until it is `unmapped`.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// A version of the Internet Protocol.
    public enum Family: Sendable, Hashable {
        case v4, v6
    }

    // Two halves, the smallest field last: a whole one would round the size of every endpoint up to a multiple of 16,
    // and a server keeps one for each connection.
    private let high: UInt64
    private let low: UInt64
    /// The interface, by name or number, in which a link-local IPv6 address has its meaning; never empty.
    public let zone: String?
    /// The version of IP that the address belongs to.
    public let family: Family

    /// The address as IPv6, an IPv4 address in its mapped form `::ffff:a.b.c.d`.
    public var v6Bits: UInt128 {
        UInt128(high) << 64 | UInt128(low)
    }

    /// The IPv4 address `a.b.c.d`.
    public init(v4 a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        self.init(v4Bits: UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d))
    }

    /// The IPv4 address with this value in host order: 127.0.0.1 is `0x7f000001`.
    public init(v4Bits: UInt32) {
        family = .v4
        high = 0
        low = UInt64(truncatingIfNeeded: Self.mappedPrefix) | UInt64(v4Bits)
        zone = nil
    }

    /// The IPv6 address with this value in host order: `::1` is 1. An empty zone counts as none.
    public init(v6Bits: UInt128, zone: String? = nil) {
        family = .v6
        high = UInt64(truncatingIfNeeded: v6Bits >> 64)
        low = UInt64(truncatingIfNeeded: v6Bits)
        self.zone = zone == "" ? nil : zone
    }

    /// The IPv4 address in host order; 0 for an IPv6 address.
    public var v4Bits: UInt32 {
        family == .v4 ? UInt32(truncatingIfNeeded: v6Bits) : 0
    }

    /// Whether this is an IPv6 address that stands for an IPv4 one (`::ffff:a.b.c.d`).
    public var isV4Mapped: Bool {
        family == .v6 && v6Bits >> 32 == Self.mappedPrefix >> 32
    }

    /// The IPv4 address that a mapped one stands for; any other address as it is.
    public var unmapped: IPAddress {
        isV4Mapped ? IPAddress(v4Bits: UInt32(truncatingIfNeeded: v6Bits)) : self
    }

    /// Whether it names this machine: 127.0.0.0/8 or `::1`. A mapped address counts as what it stands for.
    public var isLoopback: Bool {
        let plain = unmapped
        return plain.family == .v4 ? plain.v4Bits >> 24 == 127 : v6Bits == 1
    }

    /// Whether it is 0.0.0.0 or `::`. A mapped address counts as what it stands for.
    public var isUnspecified: Bool {
        let plain = unmapped
        return plain.family == .v4 ? plain.v4Bits == 0 : v6Bits == 0
    }

    /// Whether it names a group: 224.0.0.0/4 or ff00::/8. A mapped address counts as what it stands for.
    public var isMulticast: Bool {
        let plain = unmapped
        return plain.family == .v4 ? plain.v4Bits >> 28 == 0xe : v6Bits >> 120 == 0xff
    }

    /// Whether it is valid on one link only: 169.254.0.0/16 or fe80::/10. A mapped address counts as what it stands for.
    public var isLinkLocal: Bool {
        let plain = unmapped
        return plain.family == .v4 ? plain.v4Bits >> 16 == 0xa9fe : v6Bits >> 118 == 0xfe80 >> 6
    }

    /// 127.0.0.1
    public static let v4Loopback = IPAddress(v4: 127, 0, 0, 1)
    /// `::1`
    public static let v6Loopback = IPAddress(v6Bits: 1)
    /// 0.0.0.0: every IPv4 interface.
    public static let v4Any = IPAddress(v4Bits: 0)
    /// `::`: every interface.
    public static let v6Any = IPAddress(v6Bits: 0)

    private static let mappedPrefix: UInt128 = 0xffff_0000_0000
}
