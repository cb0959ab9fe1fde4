import SockKit

/// `udp-recv --tls`: a sender that has agreed on TLS has a socket of its own, and what comes by it is taken as from anybody.
@Netpoller
final class SecuredReceiver: Service {
    private let received: ReceivedDatagrams
    private var peers: [Int: Peer] = [:]
    /// Told that as many have come as were wanted.
    var onComplete: (@Netpoller () -> Void)?
    /// Told of what ends everything, and not the one sender's turn.
    var onFailure: (@Netpoller (NetworkError) -> Void)?

    init(_ received: ReceivedDatagrams) {
        self.received = received
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let receiver = try DatagramReceiver(DatagramSocket(secured: peer.connection), received)
        peers[peer.number] = peer
        defer {
            peers[peer.number] = nil
            peer.note(received: receiver.bytes, sent: receiver.bytesAnswered)
        }
        do throws(NetworkError) {
            try await receiver.receive()
        } catch {
            if error.stream == .standardOutput, error.cause != .cancelled { onFailure?(error) }
            guard error.isClosed || error.isOutputGone else { throw error }
            return .byPeer
        }
        onComplete?()
        return .byUs
    }

    /// Says goodbye to everybody.
    func close() {
        for peer in peers.values { peer.connection.close() }
    }

    /// Waits until nobody has sent anything for so long; false if the task was cancelled before.
    func waitForSilence(_ span: Duration) async -> Bool {
        while !(received.lastArrival + span).hasPassed {
            guard await Netpoller.sleep(until: received.lastArrival + span) else { return false }
        }
        return true
    }
}
