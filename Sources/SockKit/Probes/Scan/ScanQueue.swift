/// What is to be looked at again after one and the same span each: moments that come up in the order in which they were
/// noted, so that a queue is all it takes.
struct ScanQueue {
    private struct Entry {
        let moment: Deadline
        let slot: Int
        let serial: UInt32
    }

    /// nil never comes up.
    private let span: Duration?
    private var entries: [Entry] = []
    private var head = 0

    init(_ span: Duration?) { self.span = span }

    var earliest: Deadline? { head < entries.count ? entries[head].moment : nil }

    mutating func append(slot: Int, serial: UInt32, from start: Deadline) {
        guard let span else { return }
        entries.append(Entry(moment: start + span, slot: slot, serial: serial))
    }

    /// Takes the first entry whose moment has come.
    mutating func popExpired(at now: Deadline) -> (slot: Int, serial: UInt32)? {
        guard head < entries.count, entries[head].moment <= now else { return nil }
        let entry = entries[head]
        head += 1
        forgetTaken()
        return (entry.slot, entry.serial)
    }

    /// Drops what stands before the first entry that still means something.
    mutating func dropStale(_ isStale: (Int, UInt32) -> Bool) {
        while head < entries.count, isStale(entries[head].slot, entries[head].serial) {
            head += 1
        }
        forgetTaken()
    }

    /// Gives back the room of the entries before the first, once they are as many as the others.
    private mutating func forgetTaken() {
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024, head * 2 >= entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}
