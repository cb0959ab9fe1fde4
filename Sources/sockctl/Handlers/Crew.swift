import SockKit

/// The peers that a server serves at the moment, each by a task of its own.
@Netpoller
final class Crew {
    private var members: [Int: Member] = [:]
    private let emptied = Parking()
    /// Told when the last one has gone.
    var onEmpty: (@Netpoller () -> Void)?

    private struct Member {
        let peer: Peer
        let task: Task<Void, Never>
    }

    var count: Int { members.count }
    var peers: [Peer] { members.values.map(\.peer).sorted { $0.number < $1.number } }

    /// Serves a peer until `work` returns.
    func add(_ peer: Peer, _ work: @escaping @Netpoller @Sendable () async -> Void) {
        let number = peer.number
        let task = Netpoller.spawn {
            await work()
            self.remove(number)
        }
        members[number] = Member(peer: peer, task: task)
    }

    private func remove(_ number: Int) {
        members[number] = nil
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
