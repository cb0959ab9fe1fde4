/// What many exchanges came to.
public struct LoadResult: Sendable {
    public let plan: LoadPlan

    /// Exchanges that began.
    public internal(set) var sent = 0
    /// Those that got a whole answer, whatever its status.
    public internal(set) var answered = 0
    /// Those that were still running at the end; they are in no other figure.
    public internal(set) var cut = 0
    /// What each status was answered how often.
    public internal(set) var statuses: [UInt16: Int] = [:]
    public internal(set) var failures = LoadFailures()
    /// Times that a request went out again because its connection was stale: each was sent once more than `sent` says.
    public internal(set) var staleRepeats = 0
    /// Bytes of bodies.
    public internal(set) var bytes = 0
    public internal(set) var newConnections = 0
    public internal(set) var reusedConnections = 0

    /// From the send of a request to the end of its answer.
    public internal(set) var latency = LatencyHistogram()
    /// From the moment at which it was to be sent: empty without a rate.
    public internal(set) var plannedLatency = LatencyHistogram()
    /// From the send to the first byte of the answer, where that came whole.
    public internal(set) var firstByte = LatencyHistogram()
    /// What it took to make each connection, without the resolution of its name; not where its request came to nothing.
    public internal(set) var connect = LatencyHistogram()

    /// When the first request went out.
    var firstSend: Deadline?
    /// From the send of the first request to the end of the last answer.
    public internal(set) var span = Duration.zero
    /// From the start to the end of it all.
    public internal(set) var elapsed = Duration.zero
    /// The processor time that this process used meanwhile.
    public internal(set) var processorTime = Duration.zero

    public init(_ plan: LoadPlan) {
        self.plan = plan
    }

    /// Exchanges that were planned and never began.
    public var unsent: Int? { plan.planned.map { max(0, $0 - sent) } }

    /// Answers a second, from the first send to the last answer.
    public var rate: Double { span > .zero ? Double(answered) / span.seconds : 0 }

    /// How much of one processor this process used: near 1, the load was limited by who made it.
    public var processorShare: Double { elapsed > .zero ? processorTime.seconds / elapsed.seconds : 0 }

    /// Whether each exchange that was planned got an answer.
    public var isComplete: Bool { failures.total == 0 && cut == 0 && sent >= plan.planned ?? 0 }

    /// Answers with a status of 400 and above.
    public var refused: Int { statuses.reduce(0) { $0 + (HTTPStatus($1.key).isFailure ? $1.value : 0) } }
}

/// Exchanges that failed, by what they were doing and why.
public struct LoadFailures: Sendable, Equatable {
    public struct Kind: Sendable, Hashable {
        public let phase: LoadPhase
        /// The error's code: `ECONNREFUSED`, `timeout`.
        public let code: String

        public init(_ phase: LoadPhase, _ code: String) {
            self.phase = phase
            self.code = code
        }
    }

    public private(set) var counts: [Kind: Int] = [:]
    public private(set) var total = 0

    public init() {}

    public mutating func note(_ phase: LoadPhase, _ code: String) {
        counts[Kind(phase, code), default: 0] += 1
        total += 1
    }

    /// In the order of the phases; in each the most frequent first.
    public var sorted: [(phase: LoadPhase, codes: [(code: String, count: Int)])] {
        LoadPhase.allCases.compactMap { phase in
            let codes = counts.filter { $0.key.phase == phase }.map { (code: $0.key.code, count: $0.value) }
                .sorted { ($1.count, $0.code) < ($0.count, $1.code) }
            return codes.isEmpty ? nil : (phase, codes)
        }
    }
}
