/// Whether to look for events for a little while before the thread sleeps: a thread that has not slept need not be woken,
/// which takes longer than a server on this machine or in this room needs to answer.
///
/// It goes on only while it pays: three looks in vain end it, and only sleeps that would have been short enough, eight of
/// them in a row, begin it again. Where it was begun for nothing, as with a peer that has to share the only processor, twice
/// as many are needed the next time. So a loop that has nothing to do sleeps.
struct BusyPolling: Sendable, Equatable {
    /// How long to look, in nanoseconds; zero never does.
    let span: Int64
    /// Whether to look before the next wait.
    private(set) var isOn: Bool
    /// Looks in vain since one paid, and what all looks came to since it was begun.
    private var misses = 0
    private var balance = 0
    /// Sleeps in a row that were shorter than a look, and how many are needed.
    private var shortSleeps = 0
    private var needed = leastSleeps

    private static let mostMisses = 3
    private static let leastSleeps = 8
    private static let mostSleeps = 4096

    init(span: Int64 = 0) {
        self.span = span
        isOn = span > 0
    }

    /// Whether it is to be told of sleeps.
    var watchesSleeps: Bool { span > 0 && !isOn }

    /// Notes what looking brought. What was there at the first glance says nothing: no sleep was saved by it.
    mutating func note(hasPaid: Bool) {
        balance += hasPaid ? 1 : -1
        misses = hasPaid ? 0 : misses + 1
        guard misses == Self.mostMisses else { return }
        needed = balance > 0 ? Self.leastSleeps : min(needed * 2, Self.mostSleeps)
        (isOn, misses, balance) = (false, 0, 0)
    }

    /// Notes how long the thread slept, in nanoseconds.
    mutating func note(sleep: Int64) {
        shortSleeps = sleep < span ? shortSleeps + 1 : 0
        guard shortSleeps >= needed else { return }
        (isOn, shortSleeps) = (true, 0)
    }
}
