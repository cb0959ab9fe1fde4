/// One side of the connection as a writer: it writes chunk after chunk, and waits when there is no room.
@Netpoller
final class WriteBlockSide {
    let connection: Connection
    let writer: WriteBlockEvent.Writer
    unowned let run: WriteBlockRun
    let payload: [UInt8]
    var accepted = 0
    /// Writes that were begun, and those that moved bytes.
    var begun = 0
    var writes = 0
    var lastWriteBytes = 0
    /// How many bytes of the present write the kernel has taken.
    var taken = 0
    var errors: [NetworkError] = []
    /// When the present block began; nil while nothing is blocked.
    var blockedSince: Deadline?
    private(set) var firstBlock: Deadline?
    private(set) var unblockedByRead: Int?
    private(set) var hasUnblocked = false

    init(_ connection: Connection, _ writer: WriteBlockEvent.Writer, payload: [UInt8], of run: WriteBlockRun) {
        self.connection = connection
        self.writer = writer
        self.payload = payload
        self.run = run
    }

    var probe: WriteBlockProbe { run.probe }
    /// The number of the write in progress. The thread reports a write only once it has returned.
    var presentWrite: Int { probe.isBlocking ? begun + 1 : begun }

    /// Writes until there is a reason to stop.
    func write() async -> WriteBlockResult.Ending {
        while true {
            if let limit = probe.writes, begun >= limit { return .allWritten }
            if run.isDrainedBy(self) { return .drained }
            if let end = run.end(of: self), end.hasPassed { return run.endingInTime(self) }
            if begun % Self.breath == Self.breath - 1 {
                // With a peer that reads as fast as we write, no other task would ever run.
                await Task.yield()
                await probe.pace?()
                if Task.isCancelled { return .interrupted }
            }
            begun += 1
            taken = 0
            let ending = probe.writeTimeout == nil ? await writeChunk() : await writeInTime()
            if let ending {
                countPartial()
                return ending
            }
        }
    }

    private static let breath = 32
    /// So many errors show their order: the first one, and what follows it.
    private static let errorsToShow = 3

    // MARK: - One write

    /// Writes one chunk; returns why there should be no further one.
    private func writeChunk() async -> WriteBlockResult.Ending? {
        let start = Deadline.now
        repeat {
            let outcome: Attempt<Int>
            do throws(DescriptorFailure) { outcome = try attempt() } catch { return fail(error, since: start) }
            switch outcome {
            case .done(let count):
                unblock()
                taken += count
                accepted += count
            case .wouldBlock:
                if let ending = await waitForRoom() {
                    if taken > 0 { report(taken, since: start, isGivenUp: true) }
                    return ending
                }
            }
        } while taken < payload.count
        finishWrite(since: start)
        return nil
    }

    func attempt() throws(DescriptorFailure) -> Attempt<Int> {
        let (payload, taken) = (payload, taken)
        return try connection.descriptor.withNumber { number throws(Errno) in
            try Self.send(number, payload.span, after: taken)
        }
    }

    private static func send(_ number: Int32, _ bytes: Span<UInt8>, after gone: Int) throws(Errno) -> Attempt<Int> {
        try unsafe bytes.withUnsafeBytes { all throws(Errno) in
            try unsafe TransferCalls.send(number, UnsafeRawBufferPointer(rebasing: all[gone...]))
        }
    }

    func finishWrite(since start: Deadline) {
        count(payload.count)
        report(payload.count, since: start)
    }

    /// Counts a write that moved so many bytes.
    func count(_ bytes: Int) { (writes, lastWriteBytes) = (writes + 1, bytes) }

    private func countPartial() {
        guard taken > 0, taken < payload.count else { return }
        count(taken)
        taken = 0
    }

    func report(_ bytes: Int, _ error: NetworkError? = nil, since start: Deadline, isGivenUp: Bool = false) {
        run.emit(
            .wrote(
                WriteBlockEvent.Write(
                    writer: writer, index: begun, bytes: bytes, total: accepted, error: error, duration: .now - start,
                    isGivenUp: isGivenUp)))
    }

    func fail(_ failure: DescriptorFailure, since start: Deadline) -> WriteBlockResult.Ending? {
        if failure == .closed || failure == .cancelled { return failure == .closed ? .failed : .interrupted }
        let error = connection.failure(.write, failure).after(taken)
        errors.append(error)
        report(taken, error, since: start)
        countPartial()
        blockedSince = nil
        let isLast = error.errno == .brokenPipe || error.errno == .notConnected
        return isLast || errors.count >= Self.errorsToShow ? .failed : nil
    }

    // MARK: - Waiting for room

    /// Waits until the socket polls writable, and declares a block when that takes long.
    private func waitForRoom() async -> WriteBlockResult.Ending? {
        let descriptor = connection.descriptor
        descriptor.noteBlocked(.write)
        let since = Deadline.now
        while true {
            let declaration = blockedSince == nil ? since + probe.patience : Deadline.never
            let end = run.end(of: self) ?? .never
            if end.hasPassed { return run.endingInTime(self) }
            let moment = min(declaration, end)
            descriptor[deadline: .write] = moment == .never ? nil : moment
            do throws(DescriptorFailure) {
                try await descriptor.waitUntilReady(.write)
                descriptor[deadline: .write] = nil
                return nil
            } catch {
                descriptor[deadline: .write] = nil
                switch error {
                case .cancelled: return .interrupted
                case .closed, .system: return .failed
                case .deadlineExceeded:
                    // Closed meanwhile, because the other side's block ended the peer.
                    if descriptor.isClosed { return .failed }
                    guard declaration.hasPassed else { break }
                    // On a busy machine this task may run late, when there is room again: poll(2) knows.
                    if isWritable { return nil }
                    block(since: since)
                }
            }
        }
    }

    private var isWritable: Bool {
        (try? connection.descriptor.withNumber { number throws(Errno) in UnwatchedCalls.isWritable(number) }) ?? true
    }

    /// Declares the present write blocked.
    func block(since: Deadline) {
        blockedSince = since
        if firstBlock == nil { firstBlock = since }
        run.sideDidBlock(self, since: since)
    }

    /// The present write goes on, if it was blocked.
    func unblock() {
        guard let since = blockedSince else { return }
        blockedSince = nil
        if !hasUnblocked { unblockedByRead = run.peerReads }
        hasUnblocked = true
        run.sideDidUnblock(self, after: .now - since)
    }
}
