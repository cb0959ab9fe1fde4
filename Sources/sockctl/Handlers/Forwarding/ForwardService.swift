import SockKit

/// Joins each peer to a target: half-closes and resets go through.
@Netpoller
final class ForwardService: Service {
    private let dialer: TargetDialer
    private let copies: PayloadCopies
    private let introduction: ProxyIntroduction
    private let recorder: Recorder?
    private let reporter: Reporter

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
        guard let pair = try await join(peer) else { return ServiceEnd(by: .reset) }
        if peer.policy.lifetime == nil { return .rest }
        _ = await pair.junction.wait()
        return try await pair.end(peer)
    }

    // MARK: - Joining

    private func join(_ peer: Peer) async throws(NetworkError) -> ForwardedPair? {
        try await introduction.receive(from: peer)
        let start = Deadline.now
        guard let (connection, target) = try await reach(peer) else { return nil }
        do throws(NetworkError) { try await introduction.send(to: connection, of: peer) } catch {
            connection.reset()
            peer.isCutOff = true
            throw error
        }
        let record = recorder?.open(
            RecordSubject(
                peer.number, peer.connection.network, client: peer.ends.remote ?? .unix(.unnamed),
                target: connection.remoteEndpoint))
        return ForwardedPair.join(
            peer, as: near(peer), connection, name: target.name, target, record: record, after: .now - start)
    }

    /// The peer as the target sees it; copies are of what the peer sends, and dumps of both ways.
    private func near(_ peer: Peer) -> any ByteStream {
        guard copies.isWanted else { return peer.stream }
        guard copies.dumps else { return copies.kept(peer.stream) }
        return WatchedStream(
            peer.stream, seesRead: { [copies] bytes in copies.see(bytes, .received) },
            seesWritten: { [copies] bytes in copies.see(bytes, .sent) })
    }

    /// A connection to a target; nil where the peer has gone meanwhile. A peer for whom there is none is to see a reset.
    private func reach(_ peer: Peer) async throws(NetworkError) -> (Connection, ForwardTarget)? {
        let dialing = Netpoller.spawn { [dialer] () -> Result<(Connection, ForwardTarget), NetworkError> in
            do throws(NetworkError) { return .success(try await dialer.connect(for: peer.number)) } catch {
                return .failure(error)
            }
        }
        var hasGone = false
        let watch = Netpoller.spawn {
            guard (try? await peer.waitUntilGone()) != nil else { return }
            hasGone = true
            dialing.cancel()
        }
        peer.onStop = { dialing.cancel() }
        let outcome = await Netpoller.join(dialing)
        watch.cancel()
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
