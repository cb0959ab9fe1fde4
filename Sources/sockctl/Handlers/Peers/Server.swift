import SockKit

/// Accepts peers until it is told to finish, and has each served; never dies of one of them.
@Netpoller
final class Server {
    struct Limits: Sendable {
        var accepts: Int?
        var connections: Int?
        /// For each wait for the first peer.
        var firstPeer: Duration?
        /// Before every accept.
        var acceptDelay = Duration.zero
        /// How long peers have to end by themselves once the server was told to finish.
        var grace = Duration.seconds(5)
    }

    /// How the last peer's service ended: what a server for one peer ends with.
    private(set) var lastStatus = ExitStatus.success
    /// What it waits for at its end: what a peer that is being served is.
    var noun = "peer"
    /// Told of each peer that is accepted.
    var onAccept: (@Netpoller (Peer) -> Void)?

    private let listener: any PeerSource
    private let reporter: Reporter
    private let limits: Limits
    private let policy: PeerPolicy
    private let served = ServedPeers()
    private let pause = Parking()
    private let service: any Service
    private var isFinishing = false
    private var accepted = 0

    /// How long they have once they were cut off.
    private static let patience = Duration.seconds(5)

    init(_ listener: any PeerSource, _ service: any Service, limits: Limits, policy: PeerPolicy, reporter: Reporter) {
        self.listener = listener
        self.service = service
        self.limits = limits
        self.policy = policy
        self.reporter = reporter
    }

    func run() async -> ExitStatus {
        served.onEmpty = { [weak self] in self?.waitForFirst() }
        waitForFirst()
        let status = await acceptAll()
        listener.close()
        if isFinishing || status != .success {
            await served.waitUntilEmpty(until: .now + limits.grace)
        } else {
            await served.waitUntilEmpty()
        }
        served.cancel()
        await served.waitUntilEmpty(until: .now + Self.patience)
        return status
    }

    /// The order to finish: no more peers, and those that are here end when they next come to a rest.
    func finish(_ reason: String) {
        isFinishing = true
        let busy = served.busy
        reporter.report(
            StoppingEvent(
                reason: reason, waiting: busy > 0 ? .init(count: busy, noun: noun, grace: limits.grace) : nil))
        listener.close()
        pause.wake()
        served.finish()
    }

    /// Says how many peers there were and are, as SIGUSR1 asks.
    func reportProgress() {
        reporter.writeProgressLine("\(Quantity.count(accepted, "peer")) so far, \(served.count) now")
    }

    private func waitForFirst() {
        guard let span = limits.firstPeer, !isFinishing else { return }
        listener.deadline = .now + span
    }

    private func acceptAll() async -> ExitStatus {
        while limits.accepts.map({ accepted < $0 }) ?? true {
            guard await pauseBeforeAccept() else { return .success }
            let connection: Connection
            do throws(NetworkError) { connection = try await listener.accept() } catch {
                if isFinishing || error.cause == .cancelled { return .success }
                return reporter.fail(error)
            }
            listener.deadline = nil
            admit(connection)
        }
        return .success
    }

    /// What waits meanwhile waits in the kernel's queue. False if the task was cancelled.
    private func pauseBeforeAccept() async -> Bool {
        guard limits.acceptDelay > .zero, !isFinishing else { return true }
        listener.deadline = nil
        guard await pause.wait(until: .now + limits.acceptDelay) != .cancelled else { return false }
        if served.count == 0 { waitForFirst() }
        return true
    }

    private func admit(_ connection: Connection) {
        if let most = limits.connections, served.present >= most {
            reporter.report(
                PeerRefusedEvent(
                    ends: Ends(connection, number: nil),
                    reason: most == 0
                        ? "--max-conns 0 lets nobody in"
                        : "\(Quantity.count(most, "peer")) being served already, as many as --max-conns allows"))
            connection.close()
            if served.count == 0 { waitForFirst() }
            return
        }
        accepted += 1
        // Nobody who comes after the last one is to be connected: not even while that one has its first answer.
        if accepted == limits.accepts { listener.close() }
        let peer = Peer(connection, number: accepted, reporter: reporter, policy: policy)
        if reporter.isReported(.verbose) { reporter.report(AcceptedEvent(ends: peer.ends)) }
        peer.reportMultipath()
        peer.reportFastOpen(isAccepted: true)
        onAccept?(peer)
        peer.server = self
        served.add(peer)
        peer.wake()
    }

    /// Serves a peer as far as nothing has to be waited for; false if that is not all.
    func serveNow(_ peer: Peer) -> Bool { service.serveNow(peer) }

    /// Serves a peer to its end, or until it rests.
    func serve(_ peer: Peer) async {
        while true {
            let outcome = await service.run(on: peer)
            guard case .rests = outcome else {
                lastStatus = outcome.status
                return served.remove(peer)
            }
            if peer.rest() { return }
        }
    }
}
