internal import Synchronization

/// Writes in a thread that blocks in send(2), and watches it from the loop.
@Netpoller
final class WriteBlockThread {
    /// What a write came to: how much went or, by itself, the error that ended it.
    struct Record: Sendable {
        let result: Result<Int, Errno>
        let start: Deadline
        let end: Deadline
    }

    private let run: WriteBlockRun
    private let side: WriteBlockSide
    private let mail = ThreadMail()
    /// When the kernel last took a byte.
    private var lastProgress = Deadline.now
    private var lastSeen: Int?

    /// Begins to write.
    init(_ run: WriteBlockRun, _ side: WriteBlockSide) throws(NetworkError) {
        self.run = run
        self.side = side
        try start()
    }

    /// Watches until there is a reason to stop.
    func watch() async -> WriteBlockResult.Ending {
        var ending: WriteBlockResult.Ending?
        while ending == nil {
            let (records, isOver) = mail.take()
            for record in records {
                lastProgress = record.end
                side.note(record)
            }
            run.inFlight = 0
            if isOver {
                ending =
                    side.errors.isEmpty ? run.stopsAfterUnblock && side.hasUnblocked ? .drained : .allWritten : .failed
            } else {
                ending = await look()
            }
        }
        // Only a shutdown of the socket wakes a thread in send(2): a cancelled task must still carry it out.
        await Netpoller.spawn { await self.stop() }.value
        return ending ?? .failed
    }

    /// Reads from the queues how far a write is that has not returned, then waits a little.
    private func look() async -> WriteBlockResult.Ending? {
        // A socket whose peer has ended has nothing more to tell.
        if run.peer?.hasEnded != true, let seen = run.bytesInSight {
            if seen != lastSeen {
                (lastSeen, lastProgress) = (seen, .now)
                side.unblock()
            }
            run.inFlight = max(0, seen - side.accepted)
        }
        if side.blockedSince == nil, (lastProgress + run.probe.patience).hasPassed { side.block(since: lastProgress) }
        if let end = run.end(of: side), end.hasPassed { return run.endingInTime(side) }
        return await mail.wait(until: .now + .milliseconds(5)) ? nil : .interrupted
    }

    private func start() throws(NetworkError) {
        let plan = Plan(
            chunk: run.probe.chunk, writes: run.probe.writes ?? .max,
            longest: run.stopsAfterUnblock ? run.probe.patience : nil)
        var call = "fcntl"
        do throws(DescriptorFailure) {
            try side.connection.descriptor.withNumber { [mail] number throws(Errno) in
                try BlockingCalls.setBlocking(true, number)
                call = "pthread_create"
                try ThreadCalls.start { Self.sendAll(number, plan, mail) }
            }
        } catch {
            throw side.connection.failure(.write, error, call: call)
        }
    }

    /// What the thread has to do.
    private struct Plan: Sendable {
        let chunk: Int
        let writes: Int
        /// A write that took this long was blocked, and is the last; nil goes on.
        let longest: Duration?
    }

    /// The thread: one write after the other.
    private nonisolated static func sendAll(_ number: Int32, _ plan: Plan, _ mail: ThreadMail) {
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: plan.chunk)
        var (writes, errors) = (0, 0)
        while writes < plan.writes, errors < 3, !mail.isStopping {
            writes += 1
            let start = Deadline.now
            var gone = 0
            var failure: Errno?
            // A process that was stopped, and goes on, finds its send short without an error.
            repeat {
                do throws(Errno) {
                    gone += try BlockingCalls.send(number, payload.span.extracting(gone..<payload.count))
                } catch {
                    failure = error
                }
            } while failure == nil && gone < payload.count && !mail.isStopping
            let end = Deadline.now
            if gone > 0 { mail.post(Record(result: .success(gone), start: start, end: end)) }
            if let failure {
                mail.post(Record(result: .failure(failure), start: start, end: end))
                errors = failure == .brokenPipe ? 3 : errors + 1
            }
            if errors == 0, let longest = plan.longest, start + longest <= end { break }
        }
        mail.post(nil)
    }

    private func stop() async {
        mail.orderStop()
        if !mail.isOver {
            // A write in progress that is not blocked ends by itself.
            if side.blockedSince == nil { await mail.wait(until: .now + .milliseconds(100)) }
            await run.settle(side, for: .seconds(1))
            run.keepLedger()
            _ = try? side.connection.descriptor.withNumber { number throws(Errno) in
                try SocketCalls.shutdown(number, .both)
            }
        }
        while true {
            let (records, isOver) = mail.take()
            for record in records { side.noteInterrupted(record) }
            if isOver { break }
            await mail.wait(until: .now + .milliseconds(50))
        }
        run.inFlight = 0
    }
}

extension WriteBlockSide {
    /// Takes over the result of a write that the thread made.
    fileprivate func note(_ record: WriteBlockThread.Record) {
        begun += 1
        taken = 0
        switch record.result {
        case .success(let moved):
            // A short count means that the write was ended, not that it went on.
            if moved == payload.count { unblock() }
            accepted += moved
            count(moved)
            report(moved, since: record.start)
        case .failure(let number):
            let error = connection.failure(.write, .system(number))
            errors.append(error)
            blockedSince = nil
            report(0, error, since: record.start)
        }
    }

    /// As `note`, for a write that we ended: the bytes that it moved count, its error does not.
    fileprivate func noteInterrupted(_ record: WriteBlockThread.Record) {
        guard case .success(let moved) = record.result, moved > 0 else { return }
        begun += 1
        accepted += moved
        count(moved)
        report(moved, since: record.start, isGivenUp: moved < payload.count)
    }
}

/// What the thread has to tell the loop.
private final class ThreadMail: Sendable {
    private struct State: Sendable {
        var records: [WriteBlockThread.Record] = []
        var isOver = false
        var isAnnounced = false
        var isStopping = false
    }

    private let state = Lock(State())
    @Netpoller private let parking = Parking()

    @Netpoller init() {}

    var isOver: Bool { state.withLock { $0.isOver } }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Makes the write in progress the last one.
    func orderStop() { state.withLock { $0.isStopping = true } }

    /// Adds a record; nil is the end.
    func post(_ record: WriteBlockThread.Record?) {
        let announces = state.withLock { state in
            if let record { state.records.append(record) } else { state.isOver = true }
            defer { state.isAnnounced = true }
            return !state.isAnnounced
        }
        if announces { Netpoller.spawn { _ = self.parking.wake() } }
    }

    @Netpoller func take() -> (records: [WriteBlockThread.Record], isOver: Bool) {
        state.withLock { state in
            defer { (state.records, state.isAnnounced) = ([], false) }
            return (state.records, state.isOver)
        }
    }

    /// Waits for news; false if the task was cancelled.
    @discardableResult
    @Netpoller func wait(until deadline: Deadline) async -> Bool {
        await parking.wait(until: deadline) != .cancelled
    }
}
