/// How many requests are to be made, how many at once, and when.
public struct LoadPlan: Sendable, Hashable {
    /// So many in all.
    public var repetitions: Int?
    /// So many at once at most; each has a connection of its own while it runs.
    public var parallel: Int
    /// So many a second, whatever becomes of those before; nil makes each wait for the answer to the one before it.
    public var rate: Double?
    /// No request begins later than this, and none is waited for any longer.
    public var duration: Duration?

    public init(repetitions: Int? = nil, parallel: Int = 1, rate: Double? = nil, duration: Duration? = nil) {
        self.repetitions = repetitions
        self.parallel = parallel
        self.rate = rate
        self.duration = duration
    }

    /// Whether a slow answer delays the requests after it: then they are fewer where they would have been slow.
    public var isClosedLoop: Bool { rate == nil }

    /// How many requests the plan has; nil where it depends on how fast they are answered.
    public var planned: Int? {
        guard let rate, let duration else { return repetitions }
        let due = (duration.seconds * rate).rounded(.up)
        let within = due < Double(Int.max) ? max(Int(due), 1) : Int.max
        return min(within, repetitions ?? .max)
    }

    /// When a request is to begin, in nanoseconds from the start; they count from 0. Without a rate that is at once.
    ///
    /// Reckoned from the start, so that one that begins late makes none after it late.
    package func moment(of index: Int) -> Int64 {
        guard let rate else { return 0 }
        let nanoseconds = (Double(index) * 1e9 / rate).rounded()
        return nanoseconds < Double(Int64.max) ? Int64(nanoseconds) : .max
    }
}
