import SockKit

/// `dial --writers`: several tasks write messages to one connection at once, and what comes back goes to standard output.
@Netpoller
final class WriterSession: Service {
    private let reporter: Reporter
    private let arguments: PeerArguments
    private let writing: WriterArguments
    private let output: ByteSink?
    private let copies: PayloadCopies
    private var messages = 0
    private var sent = 0
    private var start = Deadline.now
    private var end = Deadline.now
    private var ending: Ending?
    private var unacknowledged: Int?
    private var tasks: [Task<Void, Never>] = []
    private var isOver = false

    /// What ended it before its time.
    private enum Ending {
        case outputGone, quit, stopped
        case failed(NetworkError)
    }

    init(
        _ arguments: PeerArguments, _ writing: WriterArguments, _ output: ByteSink?, _ copies: PayloadCopies,
        _ reporter: Reporter
    ) {
        self.arguments = arguments
        self.writing = writing
        self.output = output
        self.copies = copies
        self.reporter = reporter
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        copies.end(peer)
        peer.onStop = { self.give(.stopped) }
        await withTaskCancellationHandler {
            await converse(peer)
        } onCancel: {
            Netpoller.spawn { self.cancel() }
        }
        (sent, unacknowledged) = (peer.sent, peer.connection.bytesUnacknowledged)
        switch ending {
        case .failed(let error): throw error
        case .stopped: throw peer.names.failure(.write, .cancelled)
        case .outputGone, .quit: return .byUs
        case nil: return .byPeer
        }
    }

    private func cancel() {
        isOver = true
        for task in tasks { task.cancel() }
    }

    private func give(_ ending: Ending) {
        // The first reason counts; the others follow from it. A failed write tells more than the read beside it.
        if self.ending == nil { self.ending = ending }
        cancel()
    }

    // MARK: - The conversation

    private func converse(_ peer: Peer) async {
        let receiver = Netpoller.spawn { await self.receive(peer) }
        let watch = output.map { output in
            Netpoller.spawn { if (try? await output.waitUntilGone()) != nil { self.give(.outputGone) } }
        }
        // All of them stand at the start before the first runs: no await is between here and there.
        let writers = (0..<(writing.writers ?? 0)).map { index in
            Netpoller.spawn { await self.write(as: index, peer) }
        }
        tasks = writers + [receiver] + (watch.map { [$0] } ?? [])
        if isOver { cancel() }
        start = .now
        for task in writers { await task.value }
        end = .now
        if ending == nil { sayEnd(peer) }
        let limit = arguments.ending.quitAfter.map { span in
            Netpoller.spawn { if await Netpoller.sleep(for: span) { self.give(.quit) } }
        }
        await receiver.value
        limit?.cancel()
        cancel()
    }

    private func sayEnd(_ peer: Peer) {
        guard arguments.ending.halfClose != .never, !Task.isCancelled else { return }
        reporter.report(HalfClosedEvent(ends: peer.ends, by: .local))
        // The peer may be gone already; then the receiving side says so.
        // Under TLS it is told in any case: there is nothing more to say.
        try? peer.connection.sayEnd()
    }

    private func write(as index: Int, _ peer: Peer) async {
        let message = [UInt8](repeating: UInt8(ascii: "a") + UInt8(index), count: writing.messageSize)
        do throws(NetworkError) {
            for _ in 0..<writing.messages {
                try await write(message, peer)
                messages += 1
                // A write that found room did not wait: the others are to have their turn all the same.
                await Task.yield()
            }
        } catch {
            if error.cause != .cancelled { give(.failed(error)) }
        }
    }

    private func write(_ message: [UInt8], _ peer: Peer) async throws(NetworkError) {
        guard writing.isSplit else { return try await writeOnce(message.span, peer) }
        let half = message.count / 2
        try await writeOnce(message.span.extracting(first: half), peer)
        // Threads may be interrupted between two calls; tasks give way where they say so.
        await Task.yield()
        try await writeOnce(message.span.extracting(droppingFirst: half), peer)
    }

    private func writeOnce(_ bytes: Span<UInt8>, _ peer: Peer) async throws(NetworkError) {
        if writing.isUnlocked {
            do throws(NetworkError) { try await peer.connection.writeUnlocked(bytes) } catch {
                peer.didWrite(error.bytesTransferred)
                throw error
            }
            peer.didWrite(bytes.count)
        } else {
            try await peer.write(bytes)
        }
        guard copies.isWanted else { return }
        await copies.waitForRoom()
        copies.see(bytes, .sent)
    }

    private func receive(_ peer: Peer) async {
        let view = PeerViews(arguments, copies).far(peer, through: peer.stream)
        do throws(NetworkError) {
            while true {
                let chunk = try await view.stream.readChunk(maximum: nil)
                guard !chunk.isEnd else {
                    if peer.policy.reads { reporter.report(HalfClosedEvent(ends: peer.ends, by: .peer)) }
                    return
                }
                try await output?.write(chunk)
                chunk.giveBack()
                await Task.yield()
            }
        } catch {
            if !peer.policy.reads { return }
            if error.cause != .cancelled { give(error.isOutputGone ? .outputGone : .failed(error)) }
            // Behind a chunk that was not taken it would be taken for what stood there.
            guard error.stream == nil, let output else { return }
            let lost = await view.giveRest(to: output, copies)
            if lost > 0 { reporter.report(OutputDroppedEvent(bytes: lost, received: peer.received)) }
        }
    }

    // MARK: - How it ended

    func reportSummary() {
        let elapsed = end - start
        let rate = elapsed > .zero ? Int(Double(sent) / elapsed.seconds) : nil
        var measures = [
            Measure("writers", .count(writing.writers ?? 0)), Measure("messages", .count(messages)),
            Measure("message_size", .bytes(writing.messageSize)), Measure("bytes", .bytes(sent)),
            Measure("elapsed", .duration(elapsed)), Measure("rate", rate.map(Measure.Value.rate) ?? .nothing),
        ]
        if ending != nil, let unacknowledged {
            measures.append(Measure("bytes_unacknowledged", .bytes(unacknowledged)))
        }
        reporter.report(SummaryEvent(measures: measures))
    }
}
