import SockKit

/// One connection joined to standard input and output: what `dial` does, and `listen` with one peer.
@Netpoller
final class PipeSession {
    private let peer: Peer
    private let reporter: Reporter
    private let arguments: PeerArguments
    private let streams: StandardStreams
    private let copies: Copies
    private let progress: Progress
    private var lineEndings = LineEndings()
    private let tally: ReadTally?
    private var stream: ReadTally.Stream?

    init(
        _ peer: Peer, _ arguments: PeerArguments, _ streams: StandardStreams, _ copies: Copies, tally: ReadTally? = nil
    ) {
        self.tally = tally
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
        let relay = Relay(
            peer.connection, input: streams.input, output: streams.output, rules: rules(isListening: isListening),
            tap: tap()
        ) { [peer, reporter] event in
            switch event {
            case .inputEnded: reporter.report(.halfClosed(peer.ends, by: .local))
            case .peerEnded: reporter.report(.halfClosed(peer.ends, by: .peer))
            }
        }
        let task = Netpoller.spawn { await relay.run() }
        copies.onFailure = { task.cancel() }
        let lifetime = arguments.ending.closeAfter.map { span in
            Netpoller.spawn { if await Netpoller.sleep(for: span) { task.cancel() } }
        }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        lifetime?.cancel()
        if arguments.transfer.sendsOnly { await settle(result) }
        progress.finish()
        let status = report(result)
        stream?.finish()
        await peer.close(arguments.ending.close, by: ending(of: result))
        return status
    }

    private func rules(isListening: Bool) -> RelayRules {
        var rules = RelayRules()
        rules.halfClose =
            switch arguments.ending.halfClose {
            case .always: .always
            case .never: .never
            case .automatic: isListening ? .unlessEmpty : .always
            }
        rules.quitAfter = arguments.ending.quitAfter
        rules.inputGrace = arguments.ending.inputGrace
        rules.isHalfOpen = arguments.ending.isHalfOpen
        rules.idleTimeout = arguments.ending.idleTimeout
        rules.reads = arguments.transfer.reads
        rules.readSize = arguments.transfer.readSize
        // A stream's pieces are nobody's business; only what is a message by itself is cut as asked.
        if peer.connection.network.kind != .stream { rules.writeSize = arguments.transfer.writeSize }
        rules.readers = tally?.readers ?? 1
        rules.endsWithInput = arguments.transfer.sendsOnly
        return rules
    }

    private func tap() -> RelayTap {
        var tap = RelayTap()
        tap.counts = { [peer, progress] direction, count in
            if direction == .received { peer.didRead(count) } else { peer.didWrite(count) }
            progress.tick(count)
        }
        tap.cuts = { [peer] count, length in peer.wasCut(count, of: length) }
        if copies.isWanted {
            tap.seesReceived = { [copies] bytes in copies.see(bytes, .received) }
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

    private func ending(of result: RelayResult) -> Event.Ending {
        switch result.ending {
        case .failed(let error): Event.Ending(error)
        case .idle: .timeout
        case .done, .inputStayedOpen: result.peerEnded ? .peer : .local
        case .quit, .outputGone, .cancelled: .local
        }
    }

    private func report(_ result: RelayResult) -> ExitStatus {
        if let failure = copies.failure {
            reporter.report(.failed(failure))
            return .cannotCreate
        }
        switch result.ending {
        case .done, .quit, .outputGone, .cancelled: return .success
        case .inputStayedOpen:
            reporter.report(.note(.inputUnfinished))
            return .success
        case .idle:
            let error = peer.connection.idleError(after: arguments.ending.idleTimeout ?? .zero)
            reporter.report(.failed(error))
            return .timedOut
        case .failed(let error):
            let status = reporter.fail(error, connection: peer.number)
            let lost = result.bytesStranded + result.bytesUnacknowledged
            let sent = result.bytesSent + result.bytesStranded
            if sent > 0 { reporter.report(.note(.inputDropped(bytes: lost, sent: sent))) }
            return status
        }
    }
}

extension Connection {
    /// A silence that was too long.
    func idleError(after span: Duration) -> Failure {
        var failure = Failure(
            code: "timeout",
            message:
                "read \(network) \(localEndpoint)->\(remoteEndpoint): nothing came or went for \(Quantity.duration(span))"
        )
        (failure.operation, failure.network, failure.local, failure.remote) = (
            "read", network, localEndpoint, remoteEndpoint
        )
        return failure
    }
}
