import SockKit

/// `dial --submit`: each line of standard input is submitted, and every answer is waited for.
@Netpoller
final class SubmitSession {
    private let peer: Peer
    private let reporter: Reporter
    private let arguments: PeerArguments
    private let input: ByteSource?
    private let copies: Copies
    private var log: SubmitLog
    private let mailbox = Mailbox<Signal>()
    /// Where the sender waits for the connect's answer, or for room in the window.
    private let turn = Parking()
    private var inputEnded = false
    /// Read from standard input and not sent.
    private var unsent = 0
    private let reportsAcks: Bool

    private enum Signal: Sendable {
        case inputEnded, inputRefused(NetworkError), sendFailed(NetworkError)
        case allAnswered, refused, serverEnded, receiveFailed(NetworkError), timeIsUp
    }

    init(
        _ peer: Peer, window: Int, _ arguments: PeerArguments, _ streams: StandardStreams, _ copies: Copies
    ) {
        self.peer = peer
        self.arguments = arguments
        self.copies = copies
        input = streams.input
        reporter = peer.reporter
        reportsAcks = peer.reporter.isReported(.verbose)
        log = SubmitLog(window: window)
    }

    func run() async -> ExitStatus {
        var tasks = [Netpoller.spawn { await self.receive() }, Netpoller.spawn { await self.send() }]
        tasks.append(Netpoller.spawn { await self.peer.watchIdleness() })
        if let span = peer.conduct.lifetime {
            tasks.append(
                Netpoller.spawn { if await Netpoller.sleep(for: span) { self.mailbox.post(.timeIsUp) } })
        }
        copies.onFailure = { self.mailbox.post(.timeIsUp) }
        let end = await decide()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await peer.close(peer.conduct.close, by: end.by)
        reporter.report(SummaryEvent(measures: log.measures))
        if end.status == .success, log.failed > 0 { return .notSo }
        return end.status
    }

    // MARK: - Submitting

    private func send() async {
        do throws(NetworkError) {
            var packets: [UInt8] = []
            Packet.append(Packet.Command.connect, Packet.ID(0), [UInt8]().span, to: &packets)
            try await write(packets.span, count: 1)
            while !log.isConnected { if await turn.wait() != .ready { return } }
            var lines = FrameDecoder(
                .delimiter([UInt8(ascii: "\n")]), maximum: arguments.frame.maximum - Packet.smallest)
            while let input {
                let chunk = try await readInput(input)
                var batch = PacketBatch(first: log.sent)
                let refusal = batch.take(chunk, &lines)
                let isLast = chunk.isEmpty
                chunk.giveBack()
                guard try await submit(batch) else { return }
                if let refusal { return mailbox.post(.inputRefused(refusal)) }
                if isLast { return mailbox.post(.inputEnded) }
            }
        } catch {
            mailbox.post(error.operation == .read ? .inputRefused(error) : .sendFailed(error))
        }
    }

    private func readInput(_ input: ByteSource) async throws(NetworkError) -> Chunk {
        try await input.readChunk()
    }

    /// Sends a batch in as few writes as the window allows; false if the wait for room was ended.
    private func submit(_ batch: PacketBatch) async throws(NetworkError) -> Bool {
        var next = 0
        unsent = batch.count
        while next < batch.count {
            guard log.room > 0 else {
                if await turn.wait() != .ready { return false }
                continue
            }
            let end = min(batch.count, next + log.room)
            unsent = batch.count - end
            try await write(batch.bytes.span.extracting(batch.range(next..<end)), count: end - next)
            next = end
            await Task.yield()
        }
        return true
    }

    private func write(_ bytes: Span<UInt8>, count: Int) async throws(NetworkError) {
        log.send(count)
        try await peer.write(bytes)
        copies.dump(bytes, .sent)
    }

    // MARK: - Answers

    private func receive() async {
        let size = Packet.ackSize - Packet.lengthWidth
        var decoder = FrameDecoder(Packet.framing, maximum: size, minimum: size, noun: "packet")
        do throws(NetworkError) {
            while true {
                let chunk = try await peer.readChunk()
                guard !chunk.isEmpty else { break }
                let broken = chunk.withBytes { take($0, &decoder) }
                chunk.giveBack()
                if let broken { throw peer.connection.failure(broken) }
                await Task.yield()
            }
            if let rest = decoder.finish() { throw peer.connection.failure(rest.error) }
            mailbox.post(.serverEnded)
        } catch {
            mailbox.post(.receiveFailed(error))
        }
    }

    /// Takes the answers that one read brought, and lets the sender go on.
    private func take(_ bytes: Span<UInt8>, _ decoder: inout FrameDecoder) -> FramingError? {
        copies.dump(bytes, .received)
        let now = Deadline.now
        do throws(FramingError) {
            try decoder.push(bytes) { (index, packet) throws(FramingError) in
                let isConnect = !log.isConnected
                let answer = try log.answer(packet, index, at: now)
                if reportsAcks {
                    reporter.report(
                        AcknowledgedEvent(ends: peer.ends, id: answer.id.text, result: answer.result, time: answer.time)
                    )
                }
                if isConnect, answer.result != 0 { mailbox.post(.refused) }
            }
        } catch {
            return error
        }
        if inputEnded, log.unanswered == 0 { mailbox.post(.allAnswered) }
        // Half a window at once: a write for every answer would be many small writes.
        if log.room * 2 >= log.window { turn.wake() }
        return nil
    }

    // MARK: - The end

    private typealias End = (status: ExitStatus, by: ConnectionEnding)

    private func decide() async -> End {
        var status = ExitStatus.success
        while true {
            guard let signal = await mailbox.next(until: nil).message else { return (status, .local) }
            switch signal {
            case .inputEnded: inputEnded = true
            case .inputRefused(let error):
                inputEnded = true
                status = reporter.fail(error)
            case .allAnswered: break
            case .sendFailed(let error):
                // What broke the connection is what its other direction ends with, unless that goes on.
                if error.errno == nil { return broken(error) }
            case .refused:
                reporter.fail(code: "denied", message: "\(peer.connection.remoteEndpoint) refused the connect")
                return (.notSo, .local)
            case .serverEnded: return serverHasEnded(status)
            case .receiveFailed(let error): return broken(error)
            case .timeIsUp:
                guard let failure = copies.failure else { return (status, .local) }
                reporter.report(FailedEvent(failure))
                return (.cannotCreate, .local)
            }
            if inputEnded, log.isConnected, log.unanswered == 0 { return (status, .local) }
        }
    }

    private func broken(_ error: NetworkError) -> End {
        if peer.wasIdle {
            reporter.report(FailedEvent(peer.idleFailure))
            return (.timedOut, .timeout)
        }
        let status = reporter.fail(error, connection: peer.number)
        if error.errno != nil, log.unanswered > 0 { reporter.report(UnansweredEvent(count: lost)) }
        return (status, ConnectionEnding(error))
    }

    private func serverHasEnded(_ status: ExitStatus) -> End {
        guard log.unanswered > 0 || unsent > 0 else {
            if !inputEnded { reporter.report(InputUnfinishedEvent()) }
            return (status, .peer)
        }
        reporter.report(FailedEvent(peer.connection.unansweredError(log.isConnected ? lost : nil, unsent: unsent)))
        return (.inputOutput, .peer)
    }

    /// Submits without an answer; the connect is none.
    private var lost: Int { log.isConnected ? log.unanswered : 0 }
}

extension Connection {
    /// The server ended before it had answered: the connect, or so many submits.
    fileprivate func unansweredError(_ count: Int?, unsent: Int) -> Failure {
        var what = count.map { "with \(Quantity.count($0, "submit")) unanswered" } ?? "before it answered the connect"
        if unsent > 0 { what += " and \(unsent) not sent" }
        var failure = Failure(
            code: "closed",
            message: "read \(network) \(localEndpoint)->\(remoteEndpoint): the server ended the connection \(what)")
        (failure.operation, failure.network, failure.local, failure.remote) = (
            "read", network, localEndpoint, remoteEndpoint
        )
        return failure
    }
}
