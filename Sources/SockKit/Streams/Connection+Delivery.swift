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
}
