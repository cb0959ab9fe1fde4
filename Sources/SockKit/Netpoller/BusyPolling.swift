/// Whether to look for events for a little while before the thread sleeps: a thread that has not slept need not be woken,
/// which takes longer than a server on this machine or in this room needs to answer.
///
/// It goes on only while it pays. Where looking was in vain, as with a peer that is far off or on the only processor, more
/// and more waits go by until the next try.
struct BusyPolling: Sendable, Equatable {
    /// How long to look, in nanoseconds; zero never does.
    let span: Int64
    private var misses = 0
    private var pause = 0

    private static let mostMisses = 10

    init(span: Int64 = 0) {
        self.span = span
    }

    /// Whether to look before this wait.
    mutating func isWorthwhile() -> Bool {
        guard span > 0 else { return false }
        guard pause > 0 else { return true }
        pause -= 1
        return false
    }

    /// Notes whether something came while it looked.
    mutating func note(hasPaid: Bool) {
        misses = hasPaid ? 0 : min(misses + 1, Self.mostMisses)
        // One miss may be chance.
        pause = misses > 1 ? 1 << misses : 0
    }
}
