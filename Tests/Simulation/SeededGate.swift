/// Watches the gate of system calls: some are interrupted, and some move less than they could.
final class SeededGate: SystemCallObserver {
    // Invariant: the simulation has one thread, the loop's.
    nonisolated(unsafe) private var hasReadShort = false
    /// One call in so many is disturbed; 0 is none.
    nonisolated(unsafe) var rate = 0

    private static let movers: Set<String> = ["recv", "send", "read", "write", "splice"]

    var wantsRecords: Bool { false }

    func fault(for call: String, descriptor: Int32) -> Errno? {
        guard Self.movers.contains(call) else { return nil }
        chance.step(3)
        return chance.oneIn(rate) ? .interrupted : nil
    }

    func most(for call: String) -> Int? {
        guard Self.movers.contains(call), chance.oneIn(rate) else { return nil }
        // Whoever reads less than there is takes it that there is no more, so more has to be announced.
        if call != "send", call != "write" { hasReadShort = true }
        return chance.skewed(5_000)
    }

    func takeShortRead() -> Bool {
        defer { hasReadShort = false }
        return hasReadShort
    }
}

let gate = SeededGate()
