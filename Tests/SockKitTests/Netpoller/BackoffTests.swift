import Testing

import SockKit

@Suite struct BackoffTests {
    @Test func `the ceiling doubles up to the limit and stays there`() {
        var generator = SeededGenerator(seed: 1)
        var backoff = Backoff(first: .milliseconds(500), most: .seconds(3))
        var ceilings: [Duration] = []
        for _ in 0..<6 {
            ceilings.append(backoff.ceiling)
            _ = backoff.next(using: &generator)
        }
        #expect(ceilings == [500, 1000, 2000, 3000, 3000, 3000].map { .milliseconds($0) })
        #expect(backoff.count == 6)
    }

    @Test func `a wait is anything from nothing to the ceiling`() {
        var generator = SeededGenerator(seed: 2)
        var waits: [Duration] = []
        for _ in 0..<400 {
            var backoff = Backoff(first: .seconds(1), most: .seconds(1))
            waits.append(backoff.next(using: &generator))
        }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .seconds(1) })
        #expect(waits.contains { $0 < .milliseconds(100) } && waits.contains { $0 > .milliseconds(900) })
        // Full jitter: the mean is half the ceiling.
        let mean = waits.reduce(.zero, +) / waits.count
        #expect(mean > .milliseconds(440) && mean < .milliseconds(560))
    }

    @Test func `the same randomness gives the same waits`() {
        func waits() -> [Duration] {
            var generator = SeededGenerator(seed: 3)
            var backoff = Backoff(first: .milliseconds(10), most: .seconds(1))
            return (0..<10).map { _ in backoff.next(using: &generator) }
        }
        #expect(waits() == waits())
    }

    @Test func `a reset begins anew`() {
        var generator = SeededGenerator(seed: 4)
        let fresh = Backoff(first: .milliseconds(10), most: .seconds(1))
        var backoff = fresh
        for _ in 0..<5 { _ = backoff.next(using: &generator) }
        #expect(backoff != fresh)
        backoff.reset()
        #expect(backoff == fresh)
    }

    @Test(arguments: [
        (Duration.zero, Duration.seconds(30), 70, Duration.zero), (.seconds(60), .seconds(30), 1, .seconds(30)),
        (.nanoseconds(1), .seconds(9_000_000_000), 200, .seconds(9_000_000_000)),
    ])
    func `extremes neither overflow nor leave the limit`(first: Duration, most: Duration, count: Int, ceiling: Duration)
    {
        var generator = SeededGenerator(seed: 5)
        var backoff = Backoff(first: first, most: most)
        for _ in 0..<count {
            let wait = backoff.next(using: &generator)
            #expect(wait >= .zero && wait <= most)
        }
        #expect(backoff.ceiling == ceiling)
    }
}
