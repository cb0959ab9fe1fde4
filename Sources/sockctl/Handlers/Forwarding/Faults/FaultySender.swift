import SockKit

/// A sender of datagrams and its target, with what is wrong between them.
@Netpoller
final class FaultySender: FaultVictim {
    let number: Int
    let start = Deadline.now
    let ends: Ends
    private(set) var told = ToldFaults()
    private let desk: FaultDesk
    private weak var sender: ForwardedSender?
    private var paths: [RelaySide: FaultyPath] = [:]

    init(_ sender: ForwardedSender, _ desk: FaultDesk, _ entries: [FaultDesk.Entry], isControlled: Bool) {
        (number, ends) = (sender.number, sender.ends)
        self.sender = sender
        self.desk = desk
        for side in [RelaySide.near, .far] {
            let isSpoilt = entries.contains { $0.direction.includes(side) && $0.set.spoilsTraffic }
            guard isControlled || isSpoilt else { continue }
            let path = FaultyPath { [weak sender] in
                sender?.give($0, from: side)
            } flush: { [weak sender] in
                sender?.flush(side)
            }
            path.onDeed = { [weak self] in self?.note($0, side) }
            paths[side] = path
        }
        apply(entries)
    }

    /// The way from that side to the other one; nil where it is as it should be.
    func path(from side: RelaySide) -> FaultyPath? { paths[side] }

    func apply(_ entries: [FaultDesk.Entry]) {
        let entries = entries.filter(\.set.spoilsTraffic)
        told.update(entries, ends, desk)
        for (side, path) in paths {
            path.apply(
                entries.filter { $0.direction.includes(side) }
                    .map { ($0.id, $0.set.stream, $0.set.datagrams, desk.seed($0, number, side)) })
        }
    }

    var totals: PairTotals? { sender?.totals }

    func cut() { sender?.close(.reset) }

    /// Something is kept back on purpose.
    var isBusy: Bool { paths.values.contains(where: \.isBusy) }

    /// It is over: says how many datagrams were still under way.
    func end() -> Int {
        desk.forget(self)
        return paths.values.reduce(0) { $0 + $1.end() }
    }

    private func note(_ deed: FaultyPath.Deed, _ side: RelaySide) {
        sender?.forwarder.counts.note(deed)
        guard desk.reporter.isReported(.veryVerbose) else { return }
        switch deed {
        case .lost(let id): told.act(id, "loss", side, ends, desk)
        case .doubled(let id): told.act(id, "duplicate", side, ends, desk)
        case .overtaken(let id): told.act(id, "reorder", side, ends, desk)
        case .corrupted(let id): told.act(id, "corrupt", side, ends, desk)
        case .crowdedOut: return
        }
    }
}
