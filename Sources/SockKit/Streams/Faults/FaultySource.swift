/// A stream that is read with faults: late, slowly, in pieces, spoiled, cut off. What is written passes as it is.
///
/// Bytes keep their order, and none is lost but those that a fault names. Messages stay whole.
@Netpoller
public final class FaultySource: WrappedStream {
    /// Told that a fault ends the connection now. Nothing more is given then.
    public var onCut: (@Netpoller (FaultyCut) -> Void)?
    /// Told which faults throw away what comes from now on.
    public var onSilence: (@Netpoller (_ id: Int) -> Void)?
    /// What comes is thrown away, and its end is to be kept from the other side. Once bytes are missing, that stays so.
    public private(set) var isSilent = false
    private var active: [ActiveFaults] = []
    private var queue = DelayQueue()
    /// Given, and not known to have been taken until the next read; only the faults that applied then count it.
    private var given: (count: Int, under: [ActiveFaults]) = (0, [])
    /// When bytes last arrived, or were given, whatever became of them.
    private(set) var lastMoved = Deadline.past
    /// Reads while what arrived before waits for its time.
    private var intake: Task<Void, Never>?
    private var timer: Task<Void, Never>?
    private var isCut = false
    /// Its reader waits for something to arrive.
    private var isStarved = false
    /// Its end has arrived, or its failure.
    private var hasEnded = false
    /// Where whoever reads waits.
    private let bell = Parking()
    /// Where the intake waits for room.
    private let door = Parking()
    private let keepsMessages: Bool

    public override init(_ inner: any ByteStream) {
        keepsMessages = inner.names.network?.kind == .sequenced
        super.init(inner)
    }

    /// Bytes that have arrived and were not given yet.
    public var bytesHeld: Int { queue.count }
    /// Something that has arrived was not given yet: bytes, or the end.
    var isHolding: Bool { !queue.isEmpty }

    // MARK: - Which faults

    /// The faults that apply from now on, each with a number, and a seed for its dice. Those that applied before go on with
    /// what they have counted.
    public func apply(_ faults: [(id: Int, faults: StreamFaults, seed: UInt64)]) {
        let before = active
        active = faults.map { new in
            guard let old = before.first(where: { $0.id == new.id }) else {
                return ActiveFaults(new.id, new.faults, seed: new.seed)
            }
            old.change(to: new.faults)
            return old
        }
        setTimer()
        bell.wake()
        // Its reader may be waiting for bytes that do not come.
        if given.count == 0 { cutIfDue() }
    }

    /// Ends what goes on by itself: the connection is over.
    public func end() {
        intake?.cancel()
        timer?.cancel()
        (intake, timer) = (nil, nil)
        (onCut, onSilence) = (nil, nil)
    }

    private var delays: Bool { active.contains { $0.faults.delays } }

    private func setTimer() {
        timer?.cancel()
        timer = nil
        guard let first = active.compactMap(\.timedCut).min(by: { $0.moment < $1.moment }) else { return }
        timer = Netpoller.spawn {
            if await Netpoller.sleep(until: first.moment) { self.cut(first.cut) }
        }
    }

    private func cutIfDue() {
        if let cut = active.compactMap({ $0.exactCut(before: 0) }).first { self.cut(cut) }
    }

    private func cut(_ cut: FaultyCut) {
        guard !isCut else { return }
        isCut = true
        bell.wake()
        onCut?(cut)
    }

    // MARK: - Giving

    public override var plainSource: PlainDescriptor? { nil }
    public override var canWriteNow: Bool { inner.canWriteNow }

    public override func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int { try inner.writeNow(bytes) }

    public override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        noteTaken()
        while true {
            cutIfDue()
            if isCut {
                try await wait(until: nil)
            } else if let parcel = queue.first {
                let moment = max(parcel.due, pause(before: parcel.content))
                if moment > .now {
                    try await wait(until: moment)
                } else if let chunk = try take(parcel.content, maximum) {
                    return chunk
                }
            } else if delays || intake != nil {
                if intake == nil { intake = Netpoller.spawn { await self.takeIn() } }
                isStarved = true
                try await wait(until: nil)
                isStarved = false
            } else {
                await receive()
                if Task.isCancelled { throw names.failure(.read, .cancelled) }
                // What pours and is thrown away would keep the loop from everybody else.
                if queue.isEmpty { await Task.yield() }
            }
        }
    }

    private func noteTaken() {
        guard given.count > 0 else { return }
        let now = Deadline.now
        for faults in given.under { faults.noteDelivered(given.count, at: now) }
        given = (0, [])
    }

    private func noteGiven(_ count: Int) {
        given = (count, active)
        lastMoved = .now
    }

    private func pause(before content: DelayQueue.Content) -> Deadline {
        var isEnd = true
        if case .bytes = content { isEnd = false } else if case .message = content { isEnd = false }
        return active.reduce(.past) { max($0, $1.pause(beforeEnd: isEnd)) }
    }

    /// The next piece of what is due; nil where the connection was cut instead.
    private func take(_ content: DelayQueue.Content, _ maximum: Int?) throws(NetworkError) -> Chunk? {
        switch content {
        case .end: return Chunk([], count: 0)
        case .failure(let error): throw error
        case .message(let bytes, let count, let length):
            if let cut = active.compactMap({ $0.exactCut(before: count) }).first {
                self.cut(cut)
                return nil
            }
            removeFirst()
            noteGiven(count)
            return Chunk(message: bytes, count: count, length: length, isEnd: false)
        case .bytes(let bytes, let range):
            let count = active.reduce(min(range.count, maximum ?? .max)) { min($0, $1.room) }
            noteGiven(count)
            guard count < range.count else {
                removeFirst()
                return Chunk(bytes, range)
            }
            let piece = Array(bytes[range.prefix(count)])
            queue.dropFirst(count)
            return Chunk(piece, count: count)
        }
    }

    private func removeFirst() {
        queue.removeFirst()
        if intake != nil, !queue.isFull { door.wake() }
    }

    private func wait(until moment: Deadline?) async throws(NetworkError) {
        guard await bell.wait(until: moment) == .cancelled else { return }
        intake?.cancel()
        throw names.failure(.read, .cancelled)
    }

    // MARK: - Arriving

    /// Reads on, whoever waits for what.
    private func takeIn() async {
        while delays, !Task.isCancelled, !hasEnded {
            if queue.isFull {
                if await door.wait() == .cancelled { break }
            } else {
                await receive()
                if isStarved { bell.wake() }
                if isSilent { await Task.yield() }
            }
        }
        intake = nil
        bell.wake()
    }

    /// One read. After the end there is no other: it stays in the queue.
    private func receive() async {
        do throws(NetworkError) {
            let chunk = try await inner.readChunk(maximum: nil)
            arrive(chunk)
        } catch {
            if error.cause == .cancelled, Task.isCancelled { return }
            hasEnded = true
            // Of a source that is not heard any more, nobody learns how it ends.
            let end: DelayQueue.Content = fallsSilent() && error.endsConnection ? .end : .failure(error)
            queue.append(end, due: error.endsConnection ? due() : .now)
        }
    }

    private func arrive(_ chunk: consuming Chunk) {
        if chunk.isEnd {
            hasEnded = true
            _ = fallsSilent()
            return queue.append(.end, due: due())
        }
        lastMoved = .now
        let (count, length) = (chunk.count, chunk.length)
        var (bytes, range) = chunk.parts()
        let kept = room(for: count)
        for faults in active {
            faults.noteArrived(count)
            if faults.corrupts(kept) { faults.corrupt(&bytes, range.prefix(kept)) }
        }
        if kept < count { _ = fallsSilent() }
        // A buffer of a read is not worth keeping for the few bytes in it.
        if kept * 2 < bytes.count {
            let few = Array(bytes[range.prefix(kept)])
            BufferPool.shared.giveBack(bytes)
            (bytes, range) = (few, 0..<kept)
        }
        if keepsMessages {
            if kept == count { queue.append(.message(bytes, count: count, length: length), due: due()) }
        } else if kept > 0 {
            queue.append(.bytes(bytes, range.prefix(kept)), due: due())
        }
    }

    private func due() -> Deadline { active.reduce(.now) { $0 + $1.delay() } }

    /// How many of so many bytes that have arrived are not thrown away.
    private func room(for count: Int) -> Int {
        if isSilent { return 0 }
        let room = active.compactMap(\.roomBeforeSilence).min() ?? .max
        return keepsMessages && room < count ? 0 : min(room, count)
    }

    /// Whether nothing that comes now is heard any more.
    private func fallsSilent() -> Bool {
        if isSilent { return true }
        guard let faults = active.first(where: { $0.roomBeforeSilence == 0 }) else { return false }
        isSilent = true
        onSilence?(faults.id)
        return true
    }

    /// Its other side is gone for good, and that is known only as late as all that it gives.
    public override func waitUntilGone() async throws(NetworkError) {
        try await inner.waitUntilGone()
        let moment = isSilent ? nil : max(queue.lastDue, due())
        guard await Netpoller.sleep(until: moment) else { throw names.failure(.read, .cancelled) }
    }
}
