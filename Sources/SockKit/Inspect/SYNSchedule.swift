/// When the kernel sends a SYN again that nobody answers, and when it gives up.
///
/// The first wait is a second (RFC 6298); so are as many more as there are linear time-outs, and then each is twice
/// the one before. It gives up when a timer fires after as many retransmissions as both settings allow together, or
/// once as much time has passed as the retries alone would have taken (tcp_write_timeout). The kernel's timers are
/// coarse: the real times are about a fiftieth later.
public struct SYNSchedule: Sendable, Hashable {
    public let retries: Int
    public let linearTimeouts: Int

    public init(retries: Int, linearTimeouts: Int) {
        self.retries = max(retries, 0)
        self.linearTimeouts = max(linearTimeouts, 0)
    }

    /// How long after the first SYN each further one is sent.
    public var retransmissions: [Duration] { Array(moments.dropLast()) }

    /// How long after the first SYN the dial fails with ETIMEDOUT.
    public var timeout: Duration { moments[moments.count - 1] }

    /// When the timer fires: each time the SYN is sent again, but for the last.
    private var moments: [Duration] {
        var moments: [Duration] = []
        var moment = Duration.zero
        while true {
            let doublings = max(moments.count - linearTimeouts, 0)
            moment += .seconds(Self.wait(after: doublings))
            moments.append(moment)
            if moments.count > retries + linearTimeouts || moment >= .seconds(modelTimeout) { return moments }
        }
    }

    /// How long the retries alone would take.
    private var modelTimeout: Int {
        (0...retries).reduce(0) { $0 + Self.wait(after: $1) }
    }

    /// No wait is longer than two minutes (TCP_RTO_MAX).
    private static func wait(after doublings: Int) -> Int {
        min(1 << min(doublings, 30), 120)
    }
}
