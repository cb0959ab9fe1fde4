import SockKit

/// `dial --writers`: several tasks write messages to one connection at once, and what comes back goes to standard output.
@Netpoller
final class WriterSession {
    private let peer: Peer
    private let reporter: Reporter
    private let arguments: PeerArguments
    private let writing: WriterArguments
    private let output: ByteSink?
    private let copies: Copies
    private var messages = 0
    private var start = Deadline.now
    private var end = Deadline.now
    private var ending: Ending?
    private var tasks: [Task<Void, Never>] = []
    private var isOver = false

    /// What ended it before its time.
    private enum Ending {
        case outputGone, copyFailed(Failure), quit
        case failed(NetworkError)
    }

    init(
        _ peer: Peer, _ arguments: PeerArguments, _ writing: WriterArguments, _ output: ByteSink?, _ copies: Copies
    ) {
        self.peer = peer
        self.arguments = arguments
        self.writing = writing
        self.output = output
        self.copies = copies
        reporter = peer.reporter
    }

    func run() async -> ExitStatus {
        let session = Netpoller.spawn { await self.converse() }
        await withTaskCancellationHandler {
            await session.value
        } onCancel: {
            Netpoller.spawn { self.cancel() }
        }
        return await conclude()
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

    private func converse() async {
        copies.onFailure = { [copies] in copies.failure.map { self.give(.copyFailed($0)) } }
        let receiver = Netpoller.spawn { await self.receive() }
        let watch = output.map { output in
            Netpoller.spawn { if await output.waitUntilGone() { self.give(.outputGone) } }
        }
        let idleness = Netpoller.spawn { await self.peer.watchIdleness() }
        // All of them stand at the start before the first runs: no await is between here and there.
        let writers = (0..<(writing.writers ?? 0)).map { index in Netpoller.spawn { await self.write(as: index) } }
        tasks = writers + [receiver, idleness] + (watch.map { [$0] } ?? [])
        if isOver { cancel() }
        start = .now
        for task in writers { await task.value }
        end = .now
        if ending == nil { sayEnd() }
        let limit = arguments.ending.quitAfter.map { span in
            Netpoller.spawn { if await Netpoller.sleep(for: span) { self.give(.quit) } }
        }
        await receiver.value
        limit?.cancel()
        cancel()
    }

    private func sayEnd() {
        guard arguments.ending.halfClose != .never, !Task.isCancelled else { return }
        reporter.report(HalfClosedEvent(ends: peer.ends, by: .local))
        // The peer may be gone already; then the receiving side says so.
        try? peer.connection.closeWrite()
    }

    private func write(as index: Int) async {
        let message = [UInt8](repeating: UInt8(ascii: "a") + UInt8(index), count: writing.messageSize)
        do throws(NetworkError) {
            for _ in 0..<writing.messages {
                try await write(message)
                messages += 1
                // A write that found room did not wait: the others are to have their turn all the same.
                await Task.yield()
            }
        } catch {
            peer.didWrite(error.bytesTransferred)
            if error.cause != .cancelled { give(.failed(error)) }
        }
    }

    private func write(_ message: [UInt8]) async throws(NetworkError) {
        guard writing.isSplit else { return try await writeOnce(message.span) }
        let half = message.count / 2
        try await writeOnce(message.span.extracting(first: half))
        // Threads may be interrupted between two calls; tasks give way where they say so.
        await Task.yield()
        try await writeOnce(message.span.extracting(droppingFirst: half))
    }

    private func writeOnce(_ bytes: Span<UInt8>) async throws(NetworkError) {
        if writing.isUnlocked {
            try await peer.connection.writeUnlocked(bytes)
        } else {
            try await peer.connection.write(bytes)
        }
        peer.didWrite(bytes.count)
        if copies.isWanted { copies.see(bytes, .sent) }
    }

    private func receive() async {
        guard peer.conduct.reads else {
            try? await peer.connection.waitUntilGone()
            return
        }
        do throws(NetworkError) {
            while true {
                let chunk = try await peer.readChunk()
                guard !chunk.isEmpty else { return reporter.report(HalfClosedEvent(ends: peer.ends, by: .peer)) }
                chunk.withBytes { copies.see($0, .received) }
                try await output?.write(chunk)
                chunk.giveBack()
                await Task.yield()
            }
        } catch {
            if error.cause != .cancelled { give(error.isOutputGone ? .outputGone : .failed(error)) }
        }
    }

    // MARK: - How it ended

    private func conclude() async -> ExitStatus {
        let unacknowledged = peer.connection.bytesUnacknowledged
        var status = ExitStatus.success
        var by = ConnectionEnding.peer
        switch ending {
        case _ where peer.wasIdle:
            status = await peer.endIdle()
            reportSummary(unacknowledged)
            return status
        case .failed(let error):
            status = reporter.fail(error, connection: peer.number)
            by = ConnectionEnding(error)
        case .copyFailed(let failure):
            reporter.report(FailedEvent(failure))
            (status, by) = (.cannotCreate, .local)
        case .outputGone, .quit: by = .local
        case nil: break
        }
        await peer.close(peer.conduct.close, by: by)
        reportSummary(unacknowledged)
        return status
    }

    private func reportSummary(_ unacknowledged: Int?) {
        let elapsed = end - start
        let rate = elapsed > .zero ? Int(Double(peer.sent) / elapsed.seconds) : nil
        var measures = [
            Measure("writers", .count(writing.writers ?? 0)), Measure("messages", .count(messages)),
            Measure("message_size", .bytes(writing.messageSize)), Measure("bytes", .bytes(peer.sent)),
            Measure("elapsed", .duration(elapsed)), Measure("rate", rate.map(Measure.Value.rate) ?? .nothing),
        ]
        if ending != nil, let unacknowledged {
            measures.append(Measure("bytes_unacknowledged", .bytes(unacknowledged)))
        }
        reporter.report(SummaryEvent(measures: measures))
    }
}
