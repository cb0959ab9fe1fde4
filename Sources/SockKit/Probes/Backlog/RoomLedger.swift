/// Whose accept made room for whom: each takes one place out of the queue, and each dial that gets in takes one place.
public struct RoomLedger: Sendable {
    /// Places that nobody has had to clear.
    private var fresh: Int
    private var cleared: [BacklogResult.Accept] = []

    /// For a queue that is empty; of one whose capacity is not known, no accept is told.
    public init(capacity: Int?) {
        fresh = capacity ?? .max
    }

    public mutating func take(_ accept: BacklogResult.Accept) {
        cleared.append(accept)
    }

    /// The accept that made the room that a dial has just taken; nil where none had to.
    ///
    /// One that waited has had room since the first accept after it began that nobody needed. One that came later and
    /// got in at once took the newest: it would have got in without those before.
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
