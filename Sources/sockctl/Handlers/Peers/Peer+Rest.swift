import SockKit

/// What a service goes on with when a peer that rested has something to say.
@Netpoller
protocol PeerConversation: AnyObject, Sendable {
    /// Nothing is under way.
    var isIdle: Bool { get }
    /// The order to finish.
    func finish()
}

extension HTTPConversation: PeerConversation {}

/// What a service that was asked without a task leaves to the task.
final class Leftover: Sendable {
    /// Read and not yet sent on.
    let unsent: [UInt8]
    /// What went wrong; the kernel says it only once.
    let failure: NetworkError?

    init(unsent: [UInt8] = [], failure: NetworkError? = nil) {
        self.unsent = unsent
        self.failure = failure
    }
}

/// A peer of which nothing is to be expected needs no task: the loop begins one when there is something that a service
/// cannot do on the spot.
extension Peer: StreamSleeper {
    nonisolated func wake() {
        if Self.goOn(self) { return }
        unsafe task = Netpoller.spawn { await self.server?.serve(self) }
    }

    nonisolated private static let goOn = Netpoller.onLoop(serveNow)

    private static func serveNow(_ peer: Peer) -> Bool { peer.server?.serveNow(peer) ?? false }

    /// Whether it may rest without a task: nothing has to be watched meanwhile but the connection's own deadline.
    var mayRest: Bool {
        canRest && pacing == nil && policy.idleTimeout == nil && policy.lifetime == nil && policy.readTimeout == nil
            && policy.maximumBytes == nil && policy.keepGoing == 0
    }

    /// What a round without a task left to do.
    func takeLeftover() -> Leftover? {
        defer { leftover = nil }
        return leftover
    }

    /// Leaves the peer to the loop; false if there is something to be read already.
    func rest() -> Bool {
        unsafe task = nil
        return connection.rest(waking: self)
    }
}
