import Glibc

/// All that one seed decides: the order of events, what calls give, who is disturbed, and the time.
///
/// The same seed decides the same again, since there is one thread and nothing asks the real clock.
final class Chance: Sendable {
    // Invariant: the simulation has one thread, the loop's.
    nonisolated(unsafe) private var state: UInt64
    /// Of all that was decided and of what came of it: two runs of a seed have to agree.
    nonisolated(unsafe) private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    /// Waits of the loop, calls, and operations that ended.
    nonisolated(unsafe) private(set) var steps = 0
    /// The time, in nanoseconds. It stands still while tasks run, and leaps where all of them wait.
    nonisolated(unsafe) private(set) var now: Int64 = 1_000_000_000

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    /// xorshift64*
    private func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        let value = state &* 0x2545_f491_4f6c_dd1d
        note(value)
        return value
    }

    /// A number from 0 to `limit - 1`.
    func below(_ limit: Int) -> Int { Int(next() >> 33) % max(1, limit) }

    /// True once in so many times; never where that is 0.
    func oneIn(_ times: Int) -> Bool { times > 0 && below(times) == 0 }

    /// Mostly little, seldom much.
    func skewed(_ limit: Int) -> Int { 1 + below(1 + below(1 + below(limit))) }

    func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    func note(_ value: UInt64) { digest = (digest ^ value) &* 0x100_0000_01b3 }

    func step(_ what: UInt64) {
        steps += 1
        note(what)
    }

    func pass(_ nanoseconds: Int) { now += Int64(nanoseconds) }

    func leap(to moment: Int64) { now = max(now, moment) }

    /// A moment from now on that others are likely to have drawn as well.
    func moment() -> Deadline {
        let grid: Int64 = 250_000
        return Deadline(nanoseconds: (now / grid + Int64(skewed(200))) * grid)
    }
}

/// What the process was started for. Set before the loop runs.
// Invariant: written once by the only thread, before anything reads it.
nonisolated(unsafe) var chance = Chance(seed: 1)

extension Deadline {
    /// In place of the monotonic clock.
    public static var now: Deadline { Deadline(nanoseconds: chance.now) }
}

/// Ends the run with what was found; the seed repeats it.
func found(_ what: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    print("FOUND after \(chance.steps) steps: \(what) (\(file):\(line))")
    exit(1)
}
