import Testing

@testable import SockKit

@Suite struct SeededRandomTests {
    @Test func `the same seed and parts give the same numbers, others give others`() {
        func numbers(_ dice: SeededRandom) -> [UInt64] {
            var dice = dice
            return (0..<4).map { _ in dice.next() }
        }
        #expect(numbers(SeededRandom(seed: 1, for: 2, 3)) == numbers(SeededRandom(seed: 1, for: 2, 3)))
        #expect(numbers(SeededRandom(seed: 1, for: 2, 3)) != numbers(SeededRandom(seed: 1, for: 3, 2)))
        #expect(numbers(SeededRandom(seed: 1, for: 2, 3)) != numbers(SeededRandom(seed: 2, for: 2, 3)))
        let all = (0..<16).flatMap { seed in (0..<16).map { numbers(SeededRandom(seed: seed, for: $0)) } }
        #expect(Set(all).count == 256)
    }

    @Test(arguments: [0.5, 0.1, 0.001])
    func `something happens as often as its chance says`(chance: Double) {
        var dice = SeededRandom(seed: 1)
        let count = 20_000
        let misses = (0..<count).reduce(0.0) { sum, _ in sum + Double(dice.misses(before: chance)) }
        let expected = (1 - chance) / chance * Double(count)
        #expect(abs(misses - expected) < expected * 0.05)
        let hits = (0..<count).count { _ in dice.happens(chance) }
        #expect(abs(Double(hits) - chance * Double(count)) < 5 * (chance * Double(count)).squareRoot())
    }

    @Test func `never is never, and always is always`() {
        var dice = SeededRandom(seed: 1)
        #expect(dice.misses(before: 0) == .max && dice.misses(before: 1) == 0)
        // So small that it would vanish beside the 1.
        #expect(dice.misses(before: 1e-17) > 1_000_000_000 && dice.misses(before: .leastNonzeroMagnitude) == .max)
        #expect(!dice.happens(0) && dice.happens(1))
    }

    @Test func `normal numbers have a mean of 0 and a deviation of 1`() {
        var dice = SeededRandom(seed: 1)
        let numbers = (0..<20_000).map { _ in dice.normal() }
        let mean = numbers.reduce(0, +) / 20_000
        let square = numbers.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.05 && abs(square - 1) < 0.05)
    }
}
