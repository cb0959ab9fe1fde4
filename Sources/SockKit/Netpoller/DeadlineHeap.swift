/// What a deadline wakes: one side of a descriptor's slot, or a task parked by itself.
enum DeadlineTarget: Sendable, Hashable {
    case slot(PollTag, PollSide)
    case parked(UInt64)
}

/// A binary min-heap of deadlines.
///
/// Nothing is removed before its time: a target that no longer cares ignores its entry when it comes up. A target that
/// renews its deadline keeps its entry and is put back then, so that renewing costs no work here at all.
struct DeadlineHeap {
    private struct Entry {
        let deadline: Deadline
        let target: DeadlineTarget
    }

    private var entries: [Entry] = []

    var earliest: Deadline? { entries.first?.deadline }
    var count: Int { entries.count }

    mutating func insert(_ deadline: Deadline, _ target: DeadlineTarget) {
        entries.append(Entry(deadline: deadline, target: target))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].deadline < entries[parent].deadline else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest target whose deadline is not after `now`.
    mutating func popExpired(at now: Deadline) -> DeadlineTarget? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        siftDown()
        return first.target
    }

    /// Forgets all but the earliest entry of each target that still exists: when that comes up, the target says what
    /// counts now.
    mutating func keepEarliest(where exists: (DeadlineTarget) -> Bool) {
        var seen: Set<DeadlineTarget> = []
        // What is in order is a heap.
        entries = entries.sorted { $0.deadline < $1.deadline }
            .filter { seen.insert($0.target).inserted && exists($0.target) }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child].deadline < entries[least].deadline {
                least = child
            }
            guard least != parent else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
