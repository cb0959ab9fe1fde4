import SockKit

/// `dial --submit`: each line of standard input is submitted, and every answer is waited for.
@Netpoller
final class SubmitSession: Service {
    private let reporter: Reporter
    private let arguments: PeerArguments
    private let input: (any ByteStream)?
    private let copies: PayloadCopies
    private var log: SubmitLog
    private let mailbox = Mailbox<Signal>()
    /// Where the sender waits for the connect's answer, or for room in the window.
    private let turn = Parking()
    private var inputEnded = false
    /// Read from standard input and not sent.
    private var unsent = 0
    /// How many bytes of standard input were taken, and how many of them went in whole submits.
    private var inputBytes = (taken: 0, sent: 0)
    private let reportsAcks: Bool

    private enum Signal: Sendable {
        case inputEnded, inputRefused(NetworkError), sendFailed(NetworkError)
        case allAnswered, refused, serverEnded, receiveFailed(NetworkError), stopped
    }

    init(
        window: Int, _ arguments: PeerArguments, _ streams: PairedStream, _ copies: PayloadCopies, _ reporter: Reporter
    ) {
        self.arguments = arguments
        self.copies = copies
        input = streams.source == nil ? nil : streams
        self.reporter = reporter
        reportsAcks = reporter.isReported(.verbose)
        log = SubmitLog(window: window)
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        copies.end(peer)
        peer.onStop = { [mailbox] in mailbox.post(.stopped) }
        let tasks = [Netpoller.spawn { await self.receive(peer) }, Netpoller.spawn { await self.send(peer) }]
        let end = await decide(peer)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        var ending = try end.get()
        if ending.status == .success, log.failed > 0 { ending.status = .notSo }
        return ending
    }

    func account(for error: NetworkError, _ peer: Peer) {
        if error.errno != nil, log.unanswered > 0 { reporter.report(UnansweredEvent(count: lost)) }
        // Of a server that ended the error tells it.
        if case .peerEnded = error.cause { return }
        accountForRest(peer)
    }

    /// What became of the bytes that went is told by their answers.
    func accountForRest(_ peer: Peer) {
        guard bytesUnsent > 0 else { return }
        reporter.report(InputDroppedEvent(bytes: bytesUnsent, sent: inputBytes.taken, unsent: bytesUnsent))
    }

    /// Taken of standard input, the beginning of a line included, and never sent. A last line may have had no newline.
    private var bytesUnsent: Int { max(0, inputBytes.taken - inputBytes.sent) }

    func missing(of peer: Peer) -> String? { log.unanswered > 0 || unsent > 0 ? whatIsLeft : nil }

    func reportSummary() { reporter.report(SummaryEvent(measures: log.measures)) }

    // MARK: - Submitting

    private func send(_ peer: Peer) async {
        do throws(NetworkError) {
            var packets: [UInt8] = []
            Packet.append(Packet.Command.connect, Packet.ID(0), [UInt8]().span, to: &packets)
            try await write(packets.span, count: 1, peer)
            while !log.isConnected { if await turn.wait() != .ready { return } }
            var lines = FrameDecoder(
                .delimiter([UInt8(ascii: "\n")]), maximum: arguments.frame.maximum - Packet.smallest)
            while let input {
                let chunk = try await input.readChunk(maximum: nil)
                inputBytes.taken += chunk.count
                var batch = PacketBatch(first: log.sent)
                let refusal = batch.take(chunk, &lines)
                let isLast = chunk.isEnd
                chunk.giveBack()
                guard try await submit(batch, peer) else { return }
                if let refusal { return mailbox.post(.inputRefused(refusal)) }
                if isLast { return mailbox.post(.inputEnded) }
            }
        } catch {
            mailbox.post(error.operation == .read ? .inputRefused(error) : .sendFailed(error))
        }
    }

    /// Sends a batch in as few writes as the window allows; false if the wait for room was ended.
    private func submit(_ batch: PacketBatch, _ peer: Peer) async throws(NetworkError) -> Bool {
        var next = 0
        unsent = batch.count
        while next < batch.count {
            guard log.room > 0 else {
                if await turn.wait() != .ready { return false }
                continue
            }
            let end = min(batch.count, next + log.room)
            unsent = batch.count - end
            do throws(NetworkError) {
                try await write(batch.bytes.span.extracting(batch.range(next..<end)), count: end - next, peer)
            } catch {
                let whole = batch.wholeCount(next..<end, of: error.bytesTransferred)
                inputBytes.sent += batch.inputCount(next..<next + whole)
                throw error
            }
            inputBytes.sent += batch.inputCount(next..<end)
            next = end
            await Task.yield()
        }
        return true
    }

    private func write(_ bytes: Span<UInt8>, count: Int, _ peer: Peer) async throws(NetworkError) {
        log.send(count)
        await copies.waitForRoom()
        try await peer.stream.write(bytes)
        copies.dump(bytes, .sent)
    }

    // MARK: - Answers

    private func receive(_ peer: Peer) async {
        let size = Packet.ackSize - Packet.lengthWidth
        var decoder = FrameDecoder(Packet.framing, maximum: size, minimum: size, noun: "packet")
        do throws(NetworkError) {
            while true {
                let chunk = try await peer.stream.readChunk(maximum: nil)
                guard !chunk.isEnd else { break }
                let broken = chunk.withBytes { take($0, &decoder, peer) }
                chunk.giveBack()
                if let broken { throw peer.names.failure(.read, .frame(broken)) }
                await Task.yield()
            }
            if let rest = decoder.finish() { throw peer.names.failure(.read, .frame(rest.error)) }
            mailbox.post(.serverEnded)
        } catch {
            mailbox.post(.receiveFailed(error))
        }
    }

    /// Takes the answers that one read brought, and lets the sender go on.
    private func take(_ bytes: Span<UInt8>, _ decoder: inout FrameDecoder, _ peer: Peer) -> FramingError? {
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
            // All are as long: that is no limit that could be raised.
            guard case .lengthBeyondLimit(let length, let limit) = error.reason else { return error }
            return FramingError(error.subject, .invalid("has a length of \(length), and an answer has \(limit)"))
        }
        if inputEnded, log.unanswered == 0 { mailbox.post(.allAnswered) }
        // Half a window at once: a write for every answer would be many small writes.
        if log.room * 2 >= log.window { turn.wake() }
        return nil
    }

    // MARK: - The end

    private func decide(_ peer: Peer) async -> Result<ServiceEnd, NetworkError> {
        var end = ServiceEnd.byUs
        while true {
            guard let signal = await mailbox.next(until: nil).message else {
                return .failure(peer.names.failure(.read, .cancelled))
            }
            switch signal {
            case .inputEnded: inputEnded = true
            case .inputRefused(let error):
                inputEnded = true
                end.status = reporter.fail(error)
            case .allAnswered: break
            case .sendFailed(let error):
                // What broke the connection is what its other direction ends with, unless that goes on.
                if !error.endsConnection { return .failure(error) }
                limitWait(peer, for: error)
            case .refused:
                reporter.fail(code: "denied", message: "\(peer.connection.remoteEndpoint) refused the connect")
                return .success(ServiceEnd(by: .local, status: .notSo))
            case .serverEnded: return serverHasEnded(peer, end.status)
            case .receiveFailed(let error): return .failure(error)
            case .stopped: return .failure(peer.names.failure(.read, .cancelled))
            }
            if inputEnded, log.isConnected, log.unanswered == 0 { return .success(end) }
        }
    }

    /// The other direction ends soon, or not at all.
    private func limitWait(_ peer: Peer, for error: NetworkError) {
        Netpoller.spawn {
            await Netpoller.sleep(for: Self.patience)
            self.mailbox.post(.receiveFailed(error))
        }
    }

    /// How long the end of a connection that takes no more is waited for.
    private static let patience = Duration.seconds(1)

    private func serverHasEnded(_ peer: Peer, _ status: ExitStatus) -> Result<ServiceEnd, NetworkError> {
        guard log.unanswered > 0 || unsent > 0 else {
            if !inputEnded { reporter.report(InputUnfinishedEvent()) }
            return .success(ServiceEnd(by: .peer, status: status))
        }
        return .failure(peer.names.failure(.read, .peerEnded("the server ended the connection \(whatIsLeft)")))
    }

    private var whatIsLeft: String {
        let unanswered = "with \(Quantity.count(lost, "submit")) unanswered"
        return (log.isConnected ? unanswered : "before it answered the connect")
            + (unsent > 0 ? " and \(unsent) not sent" : "")
    }

    /// Submits without an answer; the connect is none.
    private var lost: Int { log.isConnected ? log.unanswered : 0 }
}
