import SockKit

/// What the narrator and the chart need to remember of a backlog probe.
struct BacklogStory {
    private(set) var decided = 0
    private(set) var connected = 0
    private(set) var total = 0
    private(set) var starts: [Int: Duration] = [:]
    /// For each dial that waits, when its SYN was sent again.
    private(set) var retransmissions: [Int: [Duration]] = [:]
    private var ledger = RoomLedger(capacity: nil)
    /// The accept that made room for the dial that got in last.
    private(set) var accountedAccept: BacklogResult.Accept?

    mutating func take(_ event: BacklogEvent) {
        switch event {
        case .started(let plan): (total, ledger) = (plan.dials, RoomLedger(capacity: plan.capacityPredicted))
        case .dialled(let dial):
            decided += 1
            starts[dial.index] = dial.start
            if dial.outcome == .connected {
                connected += 1
                accountedAccept = ledger.take(dial)
            }
        case .retransmitted(let index, _, let moment): retransmissions[index, default: []].append(moment)
        case .accepted(let accept): ledger.take(accept)
        case .waiting, .lost, .read: break
        }
    }

    /// How long ago a dial began.
    func age(of index: Int, at moment: Duration) -> Duration { moment - (starts[index] ?? .zero) }

    /// How far the probe is, in one line.
    func progress(after time: Duration) -> String {
        "\(decided) of \(total) dials decided, \(connected) connected, \(Quantity.duration(time))"
    }
}
