/// Addresses that follow upon each other: a single one, or all that have a prefix, as `10.0.0.0/24` says it.
public struct ScanBlock: Sendable, Hashable {
    private let first: IPAddress
    public let count: Int

    public init(_ address: IPAddress) {
        first = address.unmapped
        count = 1
    }

    /// All addresses that begin with the same so many bits as this one, the network's own and the broadcast address too.
    public init(_ address: IPAddress, prefix: Int) throws(AddressError) {
        let address = address.unmapped
        let width = address.family == .v4 ? 32 : 128
        guard (0...width).contains(prefix) else {
            throw AddressError("/\(prefix) is no prefix of \(address); its length is 0 to \(width)")
        }
        guard width - prefix <= 32 else {
            throw AddressError("\(address)/\(prefix) has more addresses than can be tried; from /96 on it can be done")
        }
        count = 1 << (width - prefix)
        let mask = ~UInt128(count - 1)
        first =
            address.family == .v4
            ? IPAddress(v4Bits: address.v4Bits & UInt32(truncatingIfNeeded: mask))
            : IPAddress(v6Bits: address.v6Bits & mask, zone: address.zone)
    }

    public var family: IPAddress.Family { first.family }

    public subscript(index: Int) -> IPAddress {
        if count == 1 { return first }
        return first.family == .v4
            ? IPAddress(v4Bits: first.v4Bits + UInt32(index))
            : IPAddress(v6Bits: first.v6Bits + UInt128(index), zone: first.zone)
    }

    public var last: IPAddress { self[count - 1] }
}
