import SockKit

/// Where a forwarder sends connections, and how it gets there.
@Netpoller
final class ForwardTarget {
    let network: Network
    let destination: Destination
    /// Where it is, if that is a place of this machine.
    let localEndpoint: Endpoint?
    /// It was found to be the forwarder itself.
    var leadsBack = false
    /// How many connections to it are open.
    var connections = 0
    /// It could not be reached, and others are preferred until then.
    private(set) var restsUntil: Deadline?
    private var backoff = ForwardTarget.freshBackoff

    nonisolated private static let freshBackoff = Backoff(first: .seconds(1), most: .seconds(30))

    init(_ network: Network, _ destination: Destination) {
        self.network = network
        self.destination = destination
        localEndpoint = destination.localEndpoint(for: network)
    }

    nonisolated var name: String { destination.description }

    /// Whether it is to be tried in its turn.
    var isUp: Bool { restsUntil?.hasPassed ?? true }

    /// Leaves it alone for a while, each time a longer one; says for how long.
    func rest() -> Duration {
        let span = backoff.next()
        restsUntil = .now + span
        return span
    }

    /// It was reached; true if it had not been before.
    func wasReached() -> Bool {
        defer { (restsUntil, backoff) = (nil, Self.freshBackoff) }
        return restsUntil != nil
    }
}
