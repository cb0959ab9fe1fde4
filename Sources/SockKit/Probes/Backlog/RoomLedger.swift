/// Finds out which accept made room for which dial: an accept frees one place in the queue, a dial takes one.
public struct RoomLedger: Sendable {
    /// Places that were free from the beginning.
    private var fresh: Int
    private var cleared: [BacklogResult.Accept] = []

    /// Begins with an empty queue. Without a known capacity it names no accept.
    public init(capacity: Int?) {
        fresh = capacity ?? .max
    }

    public mutating func take(_ accept: BacklogResult.Accept) {
        cleared.append(accept)
    }

    /// The accept that freed the place that a dial has just taken; nil if the place was free before.
    ///
    /// A dial that waited takes the first place that was freed after it had begun. A dial that got in at once takes the
    /// newest: it would have found room without the others.
    public mutating func take(_ dial: BacklogDial) -> BacklogResult.Accept? {
        if fresh > 0 {
            fresh -= 1
            return nil
        }
        guard !cleared.isEmpty else { return nil }
        guard dial.waited else { return cleared.removeLast() }
        return cleared.remove(at: cleared.firstIndex { $0.time >= dial.start } ?? 0)
    }
}
