/// One direction of a junction.
///
/// Between two sockets it needs no task: it is woken when there is something to read, or room for what is left of it.
/// Between other streams a task moves the bytes.
@Netpoller
final class JunctionLane {
    /// The side that gives.
    let side: RelaySide
    let source: any ByteStream
    let sink: any ByteStream
    private let junction: Junction
    private var count = 0
    /// Its end was passed on, or it failed.
    private(set) var isOver = false

    // Between two sockets.
    let from: PolledDescriptor?
    private let to: PolledDescriptor?
    /// When both ends' operations have to have ended, whatever else is asked for.
    private let deadline: Deadline
    /// When it began to wait, where that matters.
    private var restedSince = Deadline.past
    // One thread touches these, and taking them or putting them down calls nothing that could touch them again: the
    // accesses need not be watched.
    /// Read, and not yet written.
    @safe @exclusivity(unchecked) private var unsent: Chunk?
    /// Read, and refused by the sink for good.
    private var refused = 0
    /// The same, where it was never copied; nil while nothing is under way.
    @safe @exclusivity(unchecked) private var pipe: OwnPipe?
    /// Reads come back full: bytes are worth a pipe.
    private var isBulk = false
    private var splices = true

    // Between other streams.
    private var pump: Pump?
    private var task: Task<Void, Never>?
    /// How many bytes were told as lost when it was closed.
    private var told = 0

    /// So much is moved before others have the loop.
    private static let most = 1 << 18

    init(_ junction: Junction, _ side: RelaySide, _ source: any ByteStream, _ sink: any ByteStream) {
        self.junction = junction
        self.side = side
        self.source = source
        self.sink = sink
        deadline = source.readDeadline ?? .never
        if source.canRest, sink.canWriteNow, let from = source.plainSource, let to = sink.plainSink {
            (self.from, self.to) = (from.descriptor, to.descriptor)
        } else {
            (from, to) = (nil, nil)
        }
    }

    /// How many bytes wait for room.
    var held: Int { bytesUnsent + (pipe?.held ?? 0) + (pump?.unsent.count ?? 0) }
    /// Something of it waits for the sink, or is being given to it.
    var isHeldUp: Bool { held > 0 || pump?.isHeldUp ?? false }
    /// How many bytes the sink took.
    var moved: Int { pump?.count ?? count }
    /// When a task last moved some, where that matters.
    var lastMoved: Deadline? { pump?.lastMoved }

    func start() {
        if from != nil { goOn() } else { pour() }
    }

    /// Stops it, and says how many bytes it had taken and not given.
    func close() -> Int {
        isOver = true
        task?.cancel()
        let left = refused + held
        told = pump?.unsent.count ?? 0
        unsent = nil
        dropPipe()
        return left
    }

    /// The task that moved its bytes, where there is one: it may not have stopped yet.
    var leaving: LeavingTask? {
        guard let task, let pump else { return nil }
        return LeavingTask(task: task, pump: pump, told: told)
    }

    private var bytesUnsent: Int {
        switch unsent {
        case .some(let chunk): chunk.count
        case nil: 0
        }
    }

    private func fail(_ failure: SideFailure) {
        isOver = true
        junction.didFail(self, failure)
    }

    /// Of a connection that was reset shutdown(2) says only that there is none. Why, the socket has still to tell, but once:
    /// to be asked only where nobody reads it any more.
    func whatEnded(_ error: NetworkError) -> NetworkError {
        guard error.errno == .notConnected,
            let reason = try? to?.withNumber({ number throws(Errno) in try SocketCalls.takeError(of: number) })
        else { return error }
        // The kernel has a broken pipe for a reset that came after the peer's end.
        return sink.names.failure(
            .close, .system(reason == .brokenPipe ? .connectionReset : reason, call: "shutdown"))
    }

    // MARK: - By a task

    private func pour() {
        let pump = Pump(source, sink)
        pump.keepsTime = junction.idleLimit != nil
        self.pump = pump
        task = Netpoller.spawn {
            do throws(NetworkError) {
                try await pump.run()
                self.endWasRead()
            } catch {
                let side = pump.asked == .source ? self.side : self.side.other
                if !self.isOver { self.fail(SideFailure(side, error)) }
            }
        }
    }

    private func endWasRead() {
        guard !isOver else { return }
        isOver = true
        junction.didEnd(self)
    }

    // MARK: - By the loop

    /// Moves what there is, and rests.
    private func goOn() {
        guard !isOver, let from, let to else { return }
        do throws(SideFailure) {
            if try hasWaitedInVain(from, to) { return junction.timeCameUp() }
            let end = count + Self.most
            while true {
                if try !giveUnsent(to) {
                    if rest(on: to, .write) { return }
                } else if count >= end {
                    // The others are to have their turn.
                    Netpoller.spawn { self.goOn() }
                    return
                } else if try !take(from) {
                    dropPipe()
                    if isOver || rest(on: from, .read) { return }
                }
            }
        } catch {
            fail(error)
        }
    }

    /// Has the loop call again; false where there is no need to wait.
    private func rest(on descriptor: PolledDescriptor, _ operation: PollSide) -> Bool {
        if junction.idleLimit != nil {
            restedSince = .now
            descriptor[deadline: operation] = min(deadline, junction.idleEnd)
        }
        return descriptor.rest(operation, self)
    }

    /// Whether it was woken for nothing but that the junction was silent for too long. A limit on single reads and writes
    /// is an error.
    private func hasWaitedInVain(_ from: PolledDescriptor, _ to: PolledDescriptor) throws(SideFailure) -> Bool {
        let isWriting = unsent != nil || (pipe?.held ?? 0) > 0
        let (waitedOn, operation) = isWriting ? (to, PollSide.write) : (from, .read)
        let isOverdue = waitedOn.hasRestedTooLong(operation)
        if junction.idleLimit != nil { waitedOn[deadline: operation] = deadline == .never ? nil : deadline }
        guard isOverdue else { return false }
        if junction.idleEnd.hasPassed { return true }
        // Bytes went the other way meanwhile, unless a limit of its own was shorter.
        if junction.idleLimit != nil, !deadline.hasPassed,
            waitedOn[timeout: operation].map({ restedSince + $0 > .now }) ?? true
        {
            return false
        }
        throw isWriting
            ? SideFailure(side.other, sink.names.failure(.write, .timeout))
            : SideFailure(side, source.names.failure(.read, .timeout))
    }

    // MARK: - Taking

    /// Takes what there is; false if it would have to wait, or it was the end.
    private func take(_ from: PolledDescriptor) throws(SideFailure) -> Bool {
        if isBulk, splices, let taken = try splice(from) { return taken }
        guard let chunk = try readNow() else { return false }
        if chunk.isEnd {
            endWasRead()
            return false
        }
        isBulk = chunk.count == BufferPool.bufferSize
        _ = try give(chunk)
        return true
    }

    private func readNow() throws(SideFailure) -> Chunk? {
        do throws(NetworkError) { return try source.readNow() } catch { throw SideFailure(side, error) }
    }

    /// As `take`, into a pipe; nil where that cannot be.
    private func splice(_ from: PolledDescriptor) throws(SideFailure) -> Bool? {
        guard let pipe = pipe ?? OwnPipe.take() else { return nil }
        self.pipe = pipe
        guard let plain = source.plainSource else { return nil }
        let taken: Int?
        do throws(DescriptorFailure) {
            // The pipe is empty at this point, so would-block is the socket's.
            taken = try from.performNow(.read) { socket throws(Errno) in
                try TransferCalls.splice(from: socket, to: pipe.writer, upTo: Pump.most)
            }
        } catch {
            guard error.meansRefused else { throw SideFailure(side, plain.failure(.read, error)) }
            splices = false
            return nil
        }
        guard let taken else {
            isBulk = false
            return false
        }
        guard taken > 0 else {
            endWasRead()
            return false
        }
        pipe.noteFilled(taken)
        plain.onMove?(taken)
        return true
    }

    // MARK: - Giving

    /// Writes what is left of what was taken; false if that would have to wait.
    private func giveUnsent(_ to: PolledDescriptor) throws(SideFailure) -> Bool {
        if let pipe, pipe.held > 0 { return try drain(pipe, to) }
        guard let chunk = unsent.take() else { return true }
        return try give(chunk)
    }

    /// Writes what need not wait, and keeps the rest; true if there is none.
    private func give(_ chunk: consuming Chunk) throws(SideFailure) -> Bool {
        let gone: Int
        do throws(NetworkError) {
            gone = try chunk.withBytes { bytes throws(NetworkError) in try sink.writeNow(bytes) }
        } catch {
            refused = chunk.count
            throw SideFailure(side.other, error)
        }
        note(gone)
        guard gone == chunk.count else {
            unsent = chunk.dropFirst(gone)
            return false
        }
        chunk.giveBack()
        return true
    }

    private func drain(_ pipe: OwnPipe, _ to: PolledDescriptor) throws(SideFailure) -> Bool {
        guard let plain = sink.plainSink else { return false }
        do throws(DescriptorFailure) {
            while pipe.held > 0 {
                let given = try to.performNow(.write) { socket throws(Errno) in
                    try TransferCalls.splice(from: pipe.reader, to: socket, upTo: pipe.held)
                }
                guard let given else { return false }
                pipe.noteDrained(given)
                plain.onMove?(given)
                note(given)
            }
            return true
        } catch {
            throw SideFailure(side.other, plain.failure(.write, error))
        }
    }

    private func note(_ gone: Int) {
        count += gone
        junction.noteMoved()
    }

    private func dropPipe() {
        if let pipe { OwnPipe.giveBack(pipe) }
        pipe = nil
    }
}

/// What a closed direction leaves behind. It does not hold the direction, which holds the junction.
@Netpoller
struct LeavingTask {
    let task: Task<Void, Never>
    let pump: Pump
    let told: Int

    /// How many bytes the sink took.
    var moved: Int { pump.count }

    /// Waits until the task has stopped, and says how many bytes more it had taken and not given than was told.
    func finish() async -> Int {
        await task.value
        // What a pipe had is known only now.
        return pump.lost - told
    }
}

extension JunctionLane: StreamSleeper {
    nonisolated func wake() { _ = Self.advance(self) }

    nonisolated private static let advance = Netpoller.onLoop(goOnNow)

    private static func goOnNow(_ lane: JunctionLane) -> Bool {
        lane.goOn()
        return true
    }
}
