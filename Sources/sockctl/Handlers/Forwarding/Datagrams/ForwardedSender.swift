import SockKit

/// One sender of a forwarder of datagrams, and the socket to its target that is its own.
///
/// It has no task while it waits: the loop wakes it. Only reaching a target, and what somebody does not take at once, are
/// left to one.
@Netpoller
final class ForwardedSender {
    let sender: DatagramOrigin
    let forwarder: DatagramForwarder
    /// Counted from 1.
    let number: Int
    let ends: Ends
    private let start = Deadline.now
    var lastActivity = Deadline.now
    private(set) var isClosed = false

    // The way to the target.
    var socket: DatagramSocket?
    var target: ForwardTarget?
    /// What goes once the target is reached, or takes something again.
    var lineUp = DatagramLine()
    var task: Task<Void, Never>?
    /// The targets that have refused since one was heard.
    var refusedBy: [ForwardTarget] = []
    /// What was sent last to a target that has not been heard yet: another has it if this one refuses.
    var unanswered: [UInt8]?
    var hasHeard = false
    /// It has had a target.
    private(set) var hasJoined = false
    private var up = DatagramCounts.Way()

    // The way to the sender.
    var lineDown = DatagramLine()
    var isDelivering = false
    private var down = DatagramCounts.Way()

    /// What is kept of both, where something is.
    private var record: DatagramRecord?
    /// What is wrong on them, where something is or may be.
    private var faulty: FaultySender?

    init(_ sender: DatagramOrigin, _ ends: Ends, number: Int, _ forwarder: DatagramForwarder) {
        self.sender = sender
        self.forwarder = forwarder
        self.number = number
        self.ends = Ends(ends.network, local: ends.local, remote: ends.remote, connection: number)
        if forwarder.reporter.isReported(.verbose) { forwarder.reporter.report(AcceptedEvent(ends: self.ends)) }
        record = forwarder.recorder.map(DatagramRecord.init)
        faulty = forwarder.faults?.spoil(self)
        beginWork()
    }

    // MARK: - One function for all that passes

    /// Each datagram of a side goes through here, in the order in which they came. Whatever is to be seen of it, or to
    /// become of it on its way, is done here, and `give` sends it on, at once or later, once or again; `flush` then sees to
    /// it that it goes.
    func carry(_ payload: Span<UInt8>, from side: RelaySide) {
        if forwarder.copies.isWanted { forwarder.copies.see(payload, side == .near ? .received : .sent) }
        record?.take(payload, side == .near ? .up : .down)
        if forwarder.reporter.isReported(.veryVerbose) { report(payload.count, side) }
        if let path = faulty?.path(from: side) { path.take(payload) } else { give(payload, from: side) }
    }

    func give(_ payload: Span<UInt8>, from side: RelaySide) {
        if side == .near { giveUp(payload) } else { giveDown(payload) }
    }

    /// Sends what a fault had kept back.
    func flush(_ side: RelaySide) {
        lastActivity = .now
        if side == .near { flushUp() } else { flushDown() }
    }

    /// Datagrams that went; they are from this side.
    func note(_ count: Int, _ bytes: Int, from side: RelaySide) {
        let way = DatagramCounts.Way(datagrams: count, bytes: bytes)
        if side == .near {
            up += way
            forwarder.counts.up += way
        } else {
            down += way
            forwarder.counts.down += way
        }
    }

    private func report(_ count: Int, _ side: RelaySide) {
        if side == .near {
            forwarder.reporter.report(DatagramReceivedEvent(ends: ends, bytes: count, length: count))
        } else {
            forwarder.reporter.report(DatagramSentEvent(ends: ends, bytes: count, length: count))
        }
    }

    // MARK: - Its end

    /// Since when nothing has come or gone. What is kept back on purpose is under way.
    var silentSince: Deadline { faulty?.isBusy ?? false ? .now : lastActivity }

    /// When it ends unless something comes or goes before.
    var end: Deadline {
        let silence = forwarder.limits.silence.map { silentSince + $0 } ?? .never
        return min(silence, forwarder.limits.lifetime.map { start + $0 } ?? .never)
    }

    /// Ends it; what waits is given up. `side` is whose end it was.
    func close(_ ending: ConnectionEnding, by side: RelaySide? = nil) {
        guard !isClosed else { return }
        isClosed = true
        let totals = totals.map { PairTotals(target: $0.target, up: $0.up, down: $0.down, endedBy: side) }
        leaveTarget()
        task?.cancel()
        forwarder.counts.dropped += faulty?.end() ?? 0
        forwarder.counts.dropped += lineUp.removeAll() + lineDown.removeAll()
        forwarder.remove(self)
        guard forwarder.reporter.isReported(.verbose) else { return }
        forwarder.reporter.report(
            ClosedEvent(
                ends: ends, by: ending, duration: .now - start, received: up.bytes, sent: down.bytes,
                messages: up.datagrams, pair: totals))
    }

    /// What went so far; nil while it has no target.
    var totals: PairTotals? {
        let name = socket?.remoteEndpoint?.name ?? target?.name
        return name.map { PairTotals(target: $0, up: up.bytes, down: down.bytes, endedBy: nil) }
    }

    func leaveTarget() {
        let left = socket.take()
        target.take()?.connections -= 1
        left?.close()
    }

    /// It has a target, after so long.
    func noteJoined(_ socket: DatagramSocket, _ time: Duration) {
        hasJoined = true
        guard let remote = socket.remoteEndpoint else { return }
        record?.open(RecordSubject(number, ends.network, client: sender.endpoint, target: remote))
        guard forwarder.reporter.isReported(.verbose) else { return }
        forwarder.reporter.report(JoinedEvent(ends: ends, target: remote, time: time))
    }
}
