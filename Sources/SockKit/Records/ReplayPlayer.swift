/// Plays one conversation's client to a target, and compares what comes back.
@Netpoller
final class ReplayPlayer {
    private let recording: Recording
    private let conversation: Recording.Conversation
    private let clock: ReplayClock
    private let stream: Connection
    private let patience: Duration
    private var comparison: ReplayComparison
    private var bytesUp = 0
    /// All was sent, and everything is late from now on.
    private var isSent = false
    private var reader: Task<Result<ReplayDifference?, NetworkError>, Never>?

    private var hasMessages: Bool { stream.network.kind != .stream }

    init(
        _ recording: Recording, _ conversation: Recording.Conversation, _ clock: ReplayClock, _ stream: Connection,
        patience: Duration
    ) {
        self.recording = recording
        self.conversation = conversation
        self.clock = clock
        self.stream = stream
        self.patience = patience
        comparison = ReplayComparison(recording, conversation, hasMessages: stream.network.kind != .stream)
    }

    func run() async -> ReplayOutcome {
        let sending = Netpoller.spawn { () async -> NetworkError? in
            do throws(NetworkError) { try await self.send() } catch { return error }
            return nil
        }
        let reading = Netpoller.spawn {
            let result = await self.receive()
            // Behind the first difference nothing means anything any more.
            if case .success(nil) = result {} else { sending.cancel() }
            return result
        }
        reader = reading
        let failure = await Netpoller.join(sending)
        isSent = true
        renew()
        // What breaks the connection is told by what is read of it, as far as that is to come.
        let isStuck = failure.map { !$0.endsConnection } ?? false
        if comparison.isComplete || isStuck { reading.cancel() }
        var result = await Netpoller.join(reading)
        // A target that reset the connection as it is to cannot take the rest either.
        if let failure, isStuck || !comparison.expectsReset, case .success(nil) = result { result = .failure(failure) }
        if Task.isCancelled { result = .failure(cancelled) }
        stream.close()
        return ReplayOutcome(
            number: conversation.number, bytesUp: bytesUp, bytesDown: comparison.count, result: result)
    }

    // MARK: - Sending

    private func send() async throws(NetworkError) {
        var message: [UInt8] = []
        for step in conversation.steps {
            guard await Netpoller.sleep(until: clock.due(step.time)) else { throw cancelled }
            guard step.direction == .up else { continue }
            switch step.deed {
            case .bytes(let range, let isWhole):
                message += recording.bytes[range]
                guard isWhole || !hasMessages else { continue }
                try await write(message)
                message.removeAll(keepingCapacity: true)
            case .end: try stream.closeWrite()
            case .reset:
                // Not before what had come back by then, the end as well, has come back now.
                isSent = true
                renew()
                if !comparison.isComplete, let reader { _ = await Netpoller.join(reader) }
                stream.reset()
            }
        }
    }

    private func write(_ bytes: [UInt8]) async throws(NetworkError) {
        guard !bytes.isEmpty || hasMessages else { return }
        stream.writeDeadline = .now + patience
        try await stream.write(bytes.span)
        bytesUp += bytes.count
    }

    private var cancelled: NetworkError { stream.names.failure(.write, .cancelled) }

    // MARK: - Comparing

    private func receive() async -> Result<ReplayDifference?, NetworkError> {
        do throws(NetworkError) {
            while true {
                let chunk = try await stream.readChunk(maximum: nil)
                let isEnd = chunk.isEnd
                let difference = isEnd ? comparison.end() : chunk.withBytes { comparison.take($0) }
                chunk.giveBack()
                if isEnd || difference != nil { return .success(difference) }
                if isSent, comparison.isComplete { return .success(nil) }
                renew()
                await Task.yield()
            }
        } catch {
            if error.errno == .connectionReset { return .success(comparison.reset()) }
            switch error.cause {
            case .timeout: return .success(comparison.silence())
            // Everything had been sent and had come back, or the connection was reset from here.
            case .cancelled where isSent, .closed where isSent: return .success(nil)
            default: return .failure(error)
            }
        }
    }

    /// Once all was sent the target has so long to go on.
    private func renew() {
        if isSent { stream.readDeadline = .now + patience }
    }
}

/// When something is due that happened in a record.
struct ReplayClock: Sendable {
    let start: Deadline
    /// How many times as fast as it happened.
    let speed: Double

    /// `time` is in nanoseconds from the record's beginning.
    func due(_ time: Int64) -> Deadline {
        start + .nanoseconds(Int64(exactly: (Double(time) / speed).rounded()) ?? .max)
    }
}
