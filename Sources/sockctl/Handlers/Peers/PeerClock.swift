import SockKit

/// When a connection last carried something, each way.
@Netpoller
final class PeerClock {
    private(set) var lastReceived = Deadline.now
    private(set) var lastSent = Deadline.now
    /// How much had been sent when the peer was last heard.
    private(set) var sentWhenHeard = 0
    /// Told of bytes that came, before anybody else.
    var onReceive: (@Netpoller () -> Void)?

    /// Since the last byte from the peer, or the connection's beginning.
    var silence: Duration { .now - lastReceived }

    func noteReceived(sent: Int) {
        lastReceived = .now
        sentWhenHeard = sent
        onReceive?()
    }

    func noteSent() { lastSent = .now }
}
