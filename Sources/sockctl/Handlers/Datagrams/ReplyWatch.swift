import SockKit

/// Waits for the answers to datagrams, and knows which send each of them answers.
@Netpoller
final class ReplyWatch {
    private let socket: DatagramSocket
    private let receivers: [Endpoint]
    private let reporter: Reporter
    private let batch: DatagramBatch
    private let isNumbered: Bool
    /// The moments of the sends that nobody has answered, of each receiver, with their numbers.
    private var open: [[(number: Int, sent: Int64)]]
    private var opened: [Int]
    private let start = Timestamp.now.total
    private(set) var replies = 0
    private var refusals = 0
    private(set) var roundTrips: [Duration] = []
    /// As many replies and refusals end the wait; nil while sends may still come.
    private var expected: Int?
    private let finished = Parking()
    private var isFinished = false
    /// What ended the wait, if that was an error.
    private(set) var failure: NetworkError?
    private var task: Task<Void, Never>?
    /// Told that there are errors to look at.
    var onRefusal: (@Netpoller () -> Void)?

    /// `numbered` is for generated payloads, which a reply that repeats them is known by.
    init(_ socket: DatagramSocket, _ receivers: [Endpoint], numbered: Bool, _ reporter: Reporter) {
        self.socket = socket
        self.receivers = receivers
        self.reporter = reporter
        isNumbered = numbered
        open = receivers.map { _ in [] }
        opened = receivers.map { _ in 0 }
        socket.receiveFacts()
        batch = DatagramBatch(hasControl: true)
        task = Netpoller.spawn { await self.receive() }
    }

    /// A datagram goes to the receiver at this place now.
    func noteSend(_ place: Int) {
        if !isNumbered { open[place].append((opened[place], Timestamp.now.total)) }
        opened[place] += 1
    }

    /// A datagram to the receiver at this place was refused: the first one that nobody has answered, for refusals and
    /// replies come in the order of the sends.
    func noteRefusal(_ place: Int) {
        refusals += 1
        if !open[place].isEmpty { open[place].removeFirst() }
        if isSettled { finish() }
    }

    private var isSettled: Bool { expected.map { replies + refusals >= $0 } ?? false }

    /// Waits for the replies to `sends` datagrams, no longer than `limit` from now.
    func wait(for sends: Int, limit: Duration?) async {
        expected = sends
        if !isSettled, !isFinished { _ = await finished.wait(until: limit.map { .now + $0 }) }
        task?.cancel()
        await task?.value
    }

    private func receive() async {
        while !Task.isCancelled {
            do throws(NetworkError) {
                try await socket.receive(into: batch)
                for index in 0..<batch.count { take(index) }
            } catch {
                if error.cause == .cancelled { return }
                // Under TLS the other side has said its end.
                if error.isClosed { return finish() }
                guard DatagramSender.isRefusal(error) else {
                    failure = error
                    return finish()
                }
                onRefusal?()
            }
            if isSettled { return finish() }
            await Task.yield()
        }
    }

    private func finish() {
        isFinished = true
        finished.wake()
    }

    private func take(_ index: Int) {
        let source = batch.source(of: index)
        // Whoever is not asked does not answer; of a group, anybody may.
        let place = receivers.firstIndex(of: source) ?? (socket.remoteEndpoint == nil ? nil : 0)
        let isOpen = receivers.contains { $0.address?.isMulticast ?? false || $0.address?.v4Bits == .max }
        guard let place = place ?? (isOpen ? 0 : nil) else { return }
        replies += 1
        let arrived = batch.control(of: index).arrived ?? Timestamp.now.total
        let match = batch.withPayload(of: index) { self.match($0, place) }
        let roundTrip = match.map { Duration.nanoseconds(max(0, arrived - $0.sent)) }
        if let roundTrip { roundTrips.append(roundTrip) }
        let text = batch.withPayload(of: index) { bytes in
            unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        let isText = batch.withPayload(of: index) { bytes in
            unsafe bytes.withUnsafeBytes { unsafe text.utf8.elementsEqual($0) }
        }
        let escaped =
            isText
            ? nil
            : batch.withPayload(of: index) { bytes in
                TextEscapes.show(bytes.copied)
            }
        let ends = Ends(socket.network, local: socket.localEndpoint, remote: source)
        reporter.report(
            ReplyEvent(
                ends: ends,
                bytes: batch.byteCount(of: index), length: batch.length(of: index), roundTrip: roundTrip,
                sequence: match?.number, payload: text, escaped: escaped))
    }

    /// The send that a payload answers: by the number in it, and else the first one that nobody has answered.
    private func match(_ payload: Span<UInt8>, _ place: Int) -> (number: Int, sent: Int64)? {
        if isNumbered {
            guard let header = GeneratedPayload(payload), header.sent >= start, header.sequence < opened[place] else {
                return nil
            }
            return (header.sequence, header.sent)
        }
        return open[place].isEmpty ? nil : open[place].removeFirst()
    }
}
