/// Round trips in short: how many there were, and how they are spread.
struct RoundTrips: Sendable, Hashable {
    let count: Int
    let minimum: Duration
    let median: Duration
    /// Of a hundred, ninety-nine took no longer.
    let percentile99: Duration
    let maximum: Duration

    /// Nil where there were none.
    init?(_ times: [Duration]) {
        let sorted = times.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = sorted.count
        minimum = first
        median = sorted[(sorted.count - 1) / 2]
        percentile99 = sorted[(sorted.count * 99 + 99) / 100 - 1]
        maximum = last
    }

    var text: String {
        guard count > 1 else { return Quantity.duration(median) }
        return "min \(Quantity.duration(minimum)), median \(Quantity.duration(median)), "
            + "p99 \(Quantity.duration(percentile99)), max \(Quantity.duration(maximum))"
    }

    var json: JSONValue {
        .object([
            .init("count", .integer(count)), .init("min", .seconds(minimum)), .init("median", .seconds(median)),
            .init("p99", .seconds(percentile99)), .init("max", .seconds(maximum)),
        ])
    }
}
