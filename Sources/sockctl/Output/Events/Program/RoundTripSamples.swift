import SockKit

/// Collects round trips in bounded memory: the count and both ends exactly, the ranks from an even choice of them once
/// there are more than half a million.
struct RoundTripSamples: Sendable {
    private static let most = 1 << 19

    private var kept: [Duration] = []
    /// One in so many is kept.
    private var stride = 1
    private var count = 0
    private var minimum = Duration.zero
    private var maximum = Duration.zero

    mutating func add(_ time: Duration) {
        if count == 0 { (minimum, maximum) = (time, time) }
        minimum = min(minimum, time)
        maximum = max(maximum, time)
        if count % stride == 0 {
            if kept.count == Self.most { thinOut() }
            kept.append(time)
        }
        count += 1
    }

    /// Nil where nothing was measured.
    var summary: RoundTripSummary? {
        var summary = RoundTripSummary(from: kept)
        summary?.count = count
        summary?.minimum = minimum
        summary?.maximum = maximum
        return summary
    }

    private mutating func thinOut() {
        kept = kept.indices.filter { $0 % 2 == 0 }.map { kept[$0] }
        stride *= 2
    }
}
