/// One way of datagrams with faults: lost, doubled, overtaken, spoiled, late, slow.
///
/// What is given is whole, and keeps its order unless a fault says otherwise. Faults that throw nothing away lose nothing,
/// up to the bounds of the queue: what is too much for it is lost, as it is on a link.
@Netpoller
public final class FaultyPath {
    /// What became of a datagram.
    public enum Deed: Sendable, Hashable {
        /// By a fault of this number.
        case lost(Int), doubled(Int), overtaken(Int), corrupted(Int)
        /// Too many were under way.
        case crowdedOut
    }

    private struct Faults {
        let active: ActiveFaults
        var dice: DatagramDice
    }

    /// A datagram that the next one is to overtake, and until when it waits for that.
    private struct Held {
        let datagram: [UInt8]
        let copies: Int
        let end: Deadline
        let fault: Int
    }

    /// Told of what the faults do.
    public var onDeed: (@Netpoller (Deed) -> Void)?
    private let give: @Netpoller (Span<UInt8>) -> Void
    private let flush: @Netpoller () -> Void
    private var faults: [Faults] = []
    private var queue = DelayQueue()
    private var held: Held?
    /// When all that is in the queue would have gone, at the rate.
    private var linkFreeAt = Deadline.past
    private var worker: Task<Void, Never>?
    private let bell = Parking()

    /// Nobody may come to overtake it: it is late then, and no more.
    public nonisolated static let patience = Duration.milliseconds(100)

    /// `give` has a datagram that goes on now, and `flush` is called after the last of some that were not given within
    /// `take`.
    public init(give: @escaping @Netpoller (Span<UInt8>) -> Void, flush: @escaping @Netpoller () -> Void) {
        self.give = give
        self.flush = flush
    }

    /// The faults that apply from now on, each with a number, and a seed for its dice. Those that applied before go on with
    /// their dice.
    public func apply(_ new: [(id: Int, stream: StreamFaults, datagrams: DatagramFaults, seed: UInt64)]) {
        let before = faults
        faults = new.map { new in
            guard var old = before.first(where: { $0.active.id == new.id }) else {
                return Faults(
                    active: ActiveFaults(new.id, new.stream, seed: new.seed),
                    dice: DatagramDice(new.datagrams, seed: new.seed))
            }
            old.active.change(to: new.stream)
            old.dice.faults = new.datagrams
            return old
        }
        bell.wake()
    }

    /// It is over: what is under way is given up. Says how many that were.
    public func end() -> Int {
        defer { (queue, held) = (DelayQueue(), nil) }
        worker?.cancel()
        (worker, onDeed) = (nil, nil)
        return queue.length + (held?.copies ?? 0)
    }

    // MARK: - What comes

    /// A datagram has come. Where nothing delays it, it is given before this returns.
    public func take(_ datagram: Span<UInt8>) {
        guard !faults.isEmpty || isBusy else { return give(datagram) }
        let (isLost, copies, overtaken) = throwDice()
        if isLost { return }
        // Asked once each: they count what passes.
        let spoilers = faults.map(\.active).filter { $0.corrupts(datagram.count) }
        guard !spoilers.isEmpty || overtaken != nil else { return pass(datagram, copies) }
        var bytes = datagram.copied
        for spoiler in spoilers {
            spoiler.corrupt(&bytes, bytes.indices)
            onDeed?(.corrupted(spoiler.id))
        }
        guard let overtaken, held == nil else { return pass(bytes.span, copies) }
        held = Held(datagram: bytes, copies: copies, end: .now + Self.patience, fault: overtaken)
        goOnLater()
    }

    /// Something is kept back on purpose.
    public var isBusy: Bool { held != nil || !queue.isEmpty }

    private var lowestRate: Int? { faults.compactMap(\.active.faults.rate).min() }

    /// What the dice of all sets say together; all are thrown before anything is told.
    private func throwDice() -> (isLost: Bool, copies: Int, overtaken: Int?) {
        var fates: [(id: Int, fate: DatagramDice.Fate)] = []
        for index in faults.indices { fates.append((faults[index].active.id, faults[index].dice.next())) }
        if let losing = fates.first(where: \.fate.isLost) {
            onDeed?(.lost(losing.id))
            return (true, 0, nil)
        }
        let doubling = fates.filter(\.fate.isDoubled)
        for one in doubling { onDeed?(.doubled(one.id)) }
        return (false, 1 + doubling.count, fates.first(where: \.fate.isOvertaken)?.id)
    }

    // MARK: - What goes

    /// One goes its way, and then the one that waits to be overtaken.
    private func pass(_ datagram: Span<UInt8>, _ copies: Int) {
        send(datagram, copies)
        guard let first = held.take() else { return }
        onDeed?(.overtaken(first.fault))
        send(first.datagram.span, first.copies)
    }

    private func send(_ datagram: Span<UInt8>, _ copies: Int) {
        for _ in 0..<copies {
            let now = Deadline.now
            let due = max(queue.lastDue, faults.reduce(now) { $0 + $1.active.delay() })
            if queue.isEmpty, due <= now, pause <= now {
                noteSent(datagram.count, due: now)
                deliver(datagram)
            } else if hasRoom(due: due) {
                noteSent(datagram.count, due: due)
                let bytes = datagram.copied
                queue.append(.message(bytes, count: bytes.count, length: bytes.count), due: due)
                goOnLater()
            } else {
                onDeed?(.crowdedOut)
            }
        }
    }

    /// What a rate makes wait is one second's worth at most: what would go later than that after it is due is lost.
    private func hasRoom(due: Deadline) -> Bool {
        !queue.isFull && (queue.isEmpty || lowestRate == nil || linkFreeAt <= due + .seconds(1))
    }

    /// Notes until when a slow link is busy with this one.
    private func noteSent(_ count: Int, due: Deadline) {
        guard let lowestRate else { return }
        linkFreeAt = max(linkFreeAt, due) + .seconds(Double(count) / Double(lowestRate))
    }

    private var pause: Deadline { faults.reduce(.past) { max($0, $1.active.pause(beforeEnd: false)) } }

    private func deliver(_ datagram: Span<UInt8>) {
        give(datagram)
        let now = Deadline.now
        for faults in faults { faults.active.noteDelivered(datagram.count, at: now) }
    }

    // MARK: - Later

    private func goOnLater() {
        bell.wake()
        if worker == nil { worker = Netpoller.spawn { await self.work() } }
    }

    private func work() async {
        while let moment = [queue.first.map { max($0.due, pause) }, held?.end].compactMap(\.self).min() {
            if !moment.hasPassed {
                if await bell.wait(until: moment) == .cancelled { return }
                continue
            }
            if let first = held, first.end.hasPassed {
                held = nil
                send(first.datagram.span, first.copies)
            }
            while let first = queue.first, case .message(let bytes, _, _) = first.content,
                max(first.due, pause).hasPassed
            {
                queue.removeFirst()
                deliver(bytes.span)
            }
            flush()
            await Task.yield()
        }
        worker = nil
    }
}
