/// A point in time on the monotonic clock, in nanoseconds: what a deadline is, and what the loop counts in.
///
/// CLOCK_MONOTONIC does not count time that the machine slept, and epoll waits by it.
public struct Deadline: Sendable, Hashable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// A moment that has passed: setting it as a deadline wakes whoever waits.
    public static let past = Deadline(nanoseconds: 0)

    /// A moment that will not come.
    package static let never = Deadline(nanoseconds: .max)

    /// True once the moment has come.
    public var hasPassed: Bool {
        nanoseconds <= Deadline.now.nanoseconds
    }

    public static func < (left: Deadline, right: Deadline) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates: a deadline beyond the clock's range is simply very late.
    public static func + (moment: Deadline, span: Duration) -> Deadline {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(span.wholeNanoseconds)
        return Deadline(nanoseconds: overflow ? (span < .zero ? .min : .max) : sum)
    }

    /// As `+` of a span, in nanoseconds that are not negative.
    package static func + (moment: Deadline, nanoseconds: Int64) -> Deadline {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(nanoseconds)
        return Deadline(nanoseconds: overflow ? .max : sum)
    }

    public static func - (later: Deadline, earlier: Deadline) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }
}

extension Duration {
    /// Saturating, rounded towards zero.
    package var wholeNanoseconds: Int64 {
        // `components` traps where the seconds alone do not fit 64 bits.
        Int64(clamping: attoseconds / 1_000_000_000)
    }

    /// As a fraction of seconds, for reports and JSON.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
