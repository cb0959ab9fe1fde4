import SockKit

/// Accepts peers until it is told to finish, and has each served; never dies of one of them.
@Netpoller
final class Server {
    struct Limits: Sendable {
        var accepts: Int?
        var connections: Int?
        var connectionsPerHost: Int?
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
    /// Who is let in; nil is everybody.
    var gate: Gate?
    /// TLS with every peer; nil is none.
    var security: PeerSecurity?
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
    /// Of peers under TLS those who have agreed on it: nobody else is in the place of one who was waited for.
    private var accepted = 0
    private var numbered = 0
    /// How many peers of each host there are, where that is limited.
    private var hosts: [IPAddress: Int] = [:]

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
        // A weak reference would give it a side table, and every round of every peer would go through that.
        served.onEmpty = { self.waitForFirst() }
        defer { served.onEmpty = nil }
        waitForFirst()
        let status = await acceptAll()
        listener.close()
        if isFinishing || status != .success {
            await served.waitUntilEmpty(until: .now + limits.grace)
        } else {
            await served.waitUntilEmpty()
        }
        served.cancel()
        // In a task of its own: in one that was cancelled, as this one may be, nobody would be waited for.
        await Netpoller.spawn { [served] in _ = await served.waitUntilEmpty(until: .now + Self.patience) }.value
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

    /// As many have come as were to.
    private var isComplete: Bool { limits.accepts.map { accepted >= $0 } ?? false }

    private func acceptAll() async -> ExitStatus {
        while !isComplete {
            guard await pauseBeforeAccept() else { return .success }
            // The only one there was has been turned away.
            if listener.isExhausted, !isFinishing { return .notPermitted }
            do throws(NetworkError) {
                receive(try await listener.accept())
            } catch {
                if isFinishing || isComplete || error.cause == .cancelled { return .success }
                return reporter.fail(error)
            }
        }
        return .success
    }

    private func receive(_ connection: Connection) {
        if let reason = gate?.refusal(of: connection) { return refuse(connection, reason) }
        listener.deadline = nil
        admit(connection)
    }

    /// What waits meanwhile waits in the kernel's queue. False if the task was cancelled.
    private func pauseBeforeAccept() async -> Bool {
        guard limits.acceptDelay > .zero, !isFinishing else { return true }
        listener.deadline = nil
        guard await pause.wait(until: .now + limits.acceptDelay) != .cancelled else { return false }
        if served.count == 0 { waitForFirst() }
        return true
    }

    private func refuse(_ connection: Connection, _ reason: String) {
        reporter.report(PeerRefusedEvent(ends: Ends(connection, number: nil), reason: reason))
        connection.close()
    }

    /// Why there is no room for one more.
    private func crowd(at connection: Connection) -> String? {
        if let most = limits.connections, served.present >= most {
            return most == 0
                ? "--max-conns 0 lets nobody in"
                : "\(Quantity.count(most, "peer")) being served already, as many as --max-conns allows"
        }
        if let most = limits.connectionsPerHost, let host = connection.remoteHost,
            hosts[host, default: 0] >= most
        {
            return
                "\(Quantity.count(most, "peer")) of its host being served already, as many as --max-conns-per-host allows"
        }
        return nil
    }

    /// Counts a peer among those of its host; `by` is -1 when it goes.
    private func count(_ peer: Peer, by change: Int) {
        guard limits.connectionsPerHost != nil, let host = peer.connection.remoteHost else {
            return
        }
        let count = hosts[host, default: 0] + change
        hosts[host] = count > 0 ? count : nil
    }

    /// A peer has come to its own end, though it may still be given something.
    func hasLeft(_ peer: Peer) { count(peer, by: -1) }

    private func admit(_ connection: Connection) {
        if let reason = crowd(at: connection) {
            refuse(connection, reason)
            if served.count == 0 { waitForFirst() }
            return
        }
        numbered += 1
        if security == nil { countAccepted() }
        let peer = Peer(connection, number: numbered, reporter: reporter, policy: policy)
        if reporter.isReported(.verbose) { reporter.report(AcceptedEvent(ends: peer.ends)) }
        peer.reportMultipath()
        peer.reportFastOpen(isAccepted: true)
        onAccept?(peer)
        peer.server = self
        count(peer, by: 1)
        served.add(peer)
        peer.wake()
    }

    /// Nobody who comes after the last one is to be connected: not even while that one has its first answer.
    private func countAccepted() {
        accepted += 1
        guard isComplete else { return }
        listener.close()
        served.cutOff { self.security != nil && !$0.isSecured }
    }

    /// Serves a peer as far as nothing has to be waited for; false if that is not all.
    func serveNow(_ peer: Peer) -> Bool {
        if security != nil, !peer.isSecured { return false }
        switch service.serveNow(peer) {
        case .goesOn: return false
        case .rests: return true
        case .ended(let ending):
            if peer.connection.keepsOutput {
                unsafe peer.task = Netpoller.spawn { await self.part(peer, ending) }
                return true
            }
            guard peer.closeNow(policy.close, by: ending) else { return false }
            remove(peer, .success)
            return true
        }
    }

    /// Serves a peer to its end, or until it rests.
    func serve(_ peer: Peer) async {
        if let security, !peer.isSecured, let status = await secure(peer, security) { return remove(peer, status) }
        while true {
            peer.endRest()
            let outcome = await service.run(on: peer)
            guard case .rests = outcome else { return remove(peer, outcome.status) }
            if peer.rest() { return }
            // What came may have been nothing that a service sees.
            await Task.yield()
        }
    }

    /// Parts from a peer whose service has ended, once it has what is kept for it.
    private func part(_ peer: Peer, _ ending: ConnectionEnding) async {
        await peer.close(policy.close, by: ending)
        remove(peer, .success)
    }

    /// Agrees with a peer on TLS; how it ended where that fails, which concerns nobody else.
    private func secure(_ peer: Peer, _ security: PeerSecurity) async -> ExitStatus? {
        do throws(NetworkError) {
            try await security.secure(peer)
            countAccepted()
            // The handshake had deadlines of its own, and has put the old ones back: the order to finish is given again.
            if peer.isFinishing { peer.finish() }
            return nil
        } catch {
            // One that was cut off, since another one was waited for, has done no wrong.
            if !peer.isFinishing, !error.isClosed, error.cause != .cancelled {
                reporter.report(FailedEvent(peer.failure(error)))
            }
            await peer.close(.fin, by: ConnectionEnding(error))
            return ExitStatus(of: error)
        }
    }

    private func remove(_ peer: Peer, _ status: ExitStatus) {
        if security == nil || peer.isSecured { lastStatus = status }
        if !peer.hasLeft { count(peer, by: -1) }
        served.remove(peer)
    }
}

extension Connection {
    /// What the connections of one host have in common: its address. Of IPv6 it is the network of 64 bits, in which whoever
    /// has it has any number of addresses (RFC 4291); within this machine's own network each is a host.
    fileprivate var remoteHost: IPAddress? {
        guard let remote = remoteEndpoint.address?.unmapped else { return nil }
        guard remote.family == .v6, let local = localEndpoint.address else { return remote }
        let network = remote.v6Bits >> 64
        return local.v6Bits >> 64 == network ? remote : IPAddress(v6Bits: network << 64)
    }
}
