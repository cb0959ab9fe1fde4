import SockKit

/// A client and its target, joined.
@Netpoller
final class ForwardedPair: PeerConversation {
    let junction: Junction
    /// With the target.
    let connection: Connection
    private let client: Connection
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
    /// What one side had given and the other never got, once the pair has ended before it was done.
    private(set) var losses = PairTotals.Losses()

    /// So long a silence, once the order to finish has come, is the end.
    private static let rest = Duration.milliseconds(200)

    init(
        _ junction: Junction, of client: Connection, _ connection: Connection, name: String,
        _ target: ForwardTarget? = nil
    ) {
        self.junction = junction
        self.client = client
        self.connection = connection
        self.name = name
        self.target = target
        target?.connections += 1
    }

    var isIdle: Bool { false }

    /// The junction knows what a fault keeps back, and the peer does not.
    var idleEnd: Deadline? { junction.ending == nil ? junction.idleEnd : nil }

    /// Who reads slowly is silent for long, and yet there is something to wait for: that has the whole grace.
    func finish() { junction.stopWhenSilent(for: Self.rest, unless: { self.isPending }) }

    func rest(waking peer: any StreamSleeper) -> Bool? { junction.rest(waking: peer) }

    func noteEnd(of side: RelaySide) {
        if firstToEnd == nil { firstToEnd = side }
    }

    /// Something that a side gave is in the kernel, and is not with the other side's.
    private var isPending: Bool {
        hasUnread(client, .near) || hasUnread(connection, .far) || isSending(client) || isSending(connection)
    }

    /// What nobody reads any more is on its way to nowhere.
    private func hasUnread(_ connection: Connection, _ side: RelaySide) -> Bool {
        !junction.isOver(side) && connection.queueDepths?.received ?? 0 > 0
    }

    /// Whoever was reset takes nothing any more, and the kernel goes on counting what that one had not taken.
    private func isSending(_ connection: Connection) -> Bool {
        guard connection.keepsOutput || connection.bytesUnacknowledged ?? 0 > 0 else { return false }
        return connection.tcpInfo?.state != .closed
    }

    /// Counts what is lost with a side that failed: what it has not taken, or not acknowledged.
    func countLosses(of side: RelaySide) {
        let (failed, other) = side == .near ? (client, connection) : (connection, client)
        let held = side == .near ? junction.bytesLost.down : junction.bytesLost.up
        losses = PairTotals.Losses(
            unread: held + (other.queueDepths?.received ?? 0), unacknowledged: failed.bytesUnacknowledged ?? 0)
    }

    /// Counts what either side gave and the other has not got, though neither failed: what is here, and, as it goes with it,
    /// what was sent and is not acknowledged; of the client also what was taken beyond its limit. Says how much is here for
    /// the target, and for the client.
    func countHeld(_ excess: Int) -> (up: Int, down: Int) {
        let ofClient = (client.queueDepths?.received ?? 0) + excess
        let ofTarget = connection.queueDepths?.received ?? 0
        let (up, down) = (junction.bytesLost.up + ofClient, junction.bytesLost.down + ofTarget)
        // A socket that is closed with something unread in it is reset as well.
        let (cutsTarget, cutsClient) = (up > 0 || ofTarget > 0, down > 0 || ofClient > 0)
        losses = PairTotals.Losses(
            unread: up + down,
            unacknowledged: (cutsTarget ? connection.bytesUnacknowledged ?? 0 : 0)
                + (cutsClient ? client.bytesUnacknowledged ?? 0 : 0))
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
