/// Wakes the loop for deadlines that are far off: one timer, set once for many waits.
///
/// epoll_wait(2) with a time limit starts and stops a timer of the kernel's at every wait, although a server whose
/// connections have limits of seconds waits many thousand times between two of them. Deadlines that are renewed stay in
/// the heap where they are, so the earliest one, and with it this timer, seldom changes.
struct Alarm: ~Copyable {
    private let epoll: Int32
    private var timer: FileDescriptor?
    /// When it goes off; `.never` when it is not set.
    private var moment = Deadline.never
    private var isMissing = false

    static let tag = UInt64.max - 1
    /// What comes sooner is left to the wait's own time limit: it would have to be set for that alone.
    private static let near = Duration.milliseconds(100)

    init(epoll: Int32) {
        self.epoll = epoll
    }

    /// How long a wait may be; nil where the alarm ends it, or nothing does.
    mutating func limit(until earliest: Deadline?) -> Duration? {
        guard let earliest, moment > earliest else { return nil }
        let span = earliest - .now
        return span > Self.near && set(earliest) ? nil : max(.zero, span)
    }

    /// Whether a deadline may have passed: not before the alarm that was set for it, or for an earlier one.
    func mayHavePassed(_ earliest: Deadline) -> Bool { moment > earliest }

    /// It went off.
    mutating func wentOff() {
        moment = .never
    }

    private mutating func set(_ moment: Deadline) -> Bool {
        guard let number = openTimer() else { return false }
        do throws(Errno) { try PollCalls.setTimer(number, to: moment) } catch { return false }
        self.moment = moment
        return true
    }

    private mutating func openTimer() -> Int32? {
        if let number = timer?.rawValue { return number }
        guard !isMissing, let made = try? PollCalls.makeTimer() else {
            // Out of descriptors or watches: the waits' own limits do as well.
            isMissing = true
            return nil
        }
        let number = made.rawValue
        // Edge-triggered: each time that it goes off is told once, and nobody need read it.
        do throws(Errno) { try PollCalls.add(number, to: epoll, [.read, .edge], tag: Self.tag) } catch {
            isMissing = true
            return nil
        }
        timer = consume made
        return number
    }
}
