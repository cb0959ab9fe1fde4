/// Counts how often each length of time was met, in memory that does not grow, to within half a percent.
///
/// Each power of two nanoseconds has 128 counters of equal width, up to 146 years; count, sum and both ends are exact.
public struct LatencyHistogram: Sendable, Equatable {
    /// One more than the last counter that an Int64 can need.
    private static let size = 56 * 128 + 128

    private var counters: [Int]
    public private(set) var count = 0
    private var sum: Int128 = 0
    private var least = Int64.max
    private var most = Int64.min

    public init() {
        counters = Array(repeating: 0, count: Self.size)
    }

    public mutating func record(_ time: Duration) { record(nanoseconds: time.wholeNanoseconds) }

    /// As `record`, for those who count a million a second. What is outside the range counts as its nearest end.
    public mutating func record(nanoseconds: Int64) {
        let time = min(max(nanoseconds, 0), .max / 2)
        counters[Self.index(of: time)] += 1
        count += 1
        sum += Int128(time)
        least = min(least, time)
        most = max(most, time)
    }

    /// Adds what another has counted.
    public static func += (total: inout LatencyHistogram, other: LatencyHistogram) {
        for index in total.counters.indices { total.counters[index] += other.counters[index] }
        total.count += other.count
        total.sum += other.sum
        total.least = min(total.least, other.least)
        total.most = max(total.most, other.most)
    }

    public var minimum: Duration? { count > 0 ? .nanoseconds(least) : nil }
    public var maximum: Duration? { count > 0 ? .nanoseconds(most) : nil }
    public var mean: Duration? { count > 0 ? .nanoseconds(Int64(sum / Int128(count))) : nil }

    /// The time that so many of ten thousand are at most: 9,990 for the 99.9th percentile, by the nearest rank.
    public func time(at share: Int) -> Duration? {
        guard count > 0 else { return nil }
        let rank = max(1, (Int128(count) * Int128(share) + 9_999) / 10_000)
        if rank >= count { return maximum }
        var seen: Int128 = 0
        for (index, number) in counters.enumerated() where number > 0 {
            seen += Int128(number)
            if seen >= rank { return .nanoseconds(min(max(Self.middle(of: index), least), most)) }
        }
        return maximum
    }

    /// Every counter that has counted something, with the first nanosecond that it counts and the first that it does not.
    public func forEachSpan(_ body: (_ span: Range<Int64>, _ count: Int) -> Void) {
        for (index, number) in counters.enumerated() where number > 0 {
            let first = Self.first(of: index)
            body(first..<first + (1 << Self.shift(of: index)), number)
        }
    }

    // MARK: - Counters

    private static func index(of time: Int64) -> Int {
        guard time >= 256 else { return Int(time) }
        let shift = 56 - time.leadingZeroBitCount
        return shift * 128 + Int(time >> Int64(shift))
    }

    private static func shift(of index: Int) -> Int64 { Int64(index < 256 ? 0 : index / 128 - 1) }

    private static func first(of index: Int) -> Int64 {
        let shift = shift(of: index)
        return Int64(index - Int(shift) * 128) << shift
    }

    private static func middle(of index: Int) -> Int64 { first(of: index) + (1 << shift(of: index)) / 2 }
}
