import SockKit

/// The peers that a server serves at the moment, each by a task of its own.
@Netpoller
final class ServedPeers {
    private var members: [Int: Member] = [:]
    private let emptied = Parking()
    /// Told when the last one has gone.
    var onEmpty: (@Netpoller () -> Void)?

    private struct Member {
        let peer: Peer
        let task: Task<Void, Never>
    }

    var count: Int { members.count }
    /// Those that have not come to their own end.
    var present: Int { members.values.count { !$0.peer.hasLeft } }

    /// Takes in a peer and the task that serves it, which removes it at its end.
    func add(_ peer: Peer, servedBy task: Task<Void, Never>) {
        members[peer.number] = Member(peer: peer, task: task)
    }

    func remove(_ peer: Peer) {
        members[peer.number] = nil
        guard members.isEmpty else { return }
        emptied.wake()
        onEmpty?()
    }

    /// Has every peer's service end at its next read.
    func finish() {
        for member in members.values { member.peer.finish() }
    }

    func cancel() {
        for member in members.values { member.task.cancel() }
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
