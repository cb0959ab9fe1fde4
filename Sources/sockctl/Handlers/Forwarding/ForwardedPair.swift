import SockKit

/// A client and its target, joined.
@Netpoller
final class ForwardedPair: PeerConversation {
    let junction: Junction
    let connection: Connection
    /// What the target is called where its own end has no name.
    private let name: String
    /// Whose connections are counted; nil where nobody's are.
    private let target: ForwardTarget?
    /// What is kept of it, where something is.
    var record: ConnectionRecord?
    /// What is wrong between them, where something is or may be.
    var faulty: FaultyPair?
    /// Who had ended first, once somebody has.
    private(set) var firstToEnd: RelaySide?
    /// What one side had given and the other never got, once the pair has ended by a failure.
    private(set) var losses = PairTotals.Losses()

    /// So long a silence, once the order to finish has come, is the end.
    private static let rest = Duration.milliseconds(200)

    init(_ junction: Junction, _ connection: Connection, name: String, _ target: ForwardTarget? = nil) {
        self.junction = junction
        self.connection = connection
        self.name = name
        self.target = target
        target?.connections += 1
    }

    var isIdle: Bool { false }

    /// The junction knows what a fault keeps back, and the peer does not.
    var idleEnd: Deadline? { junction.ending == nil ? junction.idleEnd : nil }

    func finish() { junction.stopWhenSilent(for: Self.rest) }

    func rest(waking peer: any StreamSleeper) -> Bool? { junction.rest(waking: peer) }

    func noteEnd(of side: RelaySide) {
        if firstToEnd == nil { firstToEnd = side }
    }

    /// Counts what is lost with a side that failed: what it has not taken, or not acknowledged.
    func countLosses(of side: RelaySide, client: Connection) {
        let (failed, other) = side == .near ? (client, connection) : (connection, client)
        let held = side == .near ? junction.bytesLost.down : junction.bytesLost.up
        losses = PairTotals.Losses(
            unread: held + (other.queueDepths?.received ?? 0), unacknowledged: failed.bytesUnacknowledged ?? 0)
    }

    /// Counts what either side gave and the other has not got, though neither failed: what is here, and, as it goes with it,
    /// what was sent and is not acknowledged. Says how much is here for the target, and for the client.
    func countHeld(client: Connection) -> (up: Int, down: Int) {
        let up = junction.bytesLost.up + (client.queueDepths?.received ?? 0)
        let down = junction.bytesLost.down + (connection.queueDepths?.received ?? 0)
        losses = PairTotals.Losses(
            unread: up + down,
            unacknowledged: (up > 0 ? connection.bytesUnacknowledged ?? 0 : 0)
                + (down > 0 ? client.bytesUnacknowledged ?? 0 : 0))
        return (up, down)
    }

    /// What it came to, for the report of its end.
    var totals: PairTotals? {
        PairTotals(
            target: connection.remoteEndpoint.name ?? name, up: junction.bytesUp, down: junction.bytesDown,
            endedBy: junction.failedSide ?? firstToEnd, losses: losses)
    }

    func close() {
        record?.close()
        faulty?.end()
        connection.close()
        target?.connections -= 1
    }
}
