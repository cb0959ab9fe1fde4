import SockKit

/// What is said of a peer.
///
/// Never inlined, like all that reports: an event is large, and inlined into a service it would take its room in the
/// frame of every task that serves a peer, for as long as that peer is idle.
extension Peer {
    @inline(never)
    func reportFirstByte() {
        guard connection.network.kind != .datagram else { return }
        reporter.report(FirstByteEvent(ends: ends, time: .now - start, namesPeer: server != nil))
    }

    @inline(never)
    func reportMessage(_ index: Int, _ bytes: Int) {
        reporter.report(MessageEvent(ends: ends, index: index, bytes: bytes))
    }

    /// A message was longer than what was read of it.
    @inline(never)
    func reportCut(_ count: Int, of length: Int) {
        reporter.report(MessageCutEvent(bytes: count, length: length))
    }

    @inline(never)
    func reportRead(_ count: Int, _ reader: Int?) {
        reporter.report(ReadEvent(ends: ends, bytes: count, total: received, reader: reader))
    }

    @inline(never)
    func reportWrite(_ count: Int) {
        reporter.report(WroteEvent(ends: ends, bytes: count, total: sent))
    }

    @inline(never)
    func reportKeepAlive(_ silence: Duration, _ limit: Duration) {
        reporter.report(KeepAliveEvent(ends: ends, silence: silence, limit: limit))
    }

    /// Says how it stood when it was closed, which `close` does: once that can be read, nothing that it calls lost is taken any
    /// more.
    @inline(never)
    func reportClose(by ending: ConnectionEnding, _ close: () -> Void) {
        let (depths, pair) = (connection.queueDepths, conversation?.totals)
        // What a joined connection never got counts wherever it was left.
        let unread = pair.map(\.losses).flatMap { $0.isNone ? nil : $0.unread } ?? (isSecured ? nil : depths?.received)
        let event = ClosedEvent(
            ends: ends, by: ending, duration: .now - start, received: received, sent: sent, unread: unread,
            unacknowledged: connection.bytesUnacknowledged, unsent: connection.bytesUnsent, silence: clock?.silence,
            messages: messages, pair: pair, tcp: connection.tcpInfo, namesPeer: server != nil)
        close()
        reporter.report(event)
    }

    /// Says how much has gone both ways so far, as SIGUSR1 asks.
    func reportProgress() {
        reporter.writeProgressLine(
            "\(Quantity.bytes(received)) received, \(Quantity.bytes(sent)) sent in \(Quantity.duration(.now - start))")
    }
}
