/// What the loop's thread alone may touch: the slots, the parked tasks, the heap, the epoll descriptor.
@safe final class LoopState {
    private let epoll: FileDescriptor
    private let wakeUp: FileDescriptor
    /// Why there is no epoll instance to wait on; nothing can be done with the loop then.
    let failure: Errno?
    /// Read by other threads to wake the loop; set once before there are any.
    let wakeUpDescriptor: Int32

    private let events = PollEvents(capacity: 512)
    private var slots: [PollSlot?] = []
    private var freeSlots: [UInt32] = []
    private var generation: UInt32 = 0

    private var heap = DeadlineHeap()
    private var alarm: Alarm
    private var parked: [UInt64: UnsafeContinuation<Wake, Never>] = unsafe [:]
    private var lastParked: UInt64 = 0

    private static let wakeUpTag = UInt64.max

    init() {
        var failure: Errno?
        epoll = Self.open(&failure) { () throws(Errno) in try PollCalls.create() }
        wakeUp = Self.open(&failure) { () throws(Errno) in try PollCalls.makeWakeUp() }
        wakeUpDescriptor = wakeUp.rawValue
        alarm = Alarm(epoll: epoll.rawValue)
        self.failure = failure
        guard failure == nil else { return }
        try? PollCalls.add(wakeUp.rawValue, to: epoll.rawValue, [.read, .edge], tag: Self.wakeUpTag)
    }

    private static func open(
        _ failure: inout Errno?, _ make: () throws(Errno) -> FileDescriptor
    ) -> FileDescriptor {
        do throws(Errno) { return try make() } catch {
            failure = failure ?? error
            return FileDescriptor(adopting: -1)
        }
    }

    // MARK: - Waiting for events

    /// Waits for events or the next deadline, or only looks where the loop has jobs to run, and wakes who is concerned.
    func poll(mayWait: Bool) {
        let timeout = mayWait ? alarm.limit(until: heap.earliest) : .zero
        let count = events.wait(on: epoll.rawValue, timeout: timeout)
        for index in 0..<count {
            let event = events[index]
            if event.tag == Self.wakeUpTag {
                PollCalls.drainWakeUp(wakeUp.rawValue)
            } else if event.tag == Alarm.tag {
                alarm.wentOff()
            } else {
                slot(of: PollTag(rawValue: event.tag))?.becameReady(event.interest)
            }
        }
        expireDeadlines()
    }

    private func expireDeadlines() {
        guard let earliest = heap.earliest, alarm.mayHavePassed(earliest) else { return }
        let now = Deadline.now
        guard earliest <= now else { return }
        while let target = heap.popExpired(at: now) {
            switch target {
            case .parked(let ticket): unpark(ticket, .deadline)
            case .slot(let tag, let side):
                if let again = slot(of: tag)?.deadlineCameUp(side, now: now) { heap.insert(again, target) }
            }
        }
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
        var isAlwaysReady = false
        do throws(Errno) {
            try PollCalls.add(
                descriptor, to: epoll.rawValue, [.read, .write, .peerEnd, .urgent, .edge], tag: tag.rawValue)
        } catch {
            if error != .notPermitted {
                freeSlots.append(index)
                throw error
            }
            // epoll_ctl(2): EPERM is what files and directories give.
            isAlwaysReady = true
        }
        let slot = PollSlot(tag: tag, isAlwaysReady: isAlwaysReady)
        if Int(index) == slots.count { slots.append(slot) } else { slots[Int(index)] = slot }
        return slot
    }

    /// Forgets a descriptor that is about to be closed. close(2) takes it out of the epoll instance by itself, unless
    /// other descriptors share its open file (epoll(7)): then it is named here.
    func remove(_ slot: PollSlot, _ shared: Int32?) {
        if let shared, slot.isPolled { try? PollCalls.remove(shared, from: epoll.rawValue) }
        slots[Int(slot.tag.index)] = nil
        freeSlots.append(slot.tag.index)
    }

    func setDeadline(_ slot: PollSlot, _ side: PollSide, _ deadline: Deadline?) {
        if let moment = slot.setDeadline(side, deadline) { heap.insert(moment, .slot(slot.tag, side)) }
    }

    func park(_ slot: PollSlot, _ side: PollSide, _ waiter: UnsafeContinuation<Wake, Never>) {
        if let moment = unsafe slot.park(side, waiter) { heap.insert(moment, .slot(slot.tag, side)) }
    }

    func cancel(_ tag: PollTag, _ side: PollSide, ticket: UInt32) {
        slot(of: tag)?.wake(side, .cancelled, ticket: ticket)
    }

    // MARK: - Parked tasks

    func makeTicket() -> UInt64 {
        lastParked += 1
        return lastParked
    }

    func park(_ ticket: UInt64, until deadline: Deadline?, _ waiter: UnsafeContinuation<Wake, Never>) {
        unsafe parked[ticket] = waiter
        guard let deadline else { return }
        heap.insert(deadline, .parked(ticket))
        forgetStaleEntries()
    }

    /// Wakes a parked task; false if nobody is parked under this ticket.
    @discardableResult
    func unpark(_ ticket: UInt64, _ reason: Wake) -> Bool {
        guard let waiter = unsafe parked.removeValue(forKey: ticket) else { return false }
        unsafe waiter.resume(returning: reason)
        return true
    }

    /// Long sleeps that were woken early leave their entries behind; when those are the most, they go.
    private func forgetStaleEntries() {
        guard heap.count > 1024, unsafe heap.count > 2 * (parked.count + slots.count * 2) else { return }
        heap.removeAll { target in
            switch target {
            case .parked(let ticket): unsafe parked[ticket] == nil
            case .slot(let tag, _): slot(of: tag) == nil
            }
        }
    }
}
