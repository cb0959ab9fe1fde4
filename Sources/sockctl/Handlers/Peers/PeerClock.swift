import SockKit

/// When a connection last carried something, each way.
@Netpoller
final class PeerClock {
    private(set) var lastReceived = Deadline.now
    private(set) var lastSent = Deadline.now
    /// Told of bytes that came, before anybody else.
    var onReceive: (@Netpoller () -> Void)?

    /// Since the last byte from the peer, or the connection's beginning.
    var silence: Duration { .now - lastReceived }

    func noteReceived() {
        lastReceived = .now
        onReceive?()
    }

    func noteSent() { lastSent = .now }
}
