/// Joins two streams that are alike: what either gives goes to the other, until both directions have ended.
///
/// Each direction ends by itself, and its end is passed on. A side that fails ends the junction once all that it had given
/// is with the other side. A pair of connections that say nothing has no task and no memory for bytes: the loop itself
/// moves small amounts as they come, and large ones go through a pipe without being copied.
@Netpoller
public final class Junction {
    /// How a junction ended.
    public enum Ending: Sendable {
        /// Both directions had ended.
        case done
        /// Of one side's failure.
        case failed(NetworkError, of: RelaySide)
        /// Nothing went through it for as long as that may be.
        case idle
        case stopped
    }

    /// nil while it goes on.
    public private(set) var ending: Ending?
    /// Whose failure ended it, where one did.
    public var failedSide: RelaySide? {
        if case .failed(_, let side) = ending { side } else { nil }
    }
    /// Told when a side has ended and the other one learns of it. It is let go of when the junction ends.
    public var onEvent: (@Netpoller (RelayEvent) -> Void)?

    let near: any ByteStream
    let far: any ByteStream
    /// How long nothing may go through it.
    let idleLimit: Duration?
    private var lastActivity = Deadline.now
    private var up: JunctionLane?
    private var down: JunctionLane?
    private var moved = (up: 0, down: 0)
    private var lost = (up: 0, down: 0)
    /// The tasks of its directions, once it has ended: what they were about is not known at once.
    private var leaving: (up: LeavingTask?, down: LeavingTask?)
    /// What was kept back on purpose as it ended: some of it may have been given since.
    private var heldAtEnd = (up: 0, down: 0)
    /// A side that takes no more. What it had given before is still to be read.
    private var broken: (side: RelaySide, error: NetworkError)?
    /// Reads what the other side has for that one.
    private var vainReader: Task<Void, Never>?
    private var sleeper: (any StreamSleeper)?
    private var watches: [Task<Void, Never>] = []

    public init(_ near: any ByteStream, _ far: any ByteStream, idleLimit: Duration? = nil) {
        self.near = near
        self.far = far
        self.idleLimit = idleLimit
    }

    // MARK: - What has gone through it

    /// How many bytes of the near side were given to the far one: to a socket's own kernel, which may have them still.
    public var bytesUp: Int { up?.moved ?? moved.up }
    /// How many bytes of the far side were given to the near one.
    public var bytesDown: Int { down?.moved ?? moved.down }
    /// Bytes that were read from one side and that the other never took.
    public var bytesLost: (up: Int, down: Int) { lost }

    // MARK: - Its life

    /// Begins to move bytes. Whoever wants to know of its end waits for it, or rests.
    public func start() {
        guard ending == nil else { return }
        let (up, down) = (JunctionLane(self, .near, near, far), JunctionLane(self, .far, far, near))
        (self.up, self.down) = (up, down)
        up.start()
        down.start()
        watchIdleness()
    }

    /// Has `sleeper` woken once it has ended; false if it has.
    public func rest(waking sleeper: any StreamSleeper) -> Bool {
        guard ending == nil else { return false }
        self.sleeper = sleeper
        return true
    }

    /// Waits for the end; the task's cancellation stops it.
    public func wait() async -> Ending {
        let place = Parking()
        while ending == nil {
            sleeper = ParkedSleeper(place)
            if await place.wait() == .cancelled { stop() }
        }
        return ending ?? .stopped
    }

    /// Waits, after its end, until nothing is being given any more: only then are its figures what they will be.
    public func settle() async {
        if ending != nil { await vainReader?.value }
        let (up, down) = leaving
        leaving = (nil, nil)
        if let up {
            lost.up += await up.finish() - heldAtEnd.up + held(.near)
            moved.up = up.moved
        }
        if let down {
            lost.down += await down.finish() - heldAtEnd.down + held(.far)
            moved.down = down.moved
        }
    }

    /// Ends it now. The streams stay open, for their owner to close.
    public func stop() { end(.stopped) }

    /// Ends it once nothing has gone through it for a while and nothing is left here: what is under way is finished,
    /// and who reads slowly is not silent. `isPending` tells of what the kernel has, on its way here or from here.
    public func stopWhenSilent(
        for span: Duration, unless isPending: @escaping @Netpoller @Sendable () -> Bool = { false }
    ) {
        watches.append(
            Netpoller.spawn {
                while self.ending == nil {
                    let before = self.bytesUp + self.bytesDown
                    guard await Netpoller.sleep(for: span) else { return }
                    guard self.bytesUp + self.bytesDown == before, !self.hasRest(of: .near), !self.hasRest(of: .far)
                    else { continue }
                    if !isPending() { self.stop() }
                }
            })
    }

    // MARK: - Told by the directions

    func noteMoved() {
        if idleLimit != nil { lastActivity = .now }
    }

    /// When nothing has gone through it for too long; `.never` where nobody minds.
    package var idleEnd: Deadline {
        guard let idleLimit else { return .never }
        // What is kept back on purpose is under way.
        if isUnderWay(.near) || isUnderWay(.far) { return .now + idleLimit }
        let moved = max(lastActivity, up?.lastMoved ?? .past, down?.lastMoved ?? .past)
        // Whoever pours what a fault throws away is not silent either, and what it had kept back is not idle when it goes.
        return max(moved, faulty(.near)?.lastMoved ?? .past, faulty(.far)?.lastMoved ?? .past) + idleLimit
    }

    func timeCameUp() { end(.idle) }

    /// Directions that rest know the limit themselves; a task that waits does not.
    private func watchIdleness() {
        guard idleLimit != nil, up?.lastMoved != nil || down?.lastMoved != nil else { return }
        watches.append(
            Netpoller.spawn {
                while self.ending == nil, !self.idleEnd.hasPassed {
                    guard await Netpoller.sleep(until: self.idleEnd) else { return }
                }
                self.timeCameUp()
            })
    }

    /// A side gave its end, and the other has all that came before it.
    func didEnd(_ lane: JunctionLane) {
        guard ending == nil else { return }
        if let broken, broken.side == lane.side { return end(.failed(broken.error, of: broken.side)) }
        let isPassedOn = faulty(lane.side)?.isSilent != true
        if isPassedOn {
            do throws(NetworkError) { try lane.sink.closeWrite() } catch {
                let side = lane.side.other
                return didFail(lane, SideFailure(side, isOver(side) ? lane.whatEnded(error) : error))
            }
        }
        onEvent?(RelayEvent(ended: lane.side, isPassedOn: isPassedOn))
        if isOver(.near), isOver(.far) { return end(.done) }
        watch(lane)
    }

    /// What this direction did with one of the sides failed.
    func didFail(_ lane: JunctionLane, _ failure: SideFailure) {
        guard ending == nil else { return }
        let (side, error) = (failure.side, failure.error)
        guard side != lane.side else { return end(.failed(error, of: side)) }
        // The kernel says of a reset only once; what came before it is read by the other direction, and then its end.
        guard error.endsConnection, !isOver(side) else { return end(.failed(error, of: side)) }
        broken = (side, error)
        watches.append(Netpoller.spawn { await self.awaitEnd(of: side, after: error) })
    }

    /// Waits for the end of a side that takes no more: it comes by itself, or not at all.
    private func awaitEnd(of side: RelaySide, after error: NetworkError) async {
        var silence = Duration.zero
        while ending == nil, let last = side == .near ? up : down {
            let before = last.moved
            guard await Netpoller.sleep(for: Self.patience) else { return }
            // What a fault keeps back, the end as well, is still to come.
            let isLate = !last.isHeldUp && faulty(side)?.isHolding ?? false
            silence = last.moved != before || isLate ? .zero : silence + Self.patience
            if silence >= (last.isHeldUp ? Self.patienceWithRest : Self.patience) {
                return end(.failed(error, of: side))
            }
            if silence > .zero, last.isHeldUp, vainReader == nil, faulty(side.other) == nil {
                vainReader = Netpoller.spawn { await self.readInVain(side.other) }
            }
        }
    }

    /// Reads what a side has for the one that takes no more, and throws it away. It may take what is left only after that:
    /// an echo whose answers nobody reads takes nothing, and two connections and all that the kernel has of them would be
    /// there for half a minute. Who takes nothing after that pours, and is left alone.
    private func readInVain(_ side: RelaySide) async {
        let stream = side == .near ? near : far
        var (taken, left) = (0, Self.mostInVain)
        while ending == nil, left > 0 {
            guard let count = (try? await stream.discard()) ?? nil else { return }
            if side == .near { lost.up += count } else { lost.down += count }
            left -= count
            let now = side == .near ? bytesDown : bytesUp
            if now > taken { (taken, left) = (now, Self.mostInVain) }
            // Whoever pours makes no read wait.
            await Task.yield()
        }
    }

    /// More than the kernel holds for a connection.
    private static let mostInVain = 32 << 20

    /// How long a side that takes no more may be silent before its end.
    private static let patience = Duration.seconds(1)
    /// How long the other side may take nothing of what is left.
    private static let patienceWithRest = Duration.seconds(30)

    /// After its end nothing is read of a side; that it is gone for good the kernel tells all the same.
    private func watch(_ lane: JunctionLane) {
        let (side, source) = (lane.side, lane.source)
        if lane.from?.restUntilHungUp(HangUpWatch(self, side)) ?? false { return }
        watches.append(
            Netpoller.spawn {
                if (try? await source.waitUntilGone()) != nil { self.didHangUp(side) }
            })
    }

    fileprivate func didHangUp(_ side: RelaySide) {
        guard ending == nil, !isOver(side.other) else { return }
        let error = (side == .near ? near : far).names.failure(.read, .system(.connectionReset, call: "read"))
        end(.failed(error, of: side))
    }

    /// A side that is read with faults.
    private func faulty(_ side: RelaySide) -> FaultySource? { (side == .near ? near : far) as? FaultySource }

    /// Bytes of a side are kept back on purpose, and not since the other one does not take what it is given.
    private func isUnderWay(_ side: RelaySide) -> Bool {
        held(side) > 0 && (side == .near ? up : down)?.isHeldUp != true
    }

    /// How many bytes of a side are kept back on purpose.
    private func held(_ side: RelaySide) -> Int { faulty(side)?.bytesHeld ?? 0 }

    /// Something that a side gave is here, and is to go to the other one.
    private func hasRest(of side: RelaySide) -> Bool {
        guard let lane = side == .near ? up : down, !lane.isOver else { return false }
        return lane.isHeldUp || held(side) > 0
    }

    /// Nothing is read of a side any more.
    package func isOver(_ side: RelaySide) -> Bool {
        (side == .near ? up : down)?.isOver ?? true
    }

    private func end(_ ending: Ending) {
        guard self.ending == nil else { return }
        self.ending = ending
        moved = (bytesUp, bytesDown)
        lost.up += (up?.close() ?? 0) + held(.near)
        lost.down += (down?.close() ?? 0) + held(.far)
        heldAtEnd = (held(.near), held(.far))
        leaving = (up?.leaving, down?.leaving)
        // They hold the junction, as it holds them; and so may whoever is told.
        (up, down) = (nil, nil)
        onEvent = nil
        for task in watches { task.cancel() }
        watches = []
        vainReader?.cancel()
        sleeper.take()?.wake()
    }
}

extension RelaySide {
    /// The side that faces this one.
    public var other: RelaySide { self == .near ? .far : .near }
}

/// A failure, and the side that it is of: its operation does not tell, since a read may fail of what was to be sent, or of
/// an opening that was put off.
struct SideFailure: Error {
    let side: RelaySide
    let error: NetworkError

    init(_ side: RelaySide, _ error: NetworkError) {
        self.side = side
        self.error = error
    }
}

/// Tells a junction that a side which has ended is gone for good.
private final class HangUpWatch: StreamSleeper {
    private let junction: Junction
    private let side: RelaySide

    init(_ junction: Junction, _ side: RelaySide) {
        self.junction = junction
        self.side = side
    }

    nonisolated func wake() { _ = Self.tell(self) }

    nonisolated private static let tell = Netpoller.onLoop(tellNow)

    @Netpoller
    private static func tellNow(_ watch: HangUpWatch) -> Bool {
        watch.junction.didHangUp(watch.side)
        return true
    }
}

/// Wakes a task that is parked.
private final class ParkedSleeper: StreamSleeper {
    private let place: Parking

    init(_ place: Parking) { self.place = place }

    nonisolated func wake() { Netpoller.spawn { [place] in _ = place.wake() } }
}
