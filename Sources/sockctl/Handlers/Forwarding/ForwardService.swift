import SockKit

/// Joins each peer to a target: half-closes and resets go through.
@Netpoller
final class ForwardService: Service {
    private let dialer: TargetDialer
    private let copies: PayloadCopies
    private let reporter: Reporter
    /// What is wrong on purpose; nil where nothing is.
    var faults: FaultDesk?

    init(_ dialer: TargetDialer, _ copies: PayloadCopies, _ reporter: Reporter) {
        self.dialer = dialer
        self.copies = copies
        self.reporter = reporter
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        // One that rested is woken by its end.
        if let pair = peer.conversation as? ForwardedPair { return try await finish(pair, peer) }
        if faults?.refuses(peer) ?? false {
            peer.isCutOff = true
            return ServiceEnd(by: .local)
        }
        guard let pair = try await join(peer) else { return ServiceEnd(by: .reset) }
        if peer.policy.lifetime == nil { return .rest }
        _ = await pair.junction.wait()
        return try await finish(pair, peer)
    }

    // MARK: - Joining

    private func join(_ peer: Peer) async throws(NetworkError) -> ForwardedPair? {
        let start = Deadline.now
        guard let (connection, target) = try await reach(peer) else { return nil }
        peer.policy.begin(connection)
        let near = near(peer)
        let faulty = faults?.spoil(near, connection, of: peer)
        let junction = Junction(
            faulty?.near ?? near, faulty?.far ?? connection, idleLimit: peer.policy.idleTimeout)
        let pair = ForwardedPair(junction, connection, target)
        pair.faulty = faulty
        reportJoined(peer, connection, .now - start)
        faulty?.begin(pair)
        junction.onEvent = { [weak pair, reporter] event in
            pair?.noteEnd(of: event.ended)
            // An end that is kept from the other side is told by the fault that keeps it.
            guard event.isPassedOn else { return }
            guard reporter.isReported(.verbose) else { return }
            reporter.report(HalfClosedEvent(ends: peer.ends, by: event.ended == .near ? .peer : .local))
        }
        peer.conversation = pair
        peer.onStop = { junction.stop() }
        junction.start()
        // The order to finish may have come while the target was being dialled.
        if peer.isFinishing { pair.finish() }
        return pair
    }

    @inline(never)
    private func reportJoined(_ peer: Peer, _ connection: Connection, _ time: Duration) {
        guard reporter.isReported(.verbose) else { return }
        reporter.report(JoinedEvent(ends: peer.ends, target: connection.remoteEndpoint, time: time))
    }

    /// The peer as the target sees it; copies are of what the peer sends, and dumps of both ways.
    private func near(_ peer: Peer) -> any ByteStream {
        guard copies.isWanted else { return peer.stream }
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

    // MARK: - Ending

    private func finish(_ pair: ForwardedPair, _ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        peer.onStop = nil
        defer { pair.close() }
        if let faulty = pair.faulty, let cut = faulty.cut {
            await faulty.part(cut, peer, pair.connection)
            return .byUs
        }
        switch pair.junction.ending {
        case .done: return pair.firstToEnd == .near ? .byPeer : .byUs
        case .stopped, nil: throw peer.failure ?? peer.names.failure(.read, .cancelled)
        case .idle:
            let error = peer.idleError
            if peer.failure == nil { peer.failure = error }
            throw error
        case .failed(let error, let side):
            guard error.endsConnection else { throw error }
            pair.countLosses(of: side, client: peer.connection)
            await passOn(side, pair, peer)
            // A reset that cost nobody a byte is an end as others are, and the other side was told of it.
            guard pair.losses.isNone else { throw error }
            return ServiceEnd(by: .reset)
        }
    }

    /// A side was reset: the other one gets what had come before, and then is reset as well.
    private func passOn(_ side: RelaySide, _ pair: ForwardedPair, _ peer: Peer) async {
        switch side {
        case .near:
            _ = await pair.connection.waitUntilDelivered()
            pair.connection.reset()
        case .far:
            _ = await peer.connection.waitUntilDelivered()
            peer.isCutOff = true
        }
    }
}
