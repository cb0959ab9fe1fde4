import SockKit

/// Whom faults are done to: a client with its target, or a sender of datagrams.
@Netpoller
protocol FaultVictim: AnyObject {
    /// As the events have it.
    var number: Int { get }
    var ends: Ends { get }
    var start: Deadline { get }
    /// What it came to so far; nil before it has a target.
    var totals: PairTotals? { get }
    /// The sets that are done to it.
    var told: ToldFaults { get }

    /// Has these done to it from now on.
    func apply(_ entries: [FaultDesk.Entry])

    /// Breaks it off.
    func cut()
}

/// The sets that are done to somebody, each of which has been told of.
@Netpoller
struct ToldFaults {
    private var sets: [Int: FaultSet] = [:]

    var ids: [Int] { sets.keys.sorted() }

    /// These are done from now on: tells of those that were not before.
    mutating func update(_ entries: [FaultDesk.Entry], _ ends: Ends, _ desk: FaultDesk) {
        let before = sets
        sets = [:]
        for entry in entries {
            sets[entry.id] = entry.set
            if before[entry.id] != entry.set { desk.report(ends, entry.set.text, entry.direction, acts: false) }
        }
    }

    /// Tells that a fault of a set does now what it does.
    func act(_ id: Int, _ name: String, _ side: RelaySide, _ ends: Ends, _ desk: FaultDesk) {
        guard let set = sets[id] else { return }
        desk.report(ends, FaultKey.text(name, of: set), side == .near ? .up : .down, acts: true)
    }
}

extension FaultKey {
    /// One fault of a set, as it is written.
    static func text(_ name: String, of set: FaultSet) -> String {
        all.first { $0.name == name }.flatMap { key in key.show(set).map { "\(name)=\($0)" } } ?? name
    }
}
