/// An open descriptor that the loop watches, and the one attempt loop that every operation on it goes through.
///
/// An operation is five beats: take the read or write turn; already closed, or the deadline passed?; try the call; if
/// it would block, wait for readiness or the deadline and try again; give the turn up.
@Netpoller
package final class PolledDescriptor {
    // One thread touches these, and neither looking at the owner nor taking or giving a turn calls anything that could touch
    // them again: the accesses need not be watched.
    @safe @exclusivity(unchecked) private var owner: FileDescriptor?
    private let slot: PollSlot
    /// Other descriptors of the same open file exist, and others may have them.
    let sharesFile: Bool
    private var restoresWaiting: Bool
    /// close(2) waits for what the peer has not acknowledged.
    package var lingers = false
    @safe @exclusivity(unchecked) private var readTurn = Turn()
    @safe @exclusivity(unchecked) private var writeTurn = Turn()

    /// Takes the ownership of a non-blocking descriptor and has the loop watch it.
    ///
    /// `sharesFile` says that other descriptors of the same open file exist, so that closing this one will not take it
    /// out of the epoll instance. `restoresWaiting` is for one whose other owners' calls on it wait: they shall find it so
    /// again.
    package init(
        adopting descriptor: consuming FileDescriptor, sharesFile: Bool = false, restoresWaiting: Bool = false
    ) throws(Errno) {
        self.sharesFile = sharesFile
        self.restoresWaiting = restoresWaiting
        do throws(Errno) { slot = try unsafe Netpoller.loop.state.add(descriptor.rawValue) } catch {
            if restoresWaiting { try? FileCalls.setNonBlocking(false, descriptor.rawValue) }
            throw error
        }
        owner = consume descriptor
    }

    isolated deinit {
        close()
    }

    /// The descriptor's number, for calls that never wait.
    package func withNumber<Value>(_ body: (Int32) throws(Errno) -> Value) throws(DescriptorFailure) -> Value {
        guard let number = owner?.rawValue else { throw .closed }
        do throws(Errno) { return try body(number) } catch { throw .system(error) }
    }

    /// As `withNumber`, for use inside an attempt on another descriptor: a closed one is EBADF there.
    @inline(__always)
    package func withNumberOrErrno<Value>(_ body: (Int32) throws(Errno) -> Value) throws(Errno) -> Value {
        guard let number = owner?.rawValue else { throw .badFileDescriptor }
        return try body(number)
    }

    package var isClosed: Bool { owner == nil }

    /// Whether calls on it can be waited for; a regular file's never wait.
    package var isPolled: Bool { slot.isPolled }

    /// Closes the descriptor and wakes every waiter with `closed`; the kernel itself wakes nobody. Harmless twice.
    package func close() {
        guard let descriptor = owner.take() else { return }
        leaveLoop(sharesFile || lingers ? descriptor.rawValue : nil)
        restoreWaiting(descriptor.rawValue)
        if lingers { return LingeringCloses.close(descriptor, isShared: sharesFile) }
        // What close(2) could still say, EIO of a remote file system, has no address on a socket.
        try? descriptor.close()
    }

    /// Gives the open descriptor away: the loop forgets it, and whoever waits is woken with `closed`. nil once closed.
    ///
    /// Calls on one that others share wait again, if they did before.
    package func release() -> FileDescriptor? {
        guard let descriptor = owner.take() else { return nil }
        // It stays open, so the kernel would go on announcing what happens to it.
        leaveLoop(descriptor.rawValue)
        restoreWaiting(descriptor.rawValue)
        return descriptor
    }

    /// Lets calls on the file wait again, where they did and others share it: for who ends without closing it.
    package func restoreWaiting() {
        if let number = owner?.rawValue { restoreWaiting(number) }
    }

    private func restoreWaiting(_ number: Int32) {
        guard restoresWaiting else { return }
        restoresWaiting = false
        try? FileCalls.setNonBlocking(false, number)
    }

    private func leaveLoop(_ remaining: Int32?) {
        unsafe Netpoller.loop.state.remove(slot, remaining)
        readTurn.close()
        writeTurn.close()
    }

    // MARK: - Deadlines

    /// The moment after which operations of a side fail, until another is set; one that has passed wakes the waiter.
    package subscript(deadline side: PollSide) -> Deadline? {
        get { slot.deadline(side) }
        set { unsafe Netpoller.loop.state.setDeadline(slot, side, newValue) }
    }

    /// What each operation of a side may take, where the deadline does not end it before; nil is no limit.
    package subscript(timeout side: PollSide) -> Duration? {
        get { slot.allowance(side).map { .nanoseconds($0) } }
        set { slot.setAllowance(side, newValue.map { max(1, $0.wholeNanoseconds) }) }
    }

    // MARK: - The attempt loop

    /// Makes `attempt` until it is done, waiting in between, with the turn of that side held.
    ///
    /// Inlined, so that an operation is one frame of its task's stack however many layers it is written in.
    @inline(__always)
    package func perform<Value: Sendable>(
        _ side: PollSide, _ attempt: (Int32) throws(Errno) -> Attempt<Value>
    ) async throws(DescriptorFailure) -> Value {
        if !takeTurnIfFree(side) { try await waitForTurn(side) }
        defer { giveTurn(side) }
        try begin(side)
        while true {
            if case .done(let value) = try attemptNow(side, attempt) { return value }
            try await wait(side)
        }
    }

    /// Makes `attempt` again and again under one turn until `count` bytes have gone; it is told how many have.
    ///
    /// `progress` holds what has gone, whether this returns or throws.
    @inline(__always)
    package func performAll(
        _ side: PollSide, count: Int, progress: inout Int,
        _ attempt: (Int32, Int) throws(Errno) -> Attempt<Int>
    ) async throws(DescriptorFailure) {
        if !takeTurnIfFree(side) { try await waitForTurn(side) }
        defer { giveTurn(side) }
        try begin(side)
        repeat {
            let gone = progress
            if case .done(let more) = try attemptNow(side, { number throws(Errno) in try attempt(number, gone) }) {
                progress += more
            } else {
                try await wait(side)
            }
        } while progress < count
    }

    /// Whether an attempt is worth its call.
    package func isReady(_ side: PollSide) -> Bool { slot.isReady(side) }

    /// Waits until a side looks ready, without taking anything: the next attempt may still find that it would block. Nobody
    /// else may be waiting on that side.
    package func waitUntilReady(_ side: PollSide) async throws(DescriptorFailure) {
        try begin(side)
        while !slot.isReady(side) { try await wait(side) }
    }

    /// One attempt on a side that nobody waits for; nil where it would block, or somebody else has the turn.
    @inline(__always)
    package func performNow<Value: Sendable>(
        _ side: PollSide, _ attempt: (Int32) throws(Errno) -> Attempt<Value>
    ) throws(DescriptorFailure) -> Value? {
        guard takeTurnIfFree(side) else { return nil }
        defer { giveTurn(side) }
        try begin(side)
        if case .done(let value) = try attemptNow(side, attempt) { return value }
        return nil
    }

    /// Has `sleeper` woken once an attempt on a side looks worth it, its deadline has passed or the descriptor is closed;
    /// false where there is nothing to wait for.
    package func rest(_ side: PollSide, _ sleeper: any StreamSleeper) -> Bool {
        guard !isClosed, !slot.isReady(side), slot.mayBegin(side) else { return false }
        unsafe Netpoller.loop.state.rest(slot, side, sleeper)
        return true
    }

    /// Whoever rests on a side was woken since its time is over, and for nothing else.
    package func hasRestedTooLong(_ side: PollSide) -> Bool { !slot.isReady(side) && slot.isOverdue(side) }

    /// Has `sleeper` woken once the other end is gone for good, unless the descriptor is closed before; false where it is
    /// already.
    package func restUntilHungUp(_ sleeper: any StreamSleeper) -> Bool {
        guard !isClosed else { return true }
        guard !slot.hasHungUp else { return false }
        slot.watchers.append(.resting(sleeper))
        return true
    }

    /// Waits until the other end is gone for good: an error, or both directions ended. Any number may wait for that beside
    /// a reader, each as long as a read that begins now might take.
    package func waitUntilHungUp() async throws(DescriptorFailure) {
        let place = Parking()
        slot.watchers.append(.parked(place.ticket))
        defer { slot.watchers.removeAll { $0.isParked(place.ticket) } }
        let end = slot.allowance(.read).map { Deadline.now + $0 } ?? .never
        while true {
            // It may have been closed after this task was woken, and before it ran.
            if isClosed { throw .closed }
            if slot.hasHungUp { return }
            let deadline = min(end, slot.deadline(.read) ?? .never)
            if deadline.hasPassed { throw .deadlineExceeded }
            switch await place.wait(until: deadline == .never ? nil : deadline) {
            // The other end is gone, or the deadline has been moved.
            case .ready, .deadline: continue
            case .closed: throw .closed
            case .cancelled: throw .cancelled
            }
        }
    }

    /// Has a task woken that is parked elsewhere, when the other end has ended or failed, or this one is closed. It may be
    /// woken for other reasons too.
    package func add(watcher: Parking) {
        slot.watchers.append(.parked(watcher.ticket))
    }

    package func remove(watcher: Parking) {
        slot.watchers.removeAll { $0.isParked(watcher.ticket) }
    }

    /// The loop has seen that the other end will send no more: what is left, and the end, can be read without waiting.
    package var hasEnded: Bool { slot.hasEnded }

    /// Notes that a read took all there was, so that the next one need not ask the kernel to learn it.
    package func noteDrained() {
        slot.setDrained()
    }

    /// Notes that an attempt is worth it, whatever the kernel said last.
    package func noteReady(_ side: PollSide) {
        slot.setReady(side)
    }

    /// Has whoever waits on a side try again, though the kernel has nothing new to say.
    package func wake(_ side: PollSide) {
        slot.setReady(side)
        slot.wake(side, .ready)
    }

    /// Notes that an attempt now would be in vain: only an event is worth one.
    package func noteBlocked(_ side: PollSide) {
        slot.setBlocked(side)
    }

    /// The beats that never wait: closed?, worth a call?, the call.
    @inline(__always)
    private func attemptNow<Value: Sendable>(
        _ side: PollSide, _ attempt: (Int32) throws(Errno) -> Attempt<Value>
    ) throws(DescriptorFailure) -> Attempt<Value> {
        if isClosed { throw .closed }
        guard slot.isReady(side) else { return .wouldBlock }
        let outcome = try withNumber(attempt)
        if case .wouldBlock = outcome { slot.setBlocked(side) }
        return outcome
    }

    /// Closed already? Deadline passed? A wait that follows watches both by itself.
    @inline(__always)
    private func begin(_ side: PollSide) throws(DescriptorFailure) {
        if isClosed { throw .closed }
        if !slot.mayBegin(side) { throw .deadlineExceeded }
    }

    private func wait(_ side: PollSide) async throws(DescriptorFailure) {
        if Task.isCancelled { throw .cancelled }
        let slot = slot
        let (tag, ticket) = (slot.tag, slot.nextTicket(side))
        let wake = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { waiter in
                unsafe Netpoller.loop.state.park(slot, side, waiter)
            }
        } onCancel: {
            Netpoller.spawn { unsafe Netpoller.loop.state.cancel(tag, side, ticket: ticket) }
        }
        switch wake {
        case .ready: return
        case .deadline: throw .deadlineExceeded
        case .closed: throw .closed
        case .cancelled: throw .cancelled
        }
    }

    // MARK: - Turns

    @inline(__always)
    private func takeTurnIfFree(_ side: PollSide) -> Bool {
        // Single fields, not mutating calls: the exclusivity of a mutating call on a class's property costs.
        if side == .read {
            if readTurn.isHeld { return false }
            readTurn.isHeld = true
        } else {
            if writeTurn.isHeld { return false }
            writeTurn.isHeld = true
        }
        return true
    }

    private func waitForTurn(_ side: PollSide) async throws(DescriptorFailure) {
        if isClosed { throw .closed }
        let place = side == .read ? readTurn.queue() : writeTurn.queue()
        switch await place.wait() {
        case .ready, .deadline: return
        case .closed: throw .closed
        case .cancelled:
            if side == .read { readTurn.leave(place) } else { writeTurn.leave(place) }
            throw .cancelled
        }
    }

    @inline(__always)
    private func giveTurn(_ side: PollSide) {
        if side == .read {
            if readTurn.hasLine { readTurn.give() } else { readTurn.isHeld = false }
        } else {
            if writeTurn.hasLine { writeTurn.give() } else { writeTurn.isHeld = false }
        }
    }
}
