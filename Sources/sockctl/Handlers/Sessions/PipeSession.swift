import SockKit

/// One connection joined to standard input and output: what `dial` does, and `listen` with one peer.
@Netpoller
final class PipeSession {
    let peer: Peer
    let reporter: Reporter
    let arguments: PeerArguments
    let streams: StandardStreams
    let copies: Copies
    private let progress: Progress
    let persistence: PersistenceArguments
    var heartbeat: Heartbeat?
    var beats: Task<Void, Never>?
    /// Too many heartbeats in a row were not answered.
    var hasMissed = false
    /// What was converted so far counts for what comes next, on the next connection too.
    var lineEndings = LineEndings()

    /// How a session came to its end.
    enum Outcome {
        case ended(ExitStatus)
        /// The connection is gone and another is wanted.
        case lost(Failure)
    }

    private let tally: ReadTally?
    private var stream: ReadTally.Stream?

    init(
        _ peer: Peer, _ arguments: PeerArguments, _ streams: StandardStreams, _ copies: Copies,
        _ persistence: PersistenceArguments = PersistenceArguments(), tally: ReadTally? = nil
    ) {
        self.tally = tally
        self.persistence = persistence
        self.peer = peer
        self.arguments = arguments
        self.streams = streams
        self.copies = copies
        reporter = peer.reporter
        progress = Progress(
            peer.reporter, total: streams.input?.size,
            sharesTerminal: streams.output?.isTerminal ?? false || streams.input?.isTerminal ?? false)
    }

    /// Runs the end-of-data rule to its end, reports how that was, and closes.
    func run(isListening: Bool) async -> ExitStatus {
        let result = await relay(isListening: isListening)
        return await end(result)
    }

    /// As `run`, but reports a loss as one that is made up for where `--reconnect` says so.
    func runUntilLost() async -> Outcome {
        let result = await relay(isListening: false)
        guard persistence.reconnects, let failure = loss(result) else {
            return .ended(await end(result))
        }
        if case .done = result.ending { await awaitAcknowledgements(for: .milliseconds(200)) }
        reportLoss(failure, result)
        await peer.close(peer.conduct.close, by: ending(of: result))
        return .lost(failure)
    }

    private func end(_ result: RelayResult) async -> ExitStatus {
        let status = report(result)
        if case .idle = result.ending { await peer.sayGoodbye() }
        await peer.close(peer.conduct.close, by: ending(of: result))
        return status
    }

    private func relay(isListening: Bool) async -> RelayResult {
        let relay = Relay(
            peer.connection, input: streams.input, output: streams.output, rules: rules(isListening: isListening),
            tap: tap()
        ) { [self, peer, reporter] event in
            switch event {
            case .inputEnded(let saysEnd):
                guard saysEnd else { return }
                // Nothing can be sent any more once our end was said.
                self.beats?.cancel()
                reporter.report(HalfClosedEvent(ends: peer.ends, by: .local))
            case .peerEnded: reporter.report(HalfClosedEvent(ends: peer.ends, by: .peer))
            }
        }
        let task = Netpoller.spawn { await relay.run() }
        copies.onFailure = { task.cancel() }
        startHeartbeat(relay, task)
        let lifetime = peer.conduct.lifetime.map { span in
            Netpoller.spawn { if await Netpoller.sleep(for: span) { task.cancel() } }
        }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        lifetime?.cancel()
        beats?.cancel()
        if arguments.transfer.sendsOnly { await settle(result) }
        progress.finish()
        stream?.finish()
        return result
    }

    private func rules(isListening: Bool) -> RelayRules {
        var rules = RelayRules()
        rules.halfClose =
            switch arguments.ending.halfClose {
            case .always: .always
            case .never: .never
            case .automatic: isListening || persistence.heartbeat != nil ? .unlessEmpty : .always
            }
        rules.quitAfter = arguments.ending.quitAfter
        rules.inputGrace = arguments.ending.inputGrace
        rules.isHalfOpen = arguments.ending.isHalfOpen
        rules.idleTimeout = peer.conduct.idleTimeout
        rules.reads = peer.conduct.reads
        rules.pace = peer.conduct.pace
        if peer.connection.network.kind != .stream {
            // Each read of the input is a message by itself.
            rules.inputSize = arguments.pace.writeSize ?? 8192
            rules.pace.writeSize = nil
        }
        rules.readers = tally?.readers ?? 1
        rules.endsWithPeer = persistence.reconnects
        rules.endsWithInput = arguments.transfer.sendsOnly
        rules.frames = arguments.frame.rules(sendsCRLF: arguments.transfer.isCRLF)
        return rules
    }

    private func tap() -> RelayTap {
        var tap = RelayTap()
        tap.counts = { [peer, progress] direction, count in
            if direction == .received { peer.didRead(count) } else { peer.didWrite(count) }
            progress.tick(count)
        }
        tap.goesOn = { [peer] error in peer.goesOn(after: error) }
        tap.cuts = { [peer] count, length in peer.wasCut(count, of: length) }
        let hasFrames = arguments.frame.framing != nil
        if hasFrames { tap.seesMessage = { [peer] index, bytes in peer.didReceiveMessage(index, bytes: bytes) } }
        if copies.isWanted {
            if hasFrames {
                tap.seesReceived = { [copies] bytes in copies.dump(bytes, .received) }
                tap.seesPayloads = { [copies] bytes in copies.keep(bytes) }
            } else {
                tap.seesReceived = { [copies] bytes in copies.see(bytes, .received) }
            }
            tap.seesSent = { [copies] bytes in copies.see(bytes, .sent) }
        }
        count(with: &tap)
        if arguments.transfer.isCRLF {
            tap.converts = { [self] bytes in lineEndings.convert(bytes) }
        }
        return tap
    }

    /// Has each read told with its reader, and its bytes looked at.
    private func count(with tap: inout RelayTap) {
        guard let tally else { return }
        let stream = ReadTally.Stream(tally, peer)
        self.stream = stream
        let isNamed = tally.readers > 1
        let plain = tap
        tap.reads = { stream.reader = $0 }
        tap.counts = { [peer, progress] direction, count in
            guard direction == .received else { return plain.counts?(direction, count) ?? () }
            peer.didRead(count, reader: isNamed ? stream.reader : nil)
            progress.tick(count)
        }
        tap.seesReceived = { bytes in
            plain.seesReceived?(bytes)
            stream.take(bytes)
        }
    }

    /// With `--send-only` nobody waits for the peer's end, but what was sent is to arrive: closing with unread bytes
    /// would reset the connection and take with it what is still on its way.
    private func settle(_ result: RelayResult) async {
        guard case .done = result.ending else { return }
        try? peer.connection.closeWrite()
        let drain = Netpoller.spawn { [connection = peer.connection] in
            while let count = try? await connection.discard(), count > 0 {}
        }
        defer { drain.cancel() }
        let end = arguments.ending.quitAfter.map { Deadline.now + $0 }
        while let queued = peer.connection.queueDepths?.unacknowledged, queued > 0, !Task.isCancelled {
            if let end, end.hasPassed { return }
            if peer.connection.tcpInfo.map({ $0.state == .closed }) ?? true { return }
            await Netpoller.sleep(for: .milliseconds(2))
        }
    }

    // MARK: - How it ended

    func ending(of result: RelayResult) -> ConnectionEnding {
        if hasMissed { return .timeout }
        return switch result.ending {
        case .failed(let error): ConnectionEnding(error)
        case .idle: .timeout
        case .done, .inputStayedOpen: result.peerEnded ? .peer : .local
        case .quit, .outputGone, .cancelled: .local
        }
    }

    private func report(_ result: RelayResult) -> ExitStatus {
        if let failure = copies.failure {
            reporter.report(FailedEvent(failure))
            return .cannotCreate
        }
        if hasMissed {
            reporter.report(FailedEvent(missedFailure))
            reportDropped(result)
            return .timedOut
        }
        switch result.ending {
        case .done, .quit, .outputGone, .cancelled: return .success
        case .inputStayedOpen:
            reporter.report(InputUnfinishedEvent())
            return .success
        case .idle:
            reporter.report(FailedEvent(peer.idleFailure))
            return .timedOut
        case .failed(let error):
            reporter.report(FailedEvent(peer.failure(error)))
            reportDropped(result)
            return ExitStatus(of: error)
        }
    }
}

extension Connection {
    /// Reading came to an end that no system call reports as an error.
    func readFailure(_ code: String, _ reason: String) -> Failure {
        var failure = Failure(code: code, message: "read \(network) \(localEndpoint)->\(remoteEndpoint): \(reason)")
        (failure.operation, failure.network, failure.local, failure.remote) = (
            "read", network, localEndpoint, remoteEndpoint
        )
        return failure
    }
}
