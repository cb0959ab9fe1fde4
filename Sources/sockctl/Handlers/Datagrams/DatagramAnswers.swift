import SockKit

/// Answers each datagram of a batch, all in one call where nobody looks at each.
@Netpoller
final class DatagramAnswers {
    private let reply: DatagramReply
    private let socket: DatagramSocket
    private let outgoing: OutgoingBatch
    private let reporter: Reporter?
    private let failures: Reporter
    /// What may fail with each datagram: anybody can send some whose source cannot be answered.
    private let repeatedFailures: RepeatedFailures
    /// Bound to every address: then the answer's source must be said, or a connected asker would not know it.
    let needsControl: Bool
    /// Askers whose queues stayed full: they are not waited for again until they have read.
    private var absent: Set<Endpoint> = []
    private var hasMetUnnamed = false
    /// Replies that an asker's full queue did not take, besides the first one of each run of them, which is reported.
    private(set) var droppedSilently = 0
    private(set) var bytesSent = 0

    /// Meanwhile nobody else is answered, nor is anything received.
    private static let patience = Duration.seconds(1)
    /// Names can be made up: of more askers it is forgotten that they did not read.
    private static let mostAbsent = 1024

    /// `reporter` is told of each answer, where somebody wants to know.
    init(
        _ reply: DatagramReply, _ socket: DatagramSocket, _ reporter: Reporter?, failures: Reporter
    ) throws(NetworkError) {
        self.reply = reply
        self.socket = socket
        self.reporter = reporter
        self.failures = failures
        repeatedFailures = RepeatedFailures(failures)
        outgoing = try OutgoingBatch(for: socket)
        needsControl = socket.localEndpoint.address?.isUnspecified ?? false
        if needsControl { socket.receiveDestinations() }
    }

    /// An asker whose queue is full is waited for, but not for ever: then its answers are dropped, with a report.
    func answer(_ batch: DatagramBatch, _ count: Int) async {
        var places: [Int] = []
        var receivers: [Endpoint] = []
        for index in 0..<count {
            let source = batch.source(of: index)
            guard source != .unix(.unnamed) else {
                noteUnnamed()
                continue
            }
            places.append(index)
            receivers.append(source)
        }
        do throws(NetworkError) {
            try outgoing.setReceivers(receivers, for: socket)
        } catch {
            repeatedFailures.tell(error)
            return
        }
        for (place, index) in places.enumerated() {
            while !append(batch, index, to: place) { _ = await flush(receivers) }
            if reporter != nil, await flush(receivers) > 0 { report(batch, index, to: receivers[place]) }
        }
        _ = await flush(receivers)
        outgoing.removeAll()
    }

    private func append(_ batch: DatagramBatch, _ index: Int, to place: Int) -> Bool {
        let source = needsControl ? answerable(batch.control(of: index).destination) : nil
        switch reply {
        case .echo: return batch.withPayload(of: index) { outgoing.append($0, to: place, from: source) }
        case .text(let bytes): return outgoing.append(bytes.span, to: place, from: source)
        }
    }

    /// Nothing can come from a group's address.
    private func answerable(_ address: IPAddress?) -> IPAddress? {
        guard let address, !address.isMulticast, address.v4Bits != .max else { return nil }
        return address
    }

    /// A Unix sender without a name has nowhere to be answered; it is said once.
    private func noteUnnamed() {
        guard !hasMetUnnamed else { return }
        hasMetUnnamed = true
        failures.fail(
            NetworkError(
                .write, network: socket.network, local: socket.localEndpoint,
                cause: .system(.destinationRequired, call: "sendmmsg")))
    }

    private func report(_ batch: DatagramBatch, _ index: Int, to receiver: Endpoint) {
        guard let reporter else { return }
        let bytes =
            switch reply {
            case .echo: batch.byteCount(of: index)
            case .text(let bytes): bytes.count
            }
        let ends = Ends(socket.network, local: socket.localEndpoint, remote: receiver)
        reporter.report(DatagramSentEvent(ends: ends, bytes: bytes, length: bytes))
    }

    // MARK: - Sending

    /// Sends or drops what is there; says how many went.
    private func flush(_ receivers: [Endpoint]) async -> Int {
        var sent = 0
        while !outgoing.isEmpty {
            let receiver = outgoing.first?.receiver.map { receivers[$0] }
            do throws(NetworkError) {
                let before = outgoing.byteCount
                let taken = try await sendSome(to: receiver)
                bytesSent += before - outgoing.byteCount
                guard taken == 0 else {
                    sent += taken
                    if let receiver { absent.remove(receiver) }
                    continue
                }
                if let receiver, !isNews(receiver) {
                    droppedSilently += 1
                } else {
                    failures.report(FailedEvent(Self.failure(socket.wouldBlock(outgoing))))
                }
            } catch {
                if error.cause == .cancelled { break }
                // What would help a sender helps nobody who was asked.
                repeatedFailures.tell(error, hint: socket.network.isUnix ? "who had asked is gone" : nil)
            }
            _ = outgoing.dropFirst()
        }
        outgoing.removeAll()
        return sent
    }

    /// Notes that an asker does not read; whether that was not known.
    private func isNews(_ receiver: Endpoint) -> Bool {
        if absent.count >= Self.mostAbsent { absent = [] }
        return absent.insert(receiver).inserted
    }

    /// No event tells when a Unix receiver's queue is no longer full (unix(7)): it is tried again and again, ever later.
    private func sendSome(to receiver: Endpoint?) async throws(NetworkError) -> Int {
        let waits = receiver.map { !absent.contains($0) } ?? true
        let end = Deadline.now + (waits ? Self.patience : .zero)
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(20))
        while true {
            if let taken = try socket.sendNow(outgoing), taken > 0 { return taken }
            if end.hasPassed { return 0 }
            guard await Netpoller.sleep(until: min(end, .now + backoff.next())) else {
                throw NetworkError(.write, network: socket.network, cause: .cancelled)
            }
        }
    }

    private static func failure(_ error: NetworkError) -> Failure {
        var failure = Failure(error)
        failure.hint =
            "its queue was full for \(Quantity.duration(patience)): it does not read; until it does, "
            + "what else it is sent is dropped without a report"
        return failure
    }
}
