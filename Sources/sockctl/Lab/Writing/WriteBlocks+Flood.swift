import SockKit

extension Flood {
    /// Waits until a write is blocked, and has the writer's lane say which, and when the last one before it returned.
    func untilBlocked(notedBy party: Party) async -> (sending: Int, receiving: Int) {
        let stage = party.stage
        let watching = stage.go { await self.lastReturn(on: stage) }
        let queued = await untilBlocked()
        watching.cancel()
        let last = await watching.value
        party.note("\(writes) writes had returned by \(Quantity.duration(last)); write \(writes + 1) has waited since")
        return queued
    }

    /// Watches until it is cancelled, and says when a write returned last.
    private func lastReturn(on stage: Stage) async -> Duration {
        var (count, last) = (writes, stage.now)
        while await Netpoller.sleep(for: .milliseconds(1)) {
            if writes != count { (count, last) = (writes, stage.now) }
        }
        return last
    }
}
