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

/// A peer of which nothing is to be expected needs no task: the loop begins one when there is something to be read.
extension Peer: StreamSleeper {
    nonisolated func wake() {
        unsafe task = Netpoller.spawn { await self.server?.serve(self) }
    }

    /// Leaves the peer to the loop; false if there is something to be read already.
    func rest() -> Bool {
        unsafe task = nil
        return connection.rest(waking: self)
    }
}
