/// What the loop's thread alone may touch: the poller, the slots, the parked tasks, the heap.
@safe final class LoopState {
    // One thread touches all of it, and no access to one of these calls anything that could touch it again: they need not
    // be watched.
    @safe @exclusivity(unchecked) private var poller = KernelPoller()
    /// Used by other threads; set once before there are any.
    let waker: KernelPoller.Waker

    @safe @exclusivity(unchecked) private var slots: [PollSlot?] = []
    @safe @exclusivity(unchecked) private var freeSlots: [UInt32] = []
    @safe @exclusivity(unchecked) private var generation: UInt32 = 0

    @safe @exclusivity(unchecked) private var heap = DeadlineHeap()
    @safe @exclusivity(unchecked) private var parked: [UInt64: Parked] = [:]
    @safe @exclusivity(unchecked) private var lastParked: UInt64 = 0
    /// The earliest entry in the heap for each ticket: one that parks again and again leaves no more than that.
    @safe @exclusivity(unchecked) private var scheduled: [UInt64: Deadline] = [:]

    /// A task that is parked.
    @safe private struct Parked {
        let waiter: UnsafeContinuation<Wake, Never>
        let deadline: Deadline
        /// Which of the waits under its ticket this is.
        let number: UInt32
    }

    init() {
        waker = poller.waker
    }

    /// Why the kernel has no poller for us; nothing can be done with the loop then.
    var failure: NetpollerFailure? { poller.failure }

    /// How long to look for events before each wait.
    func setBusyPolling(_ span: Duration) { poller.busyPolling = BusyPolling(span: span.wholeNanoseconds) }

    // MARK: - Waiting for events

    /// How many descriptors had something when they were last looked at.
    @safe @exclusivity(unchecked) private(set) var lastCount = 0

    /// Waits for events or the next deadline, or only looks where the loop has jobs to run, and wakes who is concerned.
    func poll(mayWait: Bool) throws(NetpollerFailure) {
        let count = try poller.wait(until: heap.earliest, mayWait: mayWait)
        lastCount = count
        for index in 0..<count {
            guard let (tag, readiness) = poller.event(index), let slot = slot(of: tag) else { continue }
            slot.becameReady(readiness)
            if !readiness.isDisjoint(with: [.failed, .peerEnded]) { wakeWatchers(slot, .ready) }
        }
        expireDeadlines()
    }

    private func expireDeadlines() {
        guard let earliest = heap.earliest, poller.mayHavePassed(earliest) else { return }
        let now = Deadline.now
        guard earliest <= now else { return }
        while let target = heap.popExpired(at: now) {
            switch target {
            case .parked(let ticket): deadlineCameUp(ticket, now)
            case .slot(let tag, let side):
                if let again = slot(of: tag)?.deadlineCameUp(side, now: now) { heap.insert(again, target) }
            }
        }
    }

    /// The entry may be of a wait that ended before, under the same ticket.
    private func deadlineCameUp(_ ticket: UInt64, _ now: Deadline) {
        scheduled[ticket] = nil
        guard let deadline = parked[ticket]?.deadline else { return }
        if deadline <= now { unpark(ticket, .deadline) } else { schedule(ticket, deadline) }
    }

    private func schedule(_ ticket: UInt64, _ deadline: Deadline) {
        guard deadline < scheduled[ticket] ?? .never else { return }
        scheduled[ticket] = deadline
        heap.insert(deadline, .parked(ticket))
    }

    // MARK: - Slots

    private func slot(of tag: PollTag) -> PollSlot? {
        guard let slot = slots[Int(tag.index)], slot.tag == tag else { return nil }
        return slot
    }

    /// Watches a descriptor until `remove`. What cannot be polled, a regular file for one, is always ready.
    func add(_ descriptor: Int32) throws(Errno) -> PollSlot {
        generation &+= 1
        let index = freeSlots.popLast() ?? UInt32(slots.count)
        let tag = PollTag(index: index, generation: generation)
        let isPolled: Bool
        do throws(Errno) { isPolled = try poller.add(descriptor, tag) } catch {
            freeSlots.append(index)
            throw error
        }
        let slot = PollSlot(tag: tag, isAlwaysReady: !isPolled)
        if Int(index) == slots.count { slots.append(slot) } else { slots[Int(index)] = slot }
        return slot
    }

    /// Forgets a descriptor, and wakes whoever waits with `closed`: the kernel itself wakes nobody.
    ///
    /// A descriptor that is about to be closed leaves the poller by that, unless others share its open file: then, and if
    /// it stays open, `remaining` names it.
    func remove(_ slot: PollSlot, _ remaining: Int32?) {
        slot.wake(.read, .closed)
        slot.wake(.write, .closed)
        wakeWatchers(slot, .closed)
        if let remaining, slot.isPolled { try? poller.remove(remaining) }
        slots[Int(slot.tag.index)] = nil
        freeSlots.append(slot.tag.index)
    }

    func setDeadline(_ slot: PollSlot, _ side: PollSide, _ deadline: Deadline?) {
        if let moment = slot.setDeadline(side, deadline) { schedule(slot, side, moment) }
        // They wait until the reader's deadline.
        if side == .read { wakeWatchers(slot, .ready) }
    }

    private func wakeWatchers(_ slot: PollSlot, _ reason: Wake) {
        let watchers = slot.watchers
        guard !watchers.isEmpty else { return }
        // Those who rest are told that the other end is gone, and of nothing else.
        if slot.hasHungUp || reason == .closed { slot.watchers.removeAll { !$0.isParked } }
        for watcher in watchers {
            switch watcher {
            case .parked(let ticket): unpark(ticket, reason)
            case .resting(let sleeper): if slot.hasHungUp, reason != .closed { sleeper.wake() }
            }
        }
    }

    func park(_ slot: PollSlot, _ side: PollSide, _ waiter: UnsafeContinuation<Wake, Never>) {
        if let moment = unsafe slot.park(side, waiter) { schedule(slot, side, moment) }
    }

    func rest(_ slot: PollSlot, _ side: PollSide, _ sleeper: any StreamSleeper) {
        if let moment = slot.rest(side, sleeper) { schedule(slot, side, moment) }
    }

    private func schedule(_ slot: PollSlot, _ side: PollSide, _ moment: Deadline) {
        heap.insert(moment, .slot(slot.tag, side))
        forgetStaleEntries()
    }

    func cancel(_ tag: PollTag, _ side: PollSide, ticket: UInt32) {
        slot(of: tag)?.wake(side, .cancelled, ticket: ticket)
    }

    // MARK: - Parked tasks

    func makeTicket() -> UInt64 {
        lastParked += 1
        return lastParked
    }

    func park(
        _ ticket: UInt64, number: UInt32, until deadline: Deadline?, _ waiter: UnsafeContinuation<Wake, Never>
    ) {
        parked[ticket] = unsafe Parked(waiter: waiter, deadline: deadline ?? .never, number: number)
        guard let deadline else { return }
        schedule(ticket, deadline)
        forgetStaleEntries()
    }

    /// Wakes a parked task; false if nobody is parked under this ticket, or not for this wait where one is named.
    @discardableResult
    func unpark(_ ticket: UInt64, _ reason: Wake, number: UInt32? = nil) -> Bool {
        if let number, parked[ticket]?.number != number { return false }
        guard let task = parked.removeValue(forKey: ticket) else { return false }
        unsafe task.waiter.resume(returning: reason)
        return true
    }

    /// Long waits that ended early, and those that came after a shorter one, leave entries behind; when those are the
    /// most, they go.
    private func forgetStaleEntries() {
        guard heap.count > 1024, heap.count > 2 * (parked.count + slots.count * 2) else { return }
        heap.keepEarliest { target in
            switch target {
            case .parked(let ticket):
                if parked[ticket] == nil { scheduled[ticket] = nil }
                return parked[ticket] != nil
            case .slot(let tag, _): return slot(of: tag) != nil
            }
        }
    }
}
