import SockKit

/// A peer in a room: what it said and nobody has heard yet, and what it has still to hear.
///
/// No task is kept for one that says nothing and takes what it is given.
@Netpoller
final class RoomMember: FanoutReader, PeerConversation, FanoutSender {
    let peer: Peer
    private let copies: PayloadCopies
    /// Told when the order to finish comes.
    private let order: FinishOrder
    private let isDumped: Bool
    /// Written to as soon as there is something; a task writes where a pace, a limit or the network asks for it.
    private let writesNow: Bool
    /// What it said and is not passed on yet: an unfinished line, or what has to wait.
    var inbox = Inbox()
    /// Where the task that serves it waits.
    private var place: Parking?
    private var waitsInLine = false

    init(_ peer: Peer, _ copies: PayloadCopies, _ order: FinishOrder) {
        self.peer = peer
        self.copies = copies
        self.order = order
        isDumped = copies.isWanted
        writesNow = peer.pacing == nil && peer.policy.writeTimeout == nil && peer.connection.network.kind == .stream
        super.init(author: peer.number)
    }

    /// It was told to end, or is to go.
    var isEnding: Bool { isGone || peer.isFinishing || peer.failure != nil }

    // MARK: - Hearing

    override var ends: Ends? { peer.ends }

    override func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int? {
        guard writesNow else { return nil }
        let gone = try peer.writeNow(bytes)
        if isDumped, gone > 0 { copies.dump(bytes.extracting(first: gone), .sent) }
        return gone
    }

    override func restUntilWritable() -> Bool { writesNow && peer.connection.restUntilWritable(waking: self) }

    override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        try await peer.stream.write(bytes)
        if isDumped { copies.dump(bytes, .sent) }
    }

    override func lose(_ error: NetworkError) {
        if error.cause != .cancelled { peer.fail(error) }
    }

    override func drop() { peer.cutOff() }
    override var slowness: Duration? { peer.slowness }
    override var progress: Int { peer.sent }

    // MARK: - Saying

    /// Waits until those who keep up have caught up.
    func waitForTurn(in fanout: Fanout) async {
        while fanout.hold.isHeld, !isEnding, !Task.isCancelled {
            let place = Parking()
            self.place = place
            fanout.hold.wait(self)
            _ = await place.wait()
            self.place = nil
        }
    }

    /// As `waitForTurn`, where no task waits: it is woken in its turn.
    func standInLine(of fanout: Fanout) {
        waitsInLine = true
        fanout.hold.wait(self)
    }

    func goOn() {
        if let place {
            place.wake()
        } else if waitsInLine {
            waitsInLine = false
            peer.wake()
        }
    }

    // MARK: - Ending

    var isIdle: Bool { fanout.map { $0.waiting(self) == 0 } ?? true }

    /// Ends its service at once; what it has still to hear is written first.
    func finish() {
        // That one's own time is over says nothing of the others.
        if !peer.hasExpired { order.note() }
        peer.connection.readDeadline = .past
        peer.pacing?.hurry()
        goOn()
    }
}

extension RoomMember {
    /// Bytes that somebody said, from the first that is not passed on yet.
    struct Inbox {
        private(set) var bytes: [UInt8] = []
        private var start = 0
        private var scanned = 0

        var isEmpty: Bool { start == bytes.count }

        mutating func put(_ new: Span<UInt8>) {
            if start > 0 {
                bytes.removeFirst(start)
                (start, scanned) = (0, scanned - start)
            }
            bytes.append(new)
        }

        /// The next whole line; nil if there is none yet.
        mutating func takeLine() -> Range<Int>? {
            guard let (line, next) = ChatText.line(in: bytes, from: start, scanned: scanned) else {
                scanned = bytes.count
                tidy()
                return nil
            }
            start = next
            scanned = next
            return line
        }

        /// Whatever there is.
        mutating func takeRest() -> Range<Int>? {
            guard !isEmpty else {
                tidy()
                return nil
            }
            defer { (start, scanned) = (bytes.count, bytes.count) }
            return start..<bytes.count
        }

        /// Ten thousand silent members keep no memory for it.
        private mutating func tidy() {
            if isEmpty { self = Inbox() }
        }
    }
}
