/// How long to wait before each retry: exponential, up to a limit.
package struct Backoff: Equatable, Sendable {
    private let first: Duration
    private let most: Duration
    /// The next wait, or with jitter the longest that it may be.
    package private(set) var ceiling: Duration
    /// Waits so far.
    package private(set) var count = 0

    package init(first: Duration, most: Duration) {
        self.first = first
        self.most = most
        ceiling = min(first, most)
    }

    /// The next wait.
    package mutating func next() -> Duration {
        defer { ceiling = first == .zero ? .zero : ceiling > most / 2 ? most : ceiling * 2 }
        count += 1
        return ceiling
    }

    /// The next wait with full jitter, a random part of the ceiling: clients that lost one server at one moment do not come
    /// back at one moment.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        .nanoseconds(Int64.random(in: 0...next().wholeNanoseconds, using: &generator))
    }

    /// Begins anew.
    package mutating func reset() {
        self = Backoff(first: first, most: most)
    }
}
