import SockKit

/// What a service goes on with when a peer that rested has something to say.
@Netpoller
protocol PeerConversation: AnyObject, Sendable {
    /// Nothing is under way.
    var isIdle: Bool { get }
    /// When it will have been silent for too long; nil leaves that to the peer.
    var idleEnd: Deadline? { get }
    /// The order to finish.
    func finish()
    /// Has the peer woken when it has something to do; false where that is now. nil leaves it to the peer's connection.
    func rest(waking peer: any StreamSleeper) -> Bool?
    /// Of a peer that was joined to another connection: what went through.
    var totals: PairTotals? { get }
}

extension PeerConversation {
    func rest(waking peer: any StreamSleeper) -> Bool? { nil }
    var idleEnd: Deadline? { nil }
    var totals: PairTotals? { nil }
}

extension HTTPConversation: PeerConversation {}

/// What a service that was asked without a task leaves to the task.
final class Leftover: Sendable {
    /// Read and not yet sent on.
    let unsent: [UInt8]
    /// What went wrong; the kernel says it only once.
    let failure: NetworkError?

    init(unsent: [UInt8] = [], failure: NetworkError? = nil) {
        self.unsent = unsent
        self.failure = failure
    }
}

/// A peer of which nothing is to be expected needs no task: the loop begins one when there is something that a service
/// cannot do on the spot.
extension Peer: StreamSleeper {
    nonisolated func wake() {
        if Self.goOn(self) { return }
        unsafe task = Netpoller.spawn { await self.server?.serve(self) }
    }

    nonisolated private static let goOn = Netpoller.onLoop(serveNow)

    private static func serveNow(_ peer: Peer) -> Bool {
        // One that waited for something else than its own bytes was not silent.
        let hasRested = peer.isResting
        peer.isResting = false
        if hasRested, peer.policy.limitsSilence, peer.connection.hasRestedTooLong {
            if peer.mayRestOn, peer.rest(isFirst: false) { return true }
            peer.leftover = Leftover(failure: peer.endOfRest())
            return false
        }
        return peer.server?.serveNow(peer) ?? false
    }

    /// Whether it may rest without a task: nothing has to be watched meanwhile but the connection's own deadlines.
    var mayRest: Bool {
        canRest && pacing == nil && policy.lifetime == nil && policy.maximumBytes == nil && policy.keepGoing == 0
    }

    /// Whether something went to it since its rest began, so that the idle limit, which ended that, has not passed; no other
    /// limit has.
    private var mayRestOn: Bool {
        guard let limit = policy.idleTimeout, mayMoveDeadline else { return false }
        if let limit = policy.readTimeout, (restingSince + limit).hasPassed { return false }
        return !(lastActivity + limit).hasPassed && !(ownDeadline?.hasPassed ?? false)
    }

    /// What a round without a task left to do.
    func takeLeftover() -> Leftover? {
        defer { leftover = nil }
        return leftover
    }

    /// Leaves the peer to the loop; false if there is something to be read already. A rest that goes on is the same read.
    func rest(isFirst: Bool = true) -> Bool {
        unsafe task = nil
        if let isResting = conversation?.rest(waking: self) { return isResting }
        if let limit = policy.idleTimeout, mayMoveDeadline {
            var end = min(lastActivity + limit, ownDeadline ?? .never)
            if let limit = policy.readTimeout {
                if isFirst { restingSince = .now }
                end = min(end, restingSince + limit)
            }
            connection.readDeadline = end
        }
        isResting = connection.rest(waking: self)
        return isResting
    }

    /// A task takes over, and a task beside it watches how long the peer is idle.
    func endRest() {
        if policy.idleTimeout != nil, mayMoveDeadline { connection.readDeadline = ownDeadline }
    }

    /// Whoever was told to end, or is to, has a deadline that stays.
    private var mayMoveDeadline: Bool { !isFinishing && failure == nil }

    /// When its time is over, whatever goes on.
    var ownDeadline: Deadline? { policy.deadline.map { start + $0 } }
}
