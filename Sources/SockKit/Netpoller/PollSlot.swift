/// The two things one can wait for on a descriptor.
package enum PollSide: Sendable, Hashable {
    case read, write
}

/// Why a wait ended.
package enum Wake: Sendable, Equatable {
    case ready, deadline, closed, cancelled
}

/// Somebody who waits for a stream without a task that does: ten thousand idle connections need none.
public protocol StreamSleeper: AnyObject, Sendable {
    /// A read, or a write where that is what it waits for, would not have to wait any more: bytes are there, or room, or the
    /// end, or the time is over, or the stream is closed.
    ///
    /// It is called on the loop's thread, between two jobs or in the middle of one that closes the stream. What never waits
    /// may be done there and then (`Netpoller.onLoop`), a little of it; for anything else a task is to be begun.
    nonisolated func wake()
}

/// Who waits for the other end to be gone for good.
enum HangUpWatcher {
    /// A task, which looks for itself when anything has changed.
    case parked(UInt64)
    /// Woken once, when it is so.
    case resting(any StreamSleeper)

    var isParked: Bool { if case .parked = self { true } else { false } }

    func isParked(_ ticket: UInt64) -> Bool { if case .parked(ticket) = self { true } else { false } }
}

/// Names a slot and the descriptor that was in it, so that an event of one that is gone cannot reach its successor.
struct PollTag: Sendable, Hashable {
    let index: UInt32
    let generation: UInt32

    var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(index) }

    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    init(rawValue: UInt64) {
        index = UInt32(truncatingIfNeeded: rawValue)
        generation = UInt32(truncatingIfNeeded: rawValue >> 32)
    }
}

/// What the loop knows of one descriptor: which sides are ready, who waits, and until when.
///
/// Only the loop's thread touches it: the loop itself, and `PolledDescriptor`, which is isolated to `@Netpoller`.
@safe final class PollSlot {
    let tag: PollTag
    /// Whether the epoll instance knows the descriptor; what cannot be polled is always ready.
    let isPolled: Bool
    /// The peer has ended, failed or sent urgent data: a short read then says nothing about what is left.
    private var isNeverDrained: Bool
    /// An error, or both directions have ended.
    private(set) var hasHungUp = false
    /// The other end will send no more.
    private(set) var hasEnded = false
    // One thread touches these, and no change to one of them calls anything that could touch it again: so the accesses
    // need not be watched, and are plain loads and stores wherever they are used.
    @safe @exclusivity(unchecked) private var reading = Side()
    @safe @exclusivity(unchecked) private var writing = Side()
    /// Those who wait, beside the reader and the writer, for the other end to be gone for good.
    var watchers: [HangUpWatcher] = []

    /// One direction.
    @safe private struct Side {
        var waiter: UnsafeContinuation<Wake, Never>?
        /// Woken where no task waits.
        var sleeper: (any StreamSleeper)?
        /// The moment that counts now. `.never` is none: an optional would take twice the room, in each of ten thousand
        /// idle connections.
        var deadline = Deadline.never
        /// What each operation may take, where that is limited.
        var allowance: Allowance?
        /// When the earliest entry in the heap for this side comes up.
        var scheduled = Deadline.never
        var ticket: UInt32 = 0
        /// A hint that errs towards true: an attempt is worth its system call.
        var isReady = true

        /// When the heap should look at this side, if it must be told.
        mutating func momentToSchedule() -> Deadline? {
            guard deadline < scheduled else { return nil }
            scheduled = deadline
            return deadline
        }

        /// Whether somebody is to be woken.
        var isWaitedFor: Bool { unsafe waiter != nil || sleeper != nil }

        /// Wakes the task that waits. Whoever sleeps without one is returned: it is to be woken once nobody is in here.
        mutating func wake(_ reason: Wake) -> (any StreamSleeper)? {
            if let waiter = unsafe waiter {
                unsafe self.waiter = nil
                ticket &+= 1
                unsafe waiter.resume(returning: reason)
            }
            guard let sleeper else { return nil }
            self.sleeper = nil
            return sleeper
        }

        mutating func setAllowance(_ nanoseconds: Int64?) {
            guard let nanoseconds else {
                deadline = allowance?.fixed ?? deadline
                allowance = nil
                return
            }
            if let allowance {
                allowance.nanoseconds = nanoseconds
            } else {
                allowance = Allowance(nanoseconds: nanoseconds, fixed: deadline)
            }
        }

        mutating func beginAllowance(now: Deadline) -> Bool {
            guard let allowance else { return true }
            allowance.end = now + allowance.nanoseconds
            // Nobody waits on a side whose turn has just been taken, so the heap need not be told.
            deadline = min(allowance.end, allowance.fixed)
            return now < allowance.fixed
        }

        mutating func setDeadline(_ fixed: Deadline) -> Deadline? {
            if let allowance {
                allowance.fixed = fixed
                deadline = min(fixed, allowance.end)
            } else {
                deadline = fixed
            }
            return isWaitedFor ? momentToSchedule() : nil
        }

        mutating func rest(_ sleeper: any StreamSleeper) -> Deadline? {
            self.sleeper = sleeper
            return momentToSchedule()
        }

        mutating func park(_ waiter: UnsafeContinuation<Wake, Never>) -> Deadline? {
            // The one who waits would never be woken.
            unsafe precondition(self.waiter == nil, "two tasks wait on one side of a descriptor")
            unsafe self.waiter = waiter
            return momentToSchedule()
        }

        /// When to look again; nil where there is no need to, or the time is over.
        mutating func deadlineCameUp(now: Deadline) -> (again: Deadline?, isOver: Bool) {
            scheduled = .never
            guard isWaitedFor, deadline != .never else { return (nil, false) }
            return deadline <= now ? (nil, true) : (momentToSchedule(), false)
        }
    }

    /// A limit for each operation, beside the deadline that was set: the earlier of the two counts.
    private final class Allowance {
        var nanoseconds: Int64
        /// The deadline that was set.
        var fixed: Deadline
        /// When the time of the operation that began last is over.
        var end = Deadline.never

        init(nanoseconds: Int64, fixed: Deadline) {
            self.nanoseconds = nanoseconds
            self.fixed = fixed
        }
    }

    init(tag: PollTag, isAlwaysReady: Bool) {
        self.tag = tag
        isPolled = !isAlwaysReady
        isNeverDrained = isAlwaysReady
    }

    @inline(__always)
    private func change<Result>(_ side: PollSide, _ body: (inout Side) -> Result) -> Result {
        side == .read ? body(&reading) : body(&writing)
    }

    func isReady(_ side: PollSide) -> Bool {
        side == .read ? reading.isReady : writing.isReady
    }

    /// The kernel said would-block: only an event can make the side ready again.
    func setBlocked(_ side: PollSide) {
        change(side) { $0.isReady = false }
    }

    /// An attempt is worth its call again, without an event.
    func setReady(_ side: PollSide) {
        change(side) { $0.isReady = true }
    }

    /// A read gave less than it had room for, so there is nothing left; epoll(7) names this as sufficient for streams.
    func setDrained() {
        guard !isNeverDrained, !SystemCall.wasShortened("recv") else { return }
        reading.isReady = false
    }

    /// The deadline that was set.
    func deadline(_ side: PollSide) -> Deadline? {
        let deadline = change(side) { $0.allowance?.fixed ?? $0.deadline }
        return deadline == .never ? nil : deadline
    }

    /// What each operation of a side may take, in nanoseconds; nil is no limit.
    func allowance(_ side: PollSide) -> Int64? {
        change(side) { $0.allowance?.nanoseconds }
    }

    func setAllowance(_ side: PollSide, _ nanoseconds: Int64?) {
        change(side) { $0.setAllowance(nanoseconds) }
    }

    /// Whether an operation that begins now may: the deadline that was set has not passed. Its own time begins.
    @inline(__always)
    func mayBegin(_ side: PollSide) -> Bool {
        let (isLimited, deadline) = change(side) { ($0.allowance != nil, $0.deadline) }
        if isLimited { return beginAllowance(side) }
        return deadline == .never || !deadline.hasPassed
    }

    /// The time is over of whoever waits on this side.
    func isOverdue(_ side: PollSide) -> Bool {
        let deadline = change(side) { $0.deadline }
        return deadline != .never && deadline.hasPassed
    }

    @inline(never)
    private func beginAllowance(_ side: PollSide) -> Bool {
        change(side) { $0.beginAllowance(now: .now) }
    }

    /// The ticket that the next waiter of this side will hold.
    func nextTicket(_ side: PollSide) -> UInt32 {
        side == .read ? reading.ticket : writing.ticket
    }

    /// Sets the deadline; returns the moment at which the heap should look at this side, if it must be told.
    func setDeadline(_ side: PollSide, _ deadline: Deadline?) -> Deadline? {
        change(side) { $0.setDeadline(deadline ?? .never) }
    }

    /// Notes who is to be woken where no task waits; returns the moment at which the heap should look at this side, if it
    /// must be told.
    func rest(_ side: PollSide, _ sleeper: any StreamSleeper) -> Deadline? { change(side) { $0.rest(sleeper) } }

    /// Parks a waiter; returns the moment at which the heap should look at this side, if it must be told.
    func park(_ side: PollSide, _ waiter: UnsafeContinuation<Wake, Never>) -> Deadline? {
        change(side) { unsafe $0.park(waiter) }
    }

    /// The heap's entry for this side came up. Returns when to look again, where the deadline has moved.
    func deadlineCameUp(_ side: PollSide, now: Deadline) -> Deadline? {
        let (again, isOver) = change(side) { $0.deadlineCameUp(now: now) }
        if isOver { wake(side, .deadline) }
        return again
    }

    /// Marks the sides that an event is about as ready, and wakes who waits for them.
    func becameReady(_ readiness: Readiness) {
        let hasFailed = readiness.contains(.failed)
        if hasFailed { hasHungUp = true }
        if hasFailed || readiness.contains(.peerEnded) { hasEnded = true }
        if hasFailed || !readiness.isDisjoint(with: [.peerEnded, .urgent]) { isNeverDrained = true }
        if hasFailed || !readiness.isDisjoint(with: [.readable, .peerEnded]) {
            reading.isReady = true
            wake(.read, .ready)
        }
        if hasFailed || readiness.contains(.writable) {
            writing.isReady = true
            wake(.write, .ready)
        }
    }

    /// Wakes the waiter of one side, if there is one and, where a ticket is given, it is that one.
    func wake(_ side: PollSide, _ reason: Wake, ticket: UInt32? = nil) {
        if let ticket, ticket != nextTicket(side) { return }
        change(side) { $0.wake(reason) }?.wake()
    }
}
