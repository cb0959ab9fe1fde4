import SockKit
import Testing

@Suite struct LatencyHistogramTests {
    private static let shares = [1, 5000, 9000, 9900, 9990, 10_000]

    @Test(arguments: 1...5)
    func `each percentile is within half a percent of the one of all times sorted`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var histogram = LatencyHistogram()
        // Spread over seven powers of ten, as a server's are that now and then stands still.
        let times = (0..<20_000).map { _ in Int64.random(in: 1...9, using: &generator) * power(&generator) }
        for time in times { histogram.record(nanoseconds: time) }
        let sorted = times.sorted()
        for share in Self.shares {
            let exact = Double(sorted[(sorted.count * share + 9_999) / 10_000 - 1])
            let found = try #require(histogram.time(at: share)).seconds * 1e9
            #expect((found - exact).magnitude <= exact * 0.005, "\(share): \(found) instead of \(exact)")
        }
    }

    private func power(_ generator: inout SeededGenerator) -> Int64 {
        (0..<Int.random(in: 0...7, using: &generator)).reduce(1) { product, _ in product * 10 }
    }

    @Test func `count, mean and both ends are exact`() {
        var histogram = LatencyHistogram()
        for time: Int64 in [1_000_003, 17, 3_600_000_000_000] { histogram.record(nanoseconds: time) }
        #expect(histogram.count == 3)
        #expect(histogram.minimum == .nanoseconds(17) && histogram.maximum == .seconds(3600))
        #expect(histogram.mean == .nanoseconds((1_000_003 + 17 + 3_600_000_000_000) / 3))
        // No percentile is outside what was measured.
        #expect(histogram.time(at: 1) == .nanoseconds(17) && histogram.time(at: 10_000) == .seconds(3600))
    }

    @Test func `one that has counted nothing says nothing`() {
        let histogram = LatencyHistogram()
        #expect(histogram.minimum == nil && histogram.maximum == nil && histogram.mean == nil)
        #expect(histogram.time(at: 5000) == nil)
    }

    @Test func `times that no clock shows are counted at the nearest end`() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: .min)
        histogram.record(nanoseconds: .max)
        histogram.record(.seconds(Int64.max))
        #expect(histogram.count == 3 && histogram.minimum == .zero)
        var spans = 0
        histogram.forEachSpan { span, _ in spans += span.isEmpty ? 0 : 1 }
        #expect(spans == 2)
    }

    @Test func `the sum of two is the histogram of both`() {
        var (one, other, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for time: Int64 in stride(from: 3, to: 5_000_000, by: 777) {
            if time % 2 == 0 { one.record(nanoseconds: time) } else { other.record(nanoseconds: time) }
            both.record(nanoseconds: time)
        }
        one += other
        #expect(one == both)
    }

    @Test func `every time is in the span that counts it, and the spans lie side by side`() {
        var last: Int64 = 0
        for bits in 0..<62 {
            for offset: Int64 in [0, (1 << bits) / 3, (1 << bits) - 1] {
                var histogram = LatencyHistogram()
                let time = (1 << bits) + offset
                histogram.record(nanoseconds: time)
                histogram.forEachSpan { span, count in
                    #expect(span.contains(time) && count == 1)
                    #expect(Double(span.count) <= max(1, Double(span.lowerBound) / 128))
                    #expect(span.lowerBound >= last)
                    last = span.lowerBound
                }
            }
        }
    }
}
