/// How long to wait before each retry: exponential, with full jitter.
///
/// Each wait is a random part of a ceiling that doubles up to a limit, so that clients that lost one server at one moment
/// do not come back at one moment.
struct Backoff: Equatable, Sendable {
    let first: Duration
    let most: Duration
    /// The longest that the next wait may be.
    private(set) var ceiling: Duration
    /// Waits so far.
    private(set) var count = 0

    init(first: Duration, most: Duration) {
        self.first = first
        self.most = most
        ceiling = min(first, most)
    }

    /// The next wait.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let wait = Duration.nanoseconds(Int64.random(in: 0...Self.nanoseconds(ceiling), using: &generator))
        count += 1
        ceiling = ceiling > most / 2 ? most : ceiling * 2
        if first == .zero { ceiling = .zero }
        return wait
    }

    /// Begins anew.
    mutating func reset() {
        self = Backoff(first: first, most: most)
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
