import SockKit

/// The peers that a server serves at the moment, each by a task of its own.
@Netpoller
final class ServedPeers {
    private var members: [Int: Peer] = [:]
    private let emptied = Parking()
    /// The most that there were since memory was last given back.
    private var most = 0
    /// How many have left since then.
    private var departed = 0
    private var isGivingBack = false
    /// Told when the last one has gone.
    var onEmpty: (@Netpoller () -> Void)?

    var count: Int { members.count }
    /// Those that have not come to their own end.
    var present: Int { members.values.count { !$0.hasLeft } }

    /// Those with whom something is under way.
    var busy: Int { members.values.count { !($0.conversation?.isIdle ?? false) } }

    /// So many at once leave something behind that is worth giving back, and so many one after the other.
    private static let crowd = 16
    private static let row = 256
    /// It is given back once fewer than a row have left in so long: others would only need it again.
    private static let pause = Duration.seconds(1)

    /// Takes in a peer; the task that serves it removes it at its end.
    func add(_ peer: Peer) {
        members[peer.number] = peer
        most = max(most, members.count)
    }

    func remove(_ peer: Peer) {
        members[peer.number] = nil
        departed += 1
        if !isGivingBack, departed >= Self.row || most >= Self.crowd && members.count <= most / 2 { giveMemoryBack() }
        guard members.isEmpty else { return }
        emptied.wake()
        onEmpty?()
    }

    /// Many have left: what they had, malloc keeps for ever wherever something that stayed stands behind it.
    @inline(never)
    private func giveMemoryBack() {
        isGivingBack = true
        Netpoller.spawn {
            repeat { self.departed = 0 } while await Netpoller.sleep(for: Self.pause) && self.departed >= Self.row
            self.isGivingBack = false
            (self.most, self.departed) = (self.members.count, 0)
            MemoryCalls.giveBack()
        }
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
