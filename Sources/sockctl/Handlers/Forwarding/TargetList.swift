import SockKit

/// The targets of a forwarder, and which of them a connection gets.
@Netpoller
final class TargetList {
    private let targets: [ForwardTarget]
    private let balance: Balance
    /// Where the forwarder itself is reached; nil where nobody listens.
    var listening: Endpoint?
    private var turn = 0
    private var random: SeededRandom

    init(_ targets: [ForwardTarget], _ balance: Balance, seed: UInt64?) {
        self.targets = targets
        self.balance = balance
        random = SeededRandom(seed: seed ?? .random(in: 0...(.max)))
    }

    var count: Int { targets.count }

    /// The order in which a new connection tries the targets: those that could not be reached lately come last.
    func order() -> [ForwardTarget] {
        if targets.count == 1 { return targets }
        let all = balanced()
        let resting = all.filter { !$0.isUp }
        guard !resting.isEmpty else { return all }
        return all.filter(\.isUp) + resting.sorted { ($0.restsUntil ?? .past) < ($1.restsUntil ?? .past) }
    }

    private func balanced() -> [ForwardTarget] {
        switch balance {
        case .first: return targets
        case .roundRobin:
            defer { turn = (turn + 1) % targets.count }
            return Array(targets[turn...] + targets[..<turn])
        case .random: return targets.shuffled(using: &random)
        case .least:
            // Of those with as many connections the first is taken: sorting keeps their order.
            return targets.enumerated()
                .sorted { ($0.element.connections, $0.offset) < ($1.element.connections, $1.offset) }
                .map(\.element)
        }
    }
}

/// Which of several targets a connection gets.
enum Balance: String, CaseIterable, Sendable {
    case first
    case roundRobin = "round-robin"
    case random, least
}
