/// A connection with its writers, its readers, and whoever disturbs them; in the end all that was sent has come out.
@Netpoller
final class Line {
    private let near: End
    private let far: End
    private let flow = Flow()
    private let disturbance: Disturbance
    /// Whether it may close its ends when it is over: not where others use them.
    private let closes: Bool
    private var tasks: [Task<Void, Never>] = []
    /// One who rests has the side for himself.
    private let rests = chance.oneIn(3)
    private var endWasRead = false
    private var stage: StaticString = "begins"
    /// Those that are under way, for a report.
    private static var present: [ObjectIdentifier: Line] = [:]

    enum Disturbance: CaseIterable {
        case none, deadlines, cancellation, closing, all
    }

    /// `far` reads what `near` sends; they need not be of one connection, if somebody joins theirs.
    init(_ near: End, _ far: End, _ disturbance: Disturbance, closes: Bool = false) {
        (self.near, self.far, self.disturbance, self.closes) = (near, far, disturbance, closes)
    }

    /// What everybody waits for.
    static var report: String {
        present.values.map { line in
            "\n  \(line.stage), \(line.disturbance), rests \(line.rests), end read \(line.endWasRead), "
                + "\(line.flow.compared) bytes, near: \(line.near.report), far: \(line.far.report)"
        }.sorted().joined()
    }

    func run() async {
        Self.present[ObjectIdentifier(self)] = self
        defer { Self.present[ObjectIdentifier(self)] = nil }
        let writers = (0...chance.below(3)).map { _ in start { await self.write() } }
        let readers = (0...(rests ? 0 : chance.below(2))).map { _ in start { await self.read() } }
        var others: [Task<Void, Never>] = []
        if closes, chance.oneIn(2) { others.append(start { await self.watch() }) }
        if disturbance != .none { others.append(start { await self.disturb() }) }
        // Readers may be sent away before the end: nobody sends this one away, who then reads on.
        let reading = Netpoller.spawn {
            for task in readers { await task.value }
            while await self.readOnce() {}
        }
        stage = "writes"
        for task in writers { await task.value }
        stage = "reads"
        near.closeWrite()
        far.setDeadline(.read, nil)
        far.setTimeout(.read, nil)
        await reading.value
        if closes {
            near.close()
            far.close()
        }
        stage = "waits for others"
        for task in others { await task.value }
        flow.settle(isWhole: endWasRead && !near.mayBeCut && !far.mayBeCut)
    }

    private func start(_ body: @escaping @Netpoller @Sendable () async -> Void) -> Task<Void, Never> {
        let task = Netpoller.spawn(body)
        tasks.append(task)
        return task
    }

    // MARK: - Writers

    private func write() async {
        for _ in 0..<chance.skewed(40) {
            if chance.oneIn(3) { await pause() }
            // Mostly little: the loop is what is tried, and not memory.
            let bytes = flow.make(chance.skewed(chance.oneIn(4) ? 40_000 : 600))
            guard await send(bytes) else { return }
        }
    }

    private func send(_ bytes: [UInt8]) async -> Bool {
        if chance.oneIn(4), let gone = sendNow(bytes) { return gone }
        let (outcome, error) = await near.operate(.write, peer: far) { () throws(NetworkError) in
            try await near.connection.write(bytes)
            flow.noteSent(bytes[...])
        }
        if let error { flow.noteSent(bytes[..<error.bytesTransferred]) }
        if outcome == .timeout, disturbance != .none { near.setDeadline(.write, nil) }
        return outcome == .done || outcome == .timeout
    }

    /// What need not wait; nil where it would have to.
    private func sendNow(_ bytes: [UInt8]) -> Bool? {
        do throws(NetworkError) {
            let gone = try near.connection.writeNow(bytes.span)
            flow.noteSent(bytes[..<gone])
            return gone == 0 ? nil : true
        } catch {
            return nil
        }
    }

    // MARK: - Readers

    private func read() async {
        while await rests ? restOnce() : readOnce() {
            if chance.oneIn(4) { await pause() }
        }
    }

    /// False after the end.
    private func readOnce() async -> Bool {
        let most = chance.oneIn(2) ? nil : Optional(chance.skewed(9_000))
        var isEnd = false
        let (outcome, _) = await far.operate(.read, peer: near) { () throws(NetworkError) in
            let chunk = try await far.connection.readChunk(maximum: most)
            isEnd = take(chunk)
        }
        if outcome == .timeout { far.setDeadline(.read, nil) }
        return outcome == .done ? !isEnd : outcome == .timeout
    }

    /// Takes what is there, and sleeps without a task's frame until there is more.
    private func restOnce() async -> Bool {
        do throws(NetworkError) {
            if let chunk = try far.connection.readNow() { return !take(chunk) }
        } catch {
            guard case .timeout = error.cause else { return false }
            far.setDeadline(.read, nil)
            return true
        }
        if Task.isCancelled || far.isClosed { return false }
        let bell = Bell()
        guard far.connection.rest(waking: bell) else { return true }
        await bell.wait()
        return true
    }

    private func take(_ chunk: consuming Chunk) -> Bool {
        let isEnd = chunk.isEnd
        chunk.withBytes { flow.noteReceived($0) }
        chunk.giveBack()
        if isEnd { endWasRead = true }
        return isEnd
    }

    /// Waits for the other end to be gone, beside the readers.
    private func watch() async {
        _ = await far.operate(.read, peer: near) { () throws(NetworkError) in try await far.connection.waitUntilGone() }
    }

    // MARK: - Disturbances

    private func disturb() async {
        for _ in 0..<chance.skewed(30) {
            await pause()
            switch disturbance {
            case .none: return
            case .deadlines: moveDeadline()
            case .cancellation: cancelSomebody()
            case .closing: if chance.oneIn(8) { closeSomething() }
            case .all:
                switch chance.below(16) {
                case 0: closeSomething()
                case 1...5: cancelSomebody()
                default: moveDeadline()
                }
            }
        }
    }

    private func moveDeadline() {
        let (end, side) = chance.oneIn(2) ? (near, PollSide.write) : (far, .read)
        switch chance.below(8) {
        case 0: end.setDeadline(side, .past)
        case 1: end.setDeadline(side, nil)
        case 2: end.setTimeout(side, chance.oneIn(2) ? nil : .microseconds(chance.skewed(20_000)))
        default: end.setDeadline(side, chance.moment())
        }
    }

    private func cancelSomebody() { chance.pick(tasks).cancel() }

    private func closeSomething() {
        switch chance.below(3) {
        case 0: near.close()
        case 1: far.close()
        default: near.closeWrite()
        }
    }

    private func pause() async {
        switch chance.below(3) {
        case 0: await Task.yield()
        case 1: await Netpoller.sleep(until: chance.moment())
        default: await Netpoller.sleep(for: .nanoseconds(chance.below(2_000)))
        }
    }
}

/// Rings for one task.
final class Bell: StreamSleeper {
    @Netpoller private var hasRung = false
    @Netpoller private var place: Parking?

    nonisolated func wake() { Netpoller.spawn { self.ring() } }

    @Netpoller private func ring() {
        hasRung = true
        place?.wake()
    }

    @Netpoller func wait() async {
        let place = Parking()
        self.place = place
        while !hasRung { if await place.wait() == .cancelled { return } }
    }
}
