/// The peers that many rules name, ready to be asked about one at a time: the cost of that hardly grows with the rules.
public struct AddressSet: Sendable {
    private var v4: RangeTable<UInt32>
    private var octets: OctetIndex
    private var v6: RangeTable<UInt128>
    /// Rules that are about one interface.
    private var zones: [String: RangeTable<UInt128>]
    private let users: Set<UInt32>
    private let groups: Set<UInt32>
    /// Of how many rules it is made.
    public let count: Int

    /// A pattern of octets that is no more ranges than these stands among the ranges.
    private static let fewRanges = 8

    /// Of rules without names, which have no addresses yet: they are passed over.
    public init(_ rules: [AddressRule]) {
        var (v4, v6): ([ClosedRange<UInt32>], [ClosedRange<UInt128>]) = ([], [])
        var zones: [String: [ClosedRange<UInt128>]] = [:]
        var patterns: [OctetPattern] = []
        var (users, groups): (Set<UInt32>, Set<UInt32>) = ([], [])
        for rule in rules {
            switch rule {
            case .network(let address, let bits) where address.family == .v4:
                v4.append(Self.range(address.v4Bits, bits: bits, of: 32))
            case .network(let address, let bits):
                let range = Self.range(address.v6Bits, bits: bits, of: 128)
                if let zone = address.zone { zones[zone, default: []].append(range) } else { v6.append(range) }
            case .octets(let pattern):
                if let ranges = pattern.ranges(atMost: Self.fewRanges) {
                    v4 += ranges
                } else {
                    patterns.append(pattern)
                }
            case .user(let user): users.insert(user)
            case .group(let group): groups.insert(group)
            case .name: continue
            }
        }
        count = rules.count
        self.v4 = RangeTable(v4)
        self.v6 = RangeTable(v6)
        self.zones = zones.mapValues { RangeTable($0) }
        octets = OctetIndex(patterns)
        (self.users, self.groups) = (users, groups)
    }

    private static func range<Value: FixedWidthInteger>(_ value: Value, bits: Int, of whole: Int) -> ClosedRange<Value>
    {
        let rest: Value = bits == 0 ? .max : (1 << Value(whole - bits)) - 1
        return value & ~rest...value | rest
    }

    /// Whether a rule names the address. A mapped IPv4 address counts as what it stands for.
    public func contains(_ address: IPAddress) -> Bool {
        var looks = 0
        return contains(address, looks: &looks)
    }

    /// As `contains`; `looks` counts the comparisons.
    func contains(_ address: IPAddress, looks: inout Int) -> Bool {
        let plain = address.unmapped
        if plain.family == .v4 {
            return v4.contains(plain.v4Bits, looks: &looks) || octets.contains(plain.v4Bits, looks: &looks)
        }
        if v6.contains(plain.v6Bits, looks: &looks) { return true }
        return plain.zone.flatMap { zones[$0] }?.contains(plain.v6Bits, looks: &looks) ?? false
    }

    /// Whether a rule names a process by its user or its group.
    public func contains(user: UInt32, group: UInt32) -> Bool { users.contains(user) || groups.contains(group) }
}

/// Ranges that do not touch each other, in their order.
struct RangeTable<Value: FixedWidthInteger & Sendable>: Sendable {
    private var starts: [Value] = []
    private var ends: [Value] = []

    init(_ ranges: [ClosedRange<Value>]) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let end = ends.last, end == .max || range.lowerBound <= end + 1 {
                ends[ends.count - 1] = max(end, range.upperBound)
            } else {
                starts.append(range.lowerBound)
                ends.append(range.upperBound)
            }
        }
    }

    var count: Int { starts.count }

    func contains(_ value: Value, looks: inout Int) -> Bool {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            looks += 1
            if starts[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low > 0 && value <= ends[low - 1]
    }
}
