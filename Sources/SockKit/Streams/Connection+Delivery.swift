/// Sending that is over, and not yet at the peer.
extension Connection {
    /// Waits until the peer's kernel has all that was written, for as long as some of it goes on going; false where it is
    /// not going to have it.
    ///
    /// A reset takes with it whatever is still on its way.
    public func waitUntilDelivered(patience: Duration = .seconds(5)) async -> Bool {
        var (left, end) = (Int.max, Deadline.now + patience)
        var pauses = Backoff(first: .microseconds(100), most: .milliseconds(5))
        while let depths = queueDepths, depths.unacknowledged != 0 {
            if let queued = depths.unacknowledged, queued < left { (left, end) = (queued, .now + patience) }
            if end.hasPassed || tcpInfo?.state == .closed { return false }
            guard await Netpoller.sleep(for: pauses.next()) else { return false }
        }
        return !descriptor.isClosed
    }

    /// Reads what the peer says and throws it away, to its end or until the task is cancelled: some take what is sent to them
    /// only when somebody reads what they say.
    public func drain() -> Task<Void, Never> {
        Netpoller.spawn {
            // Whoever pours makes no read wait.
            while !Task.isCancelled, (try? await self.discard()) ?? nil != nil { await Task.yield() }
        }
    }
}
