import SockKit

/// What many round trips have in common: the fastest, the one in the middle, all but the slowest hundredth, the slowest.
struct RoundTripSummary: Sendable, Hashable {
    var count: Int
    var minimum: Duration
    let median: Duration
    let percentile99: Duration
    var maximum: Duration

    /// Nil where nothing was measured. Each figure is one that was measured: the nearest rank, nothing in between.
    init?(from durations: [Duration]) {
        guard !durations.isEmpty else { return nil }
        let sorted = durations.sorted()
        func rank(_ percent: Int) -> Duration { sorted[(sorted.count * percent + 99) / 100 - 1] }
        count = sorted.count
        minimum = sorted[0]
        median = rank(50)
        percentile99 = rank(99)
        maximum = sorted[sorted.count - 1]
    }

    /// The value of a summary's `round_trip`.
    var value: Measure.Value {
        .group([
            Measure("count", .count(count)), Measure("min", .duration(minimum)), Measure("median", .duration(median)),
            Measure("p99", .duration(percentile99)), Measure("max", .duration(maximum)),
        ])
    }
}
