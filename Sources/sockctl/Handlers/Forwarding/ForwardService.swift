import SockKit

/// Joins each peer to a target: half-closes and resets go through.
@Netpoller
final class ForwardService: Service {
    private let dialer: TargetDialer
    private let copies: PayloadCopies
    private let introduction: ProxyIntroduction
    private let recorder: Recorder?
    private let reporter: Reporter
    /// What is wrong on purpose; nil where nothing is.
    var faults: FaultDesk?
    /// TLS with the peers; nil is none.
    var security: PeerSecurity?

    init(
        _ dialer: TargetDialer, _ copies: PayloadCopies, _ introduction: ProxyIntroduction, _ recorder: Recorder?,
        _ reporter: Reporter
    ) {
        self.dialer = dialer
        self.copies = copies
        self.introduction = introduction
        self.recorder = recorder
        self.reporter = reporter
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        // One that rested is woken by its end.
        if let pair = peer.conversation as? ForwardedPair { return try await pair.end(peer) }
        if faults?.refuses(peer) ?? false {
            peer.isCutOff = true
            return ServiceEnd(by: .local)
        }
        guard let pair = try await join(peer) else { return ServiceEnd(by: .reset) }
        if peer.policy.lifetime == nil { return .rest }
        _ = await pair.junction.wait()
        return try await pair.end(peer)
    }

    /// A target that takes a connection at once has it without a task, and so ends what ended well.
    func serveNow(_ peer: Peer) -> ServiceRound {
        if let pair = peer.conversation as? ForwardedPair {
            return pair.endNow(peer).map { .ended(by: $0) } ?? .goesOn
        }
        guard joinsNow, peer.policy.lifetime == nil else { return .goesOn }
        let start = Deadline.now
        let (order, words) = (dialer.targets.order(), introduction.words(of: peer))
        do throws(NetworkError) {
            guard let (connection, target) = try dialer.connectNow(trying: order, saying: words) else { return .goesOn }
            _ = join(peer, connection, target, after: .now - start)
            return peer.rest() ? .rests : .goesOn
        } catch {
            peer.leftover = Leftover(failure: error)
            return .goesOn
        }
    }

    /// Nothing is asked before or done to a connection, and the order of the targets is no matter of turns.
    private var joinsNow: Bool { faults == nil && security == nil && !introduction.asks && dialer.targets.count == 1 }

    // MARK: - Joining

    private func join(_ peer: Peer) async throws(NetworkError) -> ForwardedPair? {
        // The header of a proxy is in clear, and stands before all the rest.
        try await introduction.receive(from: peer)
        try await security?.secure(peer)
        let start = Deadline.now
        guard let (connection, target) = try await reach(peer) else { return nil }
        return join(peer, connection, target, after: .now - start)
    }

    private func join(
        _ peer: Peer, _ connection: Connection, _ target: ForwardTarget, after time: Duration
    ) -> ForwardedPair {
        let record = recorder?.open(
            RecordSubject(
                peer.number, peer.connection.network, client: peer.ends.remote ?? .unix(.unnamed),
                target: connection.remoteEndpoint))
        return ForwardedPair.join(
            peer, as: near(peer), connection, name: target.name, target, record: record, faults: faults, after: time)
    }

    /// The peer as the target sees it; copies are of what the peer sends, and dumps of both ways.
    private func near(_ peer: Peer) -> any ByteStream {
        guard copies.isWanted else { return peer.stream }
        guard copies.dumps else { return copies.kept(peer.stream) }
        return WatchedStream(
            copies.held(peer.stream), seesRead: { [copies] bytes in copies.see(bytes, .received) },
            seesWritten: { [copies] bytes in copies.see(bytes, .sent) })
    }

    /// A connection to a target; nil where the peer has gone meanwhile. A peer for whom there is none is to see a reset.
    private func reach(_ peer: Peer) async throws(NetworkError) -> (Connection, ForwardTarget)? {
        let (order, words) = (dialer.targets.order(), introduction.words(of: peer))
        var lost = peer.takeLeftover()?.failure
        do throws(NetworkError) {
            if lost == nil, let reached = try dialer.connectNow(trying: order, saying: words) { return reached }
        } catch { lost = error }
        let dialing = Netpoller.spawn { [dialer, lost] () -> Result<(Connection, ForwardTarget), NetworkError> in
            do throws(NetworkError) {
                return .success(
                    try await dialer.connect(for: peer.number, trying: order, saying: words, after: lost))
            } catch {
                return .failure(error)
            }
        }
        var hasGone = false
        // Behind a bad link it is not known at once that somebody has gone.
        let watch =
            faults == nil
            ? Netpoller.spawn {
                guard (try? await peer.waitUntilGone()) != nil else { return }
                // What it had said before is delivered, and its reset after that.
                if let said = peer.connection.queueDepths?.received, said > 0 { return }
                hasGone = true
                dialing.cancel()
            } : nil
        peer.onStop = { dialing.cancel() }
        let outcome = await Netpoller.join(dialing)
        watch?.cancel()
        peer.onStop = nil
        do throws(NetworkError) {
            let reached = try outcome.get()
            guard hasGone else { return reached }
            reached.0.reset()
            return nil
        } catch {
            if hasGone { return nil }
            peer.isCutOff = true
            throw error
        }
    }
}
