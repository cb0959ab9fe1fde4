import SockKit

/// What is done with a peer, from its first byte to its last. A service returns when the peer has ended or it has said
/// all it had to say; the connection is closed by whoever runs it.
protocol Service: Sendable {
    /// Serves a peer, and says how that ended.
    @Netpoller
    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd

    /// Does what needs no waiting for a peer that rested; what needs some is left to `serve`.
    @Netpoller
    func serveNow(_ peer: Peer) -> ServiceRound

    /// Says what a failure cost, once it has been reported.
    @Netpoller
    func account(for error: NetworkError, _ peer: Peer)

    /// Says what was taken for a peer and never sent, where this side was told to end.
    @Netpoller
    func accountForRest(_ peer: Peer)

    /// What was asked for and has not come, where the connection's time was over: `before it had said a line`; nil where
    /// that is nothing.
    @Netpoller
    func missing(of peer: Peer) -> String?

    /// Whether another connection is to take the place of one that failed; says then what is lost with it.
    @Netpoller
    func wantsAnother(after error: NetworkError, _ peer: Peer) async -> Bool
}

/// How a service ended that did not fail.
struct ServiceEnd: Sendable {
    /// The side that came to its end first.
    var by: ConnectionEnding
    var status = ExitStatus.success
    /// It is no end: nothing is under way, and the service is to be asked again when the peer has said something.
    var isRest = false

    static let byPeer = ServiceEnd(by: .peer)
    static let byUs = ServiceEnd(by: .local)
    static let rest = ServiceEnd(by: .local, isRest: true)
}

/// How a round without a task ended.
enum ServiceRound {
    /// The peer rests again.
    case rests
    /// The peer has come to its end, and everything is said.
    case ended(by: ConnectionEnding)
    /// A task has to go on.
    case goesOn
}

extension Service {
    func serveNow(_ peer: Peer) -> ServiceRound { .goesOn }
    func account(for error: NetworkError, _ peer: Peer) {}
    func accountForRest(_ peer: Peer) {}
    func missing(of peer: Peer) -> String? { nil }
    func wantsAnother(after error: NetworkError, _ peer: Peer) async -> Bool { false }
}
