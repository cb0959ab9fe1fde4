import SockKit

/// Sends a text again and again, each time waits for an answer, and tells how long each took.
@Netpoller
final class RoundTripSession: Service {
    /// How often, how far apart, and how long an answer is waited for.
    struct Limits {
        var count: Int
        var interval: Duration
        /// nil waits for ever.
        var patience: Duration?
        /// After the last answer, for the rest of it and the peer's end.
        var rest: Duration
    }

    private let reporter: Reporter
    private let text: [UInt8]
    private let limits: Limits
    private let output: ByteSink?
    private let copies: PayloadCopies
    private let isDatagram: Bool
    private var samples = RoundTripSamples()
    private var sent = 0
    private var answered = 0

    init(
        _ text: [UInt8], _ limits: Limits, _ network: Network, _ output: ByteSink?, _ copies: PayloadCopies,
        _ reporter: Reporter
    ) {
        self.text = text
        self.limits = limits
        self.output = output
        self.copies = copies
        self.reporter = reporter
        isDatagram = network.kind == .datagram
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        copies.end(peer)
        do throws(NetworkError) {
            try await measure(peer)
            return ServiceEnd(by: try await takeRest(peer))
        } catch {
            if error.isOutputGone { return .byUs }
            throw error
        }
    }

    func missing(of peer: Peer) -> String? {
        answered < limits.count ? "before answer \(answered + 1) of \(limits.count)" : nil
    }

    func reportSummary() {
        var measures = [Measure("sent", .count(sent))]
        if isDatagram { measures.append(Measure("lost", .count(sent - answered))) }
        measures.append(Measure("round_trip", samples.summary?.value ?? .nothing))
        reporter.report(SummaryEvent(measures: measures))
    }

    // MARK: - Measuring

    private func measure(_ peer: Peer) async throws(NetworkError) {
        let text = text
        for index in 1...limits.count {
            if copies.isFull { await copies.waitForRoom() }
            if peer.connection.bytesWaiting > 0 { try await takeWhatWaits(peer) }
            let start = Deadline.now
            try limit(peer, until: limits.patience.map { start + $0 })
            // A text that fits the send buffer is gone without a wait.
            let gone = peer.pacing == nil ? try peer.writeNow(text.span) : 0
            if gone < text.count { try await peer.stream.write(text.span.extracting(gone...)) }
            sent += 1
            copies.see(text.span, .sent)
            let answer = try await receive(peer)
            let duration = Deadline.now - start
            reporter.report(RoundTripEvent(ends: peer.ends, index: index, duration: duration, bytes: answer?.count))
            if let answer {
                samples.add(duration)
                answered += 1
                copies.see(answer.span, .received)
                if let output { try await output.write(answer) }
            }
            // Between two measurements, so that it is in none: a fast peer never makes us wait.
            if index % 64 == 0 { await Task.yield() }
            if index < limits.count { try await pause(until: start + limits.interval, peer) }
        }
        if answered == 0 {
            let patience = Quantity.duration(limits.patience ?? .zero)
            throw peer.names.failure(
                .read, .noAnswer("no answer to \(Quantity.count(sent, "datagram")), each waited for \(patience)"))
        }
    }

    /// One answer; nil where a datagram did not come in time.
    ///
    /// Inlined, as what it calls is: what lies between an answer and the next text is part of what is measured.
    @inline(__always)
    private func receive(_ peer: Peer) async throws(NetworkError) -> [UInt8]? {
        do throws(NetworkError) {
            let chunk: Chunk
            if let pacing = peer.pacing {
                chunk = try await pacing.readChunk(maximum: nil)
            } else {
                chunk = try await peer.readChunk(maximum: nil)
            }
            let (bytes, isEnd) = (chunk.copy(), chunk.isEnd)
            chunk.giveBack()
            guard !isEnd else {
                throw peer.names.failure(
                    .read, .peerEnded("the peer ended before answer \(sent) of \(limits.count)"))
            }
            return bytes
        } catch {
            if isDatagram, error.cause == .timeout, peer.failure == nil { return nil }
            throw error
        }
    }

    private func deliver(_ bytes: [UInt8]) async throws(NetworkError) {
        copies.see(bytes.span, .received)
        try await output?.write(bytes)
    }

    /// What came of an earlier answer is no answer to what is sent next.
    private func takeWhatWaits(_ peer: Peer) async throws(NetworkError) {
        try limit(peer, until: nil)
        // Under TLS what waits may be about TLS alone, and then no answer is behind it.
        while peer.isSecured {
            guard let chunk = try peer.readNow(), !chunk.isEnd else { return }
            let bytes = chunk.copy()
            chunk.giveBack()
            try await deliver(bytes)
        }
        while peer.connection.bytesWaiting > 0, let bytes = try await receive(peer) { try await deliver(bytes) }
    }

    /// Sets the deadline of what comes next, unless the connection's own time is over.
    private func limit(_ peer: Peer, until deadline: Deadline?) throws(NetworkError) {
        if peer.failure != nil || peer.isFinishing { throw peer.names.failure(.read, .cancelled) }
        peer.setDeadline(deadline)
    }

    private func pause(until moment: Deadline, _ peer: Peer) async throws(NetworkError) {
        if moment.hasPassed { return }
        guard await Netpoller.sleep(until: moment) else { throw peer.names.failure(.read, .cancelled) }
    }

    /// Says our end, and takes what is left of the last answer until the peer ends too, or says no more.
    private func takeRest(_ peer: Peer) async throws(NetworkError) -> ConnectionEnding {
        guard !isDatagram else { return .local }
        try? peer.connection.sayEnd()
        try limit(peer, until: .now + limits.rest)
        do throws(NetworkError) {
            while let bytes = try await receive(peer) { try await deliver(bytes) }
            return .local
        } catch {
            if case .peerEnded = error.cause { return .peer }
            if error.cause == .timeout, peer.failure == nil { return .local }
            throw error
        }
    }
}
