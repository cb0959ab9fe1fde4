import SockKit

/// Sends a text whenever a connection has been quiet for a time, and notices when nothing answers any more.
@Netpoller
final class Heartbeat {
    private let peer: Peer
    private let clock: PeerClock
    private let interval: Duration
    private let text: [UInt8]
    private let misses: Int?

    private var index = 0
    /// Heartbeats since the peer was last heard.
    private var unanswered = 0
    private var lastBeat = Deadline.now
    private var sending: Task<Void, Never>?
    /// Where in the stream the heartbeats stand that were not acknowledged when last looked at.
    private var places: [Range<Int>] = []

    private var isOver = false

    init(_ peer: Peer, _ clock: PeerClock, _ text: [UInt8], every interval: Duration, misses: Int?) {
        self.peer = peer
        self.clock = clock
        self.interval = interval
        self.text = text
        self.misses = misses
    }

    /// What one heartbeat puts on the connection: its text, as a message of its own where there are messages.
    static func message(_ text: [UInt8], _ rules: FrameRules?) throws(FramingError) -> [UInt8] {
        guard let rules else { return text }
        var frame: [UInt8] = []
        let encoder = FrameEncoder(rules.framing, maximum: rules.maximum, sendsCRLF: rules.sendsCRLF)
        try encoder.append(text.span, to: &frame)
        return frame
    }

    /// Sends heartbeats until too many in a row were not answered; false if it was ended before.
    func run() async -> Bool {
        clock.onReceive = { [weak self] in self?.noteAnswer() }
        defer {
            clock.onReceive = nil
            sending?.cancel()
        }
        while !Task.isCancelled, !isOver {
            // What waits to be read was sent by a living peer, although standard output may be too slow to take it.
            if unanswered > 0, peer.connection.bytesWaiting > 0 { unanswered = 0 }
            let isLast = misses.map { unanswered >= $0 } ?? false
            let end = (isLast ? lastBeat : max(lastBeat, clock.lastSent)) + interval
            guard end.hasPassed else {
                await Netpoller.sleep(until: end)
                continue
            }
            if isOver { return false }
            if isLast { return true }
            beat()
        }
        return false
    }

    /// Sends no more of them.
    func stop() { isOver = true }

    /// How many of the last `count` bytes that were sent are heartbeats.
    func bytes(amongLast count: Int) -> Int {
        let tail = (peer.sent - count)..<peer.sent
        return places.reduce(0) { $0 + $1.clamped(to: tail).count }
    }

    private func beat() {
        index += 1
        unanswered += 1
        lastBeat = .now
        // One that cannot be sent, because the peer takes nothing any more, is not answered either.
        guard sending == nil else { return }
        let acknowledged = peer.sent - (peer.connection.bytesUnacknowledged ?? 0)
        places.removeAll { $0.upperBound <= acknowledged }
        sending = Netpoller.spawn { [self, index] in
            await send(index)
            sending = nil
        }
    }

    /// Takes the connection's write turn, so that it never comes in the middle of another write.
    private func send(_ index: Int) async {
        var gone = text.count
        do throws(NetworkError) { try await peer.write(text) } catch { gone = error.bytesTransferred }
        guard gone > 0 else { return }
        places.append(peer.sent - gone..<peer.sent)
        peer.reporter.report(HeartbeatEvent(ends: peer.ends, index: index, bytes: gone))
    }

    private func noteAnswer() {
        guard unanswered > 0 else { return }
        unanswered = 0
        peer.reporter.report(HeartbeatAnsweredEvent(ends: peer.ends, index: index, time: .now - lastBeat))
    }
}
