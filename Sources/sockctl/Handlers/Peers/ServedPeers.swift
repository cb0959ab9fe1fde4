import SockKit

/// The peers that a server serves at the moment, each by a task of its own.
@Netpoller
final class ServedPeers {
    private var members: [Int: Peer] = [:]
    private let emptied = Parking()
    /// Told when the last one has gone.
    var onEmpty: (@Netpoller () -> Void)?

    var count: Int { members.count }
    /// Those that have not come to their own end.
    var present: Int { members.values.count { !$0.hasLeft } }

    /// Those with whom something is under way.
    var busy: Int { members.values.count { !($0.conversation?.isIdle ?? false) } }

    /// Takes in a peer; the task that serves it removes it at its end.
    func add(_ peer: Peer) {
        members[peer.number] = peer
    }

    func remove(_ peer: Peer) {
        members[peer.number] = nil
        guard members.isEmpty else { return }
        emptied.wake()
        onEmpty?()
    }

    /// Has every peer's service end at its next read.
    func finish() {
        for peer in members.values { peer.finish() }
    }

    /// Parts from some of them, who have nothing to lose.
    func cutOff(where isMeant: (Peer) -> Bool) {
        for peer in members.values where isMeant(peer) { peer.connection.close() }
    }

    func cancel() {
        for peer in members.values {
            // One that rests is woken by its end.
            if let task = unsafe peer.task { task.cancel() } else { peer.expire() }
        }
    }

    /// Waits until nobody is left; false if the time was up, or the task cancelled, before.
    @discardableResult
    func waitUntilEmpty(until deadline: Deadline? = nil) async -> Bool {
        while !members.isEmpty {
            if await emptied.wait(until: deadline) != .ready { return members.isEmpty }
        }
        return true
    }
}
