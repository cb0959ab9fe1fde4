import SockKit

/// A peer of `listen -k`, and what it has of standard input and output.
@Netpoller
final class HubGuest: FanoutReader, PeerConversation {
    let peer: Peer
    let view: PeerView
    /// An unfinished line.
    var pending: [UInt8] = []
    private(set) var lastSent = Deadline.now
    /// How many bytes of standard input went to it.
    private(set) var taken = 0
    /// How many of its bytes standard output has not got, since the wait for who reads there was ended.
    var ungiven = 0
    /// Where it waits after its end; standard input's end wakes it, and that there is nobody any more to wait for.
    let pause = Parking()
    /// It has not only ended: it is gone, or was given up.
    var hasHungUp = false
    /// Told that it has got all that there is.
    var onCaughtUp: (@Netpoller () -> Void)?

    init(_ peer: Peer, _ view: PeerView) {
        self.peer = peer
        self.view = view
        super.init(author: peer.number)
    }

    override var ends: Ends? { peer.ends }
    override var slowness: Duration? { peer.slowness }
    override var progress: Int { peer.sent }

    override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        do throws(NetworkError) { try await view.stream.write(bytes) } catch {
            taken += error.bytesTransferred
            throw error
        }
        taken += bytes.count
        lastSent = .now
    }

    /// What had come before a reset its own task reads still, and then its end. What fails for another reason, a time-out of
    /// ours for one, that task would not notice.
    override func lose(_ error: NetworkError) {
        if error.cause != .cancelled, !error.endsConnection { peer.fail(error) }
        pause.wake()
    }

    override func drop() { peer.cutOff() }
    override func caughtUp() { onCaughtUp?() }

    // MARK: - The order to finish, after its end

    var isIdle: Bool { fanout.map { $0.waiting(self) == 0 } ?? true }

    func finish() {
        peer.pacing?.hurry()
        pause.wake()
    }
}
