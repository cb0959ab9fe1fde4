import SockKit

/// Sends a text again and again, each time waits for an answer, and tells how long each took.
@Netpoller
final class RoundTripSession {
    /// How often, how far apart, and how long an answer is waited for.
    struct Limits {
        var count: Int
        var interval: Duration
        /// nil waits for ever.
        var patience: Duration?
        /// After the last answer, for the rest of it and the peer's end.
        var rest: Duration
        var readSize: Int
    }

    private let peer: Peer
    private let connection: Connection
    private let reporter: Reporter
    private let text: [UInt8]
    private let limits: Limits
    private let output: ByteSink?
    private let copies: Copies
    private var samples = RoundTripSamples()
    private var sent = 0
    private var answered = 0
    private var ending = ConnectionEnding.local
    private let bufferSize: Int

    init(_ peer: Peer, _ text: [UInt8], _ limits: Limits, _ output: ByteSink?, _ copies: Copies) {
        self.peer = peer
        connection = peer.connection
        reporter = peer.reporter
        self.text = text
        self.limits = limits
        self.output = output
        self.copies = copies
        // More than any message has, unless a smaller one is asked for.
        let isAnyMessage = connection.network.kind != .stream && limits.readSize == PaceArguments().readSize
        bufferSize = isAnyMessage ? 256 * 1024 : limits.readSize
    }

    /// Measures, reports the summary, and closes.
    func run(_ close: CloseMode) async -> ExitStatus {
        let status: ExitStatus
        var buffer = [UInt8](repeating: 0, count: bufferSize)
        do throws(Stop) {
            try await measure(&buffer)
            try await takeRest(&buffer)
            status = samples.summary == nil ? reportSilence() : .success
        } catch {
            status = report(error)
        }
        await peer.close(close, by: ending)
        var measures = [Measure("sent", .count(sent))]
        if connection.network.kind == .datagram { measures.append(Measure("lost", .count(sent - answered))) }
        measures.append(Measure("round_trip", samples.summary?.value ?? .nothing))
        reporter.report(SummaryEvent(measures: measures))
        return status
    }

    // MARK: - Measuring

    /// Why it stopped before all was measured.
    private enum Stop: Error {
        case peerEnded
        case failed(NetworkError)
        case copyFailed(Failure)
    }

    private func measure(_ buffer: inout [UInt8]) async throws(Stop) {
        for index in 1...limits.count {
            try await takeWhatWaits(&buffer)
            let start = Deadline.now
            try await send(start)
            let answer = try await receive(into: &buffer)
            let duration = Deadline.now - start
            if let answer { peer.didRead(answer) }
            reporter.report(RoundTripEvent(ends: peer.ends, index: index, duration: duration, bytes: answer))
            if let answer {
                samples.add(duration)
                answered += 1
                try await deliver(buffer, answer)
            }
            // Between two measurements, so that it is in none: a fast peer never makes us wait.
            if index % 64 == 0 { await Task.yield() }
            if index < limits.count { try await pause(until: start + limits.interval) }
        }
    }

    private func send(_ start: Deadline) async throws(Stop) {
        let text = text
        let end = limits.patience.map { start + $0 }
        connection.setDeadline(end)
        do throws(NetworkError) { try await connection.write(text) } catch { throw .failed(error) }
        sent += 1
        peer.didWrite(text.count)
        copies.see(text.span, .sent)
    }

    /// One answer into the buffer, and its length; nil where a datagram did not come in time.
    private func receive(into buffer: inout [UInt8]) async throws(Stop) -> Int? {
        let count: Int?
        do throws(NetworkError) { count = try await receiveOnce(into: &buffer) } catch {
            if connection.network.kind == .datagram, error.cause == .timeout { return nil }
            throw .failed(error)
        }
        guard let count else { throw .peerEnded }
        return count
    }

    /// nil at the peer's end.
    private func receiveOnce(into buffer: inout [UInt8]) async throws(NetworkError) -> Int? {
        var room = buffer.mutableSpan
        switch connection.network.kind {
        case .stream:
            let count = try await connection.read(into: &room)
            return count > 0 ? count : nil
        case .sequenced: return try await connection.readMessage(into: &room)?.count
        case .datagram: return try await connection.receiveMessage(into: &room).count
        }
    }

    private func deliver(_ buffer: [UInt8], _ count: Int) async throws(Stop) {
        copies.see(buffer.span.extracting(first: count), .received)
        if let failure = copies.failure { throw .copyFailed(failure) }
        do throws(NetworkError) { try await output?.write(buffer.span.extracting(first: count)) } catch {
            throw .failed(error)
        }
    }

    /// What came of an earlier answer is no answer to what is sent next.
    private func takeWhatWaits(_ buffer: inout [UInt8]) async throws(Stop) {
        connection.setDeadline(nil)
        while connection.bytesWaiting > 0, let count = try await receive(into: &buffer) {
            try await deliver(buffer, count)
        }
    }

    private func pause(until moment: Deadline) async throws(Stop) {
        if moment.hasPassed { return }
        guard await Netpoller.sleep(until: moment) else {
            throw .failed(NetworkError(.read, network: connection.network, cause: .cancelled))
        }
    }

    /// Says our end, and takes what is left of the last answer until the peer ends too, or says no more.
    private func takeRest(_ buffer: inout [UInt8]) async throws(Stop) {
        guard connection.network.kind != .datagram else { return }
        try? connection.closeWrite()
        connection.setDeadline(.now + limits.rest)
        do throws(Stop) {
            while let count = try await receive(into: &buffer) {
                peer.didRead(count)
                try await deliver(buffer, count)
            }
        } catch {
            switch error {
            case .peerEnded: ending = .peer
            case .failed(let error) where error.cause == .timeout: break
            default: throw error
            }
        }
    }

    // MARK: - How it ended

    private func report(_ stop: Stop) -> ExitStatus {
        switch stop {
        case .peerEnded:
            ending = .peer
            var failure = connection.readFailure(
                "closed", "the peer ended before answer \(sent) of \(limits.count)")
            failure.connection = peer.number
            reporter.report(FailedEvent(failure))
            return .inputOutput
        case .copyFailed(let failure):
            reporter.report(FailedEvent(failure))
            return .cannotCreate
        case .failed(let error):
            if error.cause == .cancelled || error.isOutputGone { return .success }
            ending = ConnectionEnding(error)
            return reporter.fail(error, connection: peer.number)
        }
    }

    /// Each answer was waited for in vain.
    private func reportSilence() -> ExitStatus {
        let patience = Quantity.duration(limits.patience ?? .zero)
        reporter.report(
            FailedEvent(
                connection.readFailure(
                    "timeout", "no answer to \(Quantity.count(sent, "datagram")), each waited for \(patience)")))
        ending = .timeout
        return .timedOut
    }
}
