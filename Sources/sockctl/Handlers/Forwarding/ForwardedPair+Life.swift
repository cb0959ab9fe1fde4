import SockKit

/// How a pair begins and how it ends.
extension ForwardedPair {
    /// Joins a peer, as `near` has it, to a connection that took so long to be made. It goes on without a task; whoever
    /// serves the peer is asked again when it has ended.
    static func join(
        _ peer: Peer, as near: any ByteStream, _ connection: Connection, name: String, _ target: ForwardTarget? = nil,
        record: ConnectionRecord? = nil, faults: FaultDesk? = nil, after time: Duration
    ) -> ForwardedPair {
        peer.policy.begin(connection)
        let near = record.map { RecordingStream(near, $0, .up) } ?? near
        let far = hear(connection, peer.reporter)
        let kept = record.map { RecordingStream(far, $0, .down) } ?? far
        let faulty = faults?.spoil(near, kept, of: peer)
        let junction = Junction(faulty?.near ?? near, faulty?.far ?? kept, idleLimit: peer.policy.idleTimeout)
        let pair = ForwardedPair(junction, of: peer.connection, connection, name: name, target)
        (pair.record, pair.faulty) = (record, faulty)
        faulty?.begin(pair)
        let reporter = peer.reporter
        reportJoined(peer, connection, time)
        junction.onEvent = { event in
            pair.noteEnd(of: event.ended)
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

    /// A target as it is read: where it sends messages, one that is cut is told of, as the peer tells of its own.
    private static func hear(_ target: Connection, _ reporter: Reporter) -> any ByteStream {
        target.network.kind == .sequenced ? TargetMessages(target, reporter) : target
    }

    @inline(never)
    private static func reportJoined(_ peer: Peer, _ connection: Connection, _ time: Duration) {
        guard peer.reporter.isReported(.verbose) else { return }
        peer.reporter.report(JoinedEvent(ends: peer.ends, target: connection.remoteEndpoint, time: time))
    }

    /// Whose end came first, where both sides have ended and nothing is left to do; it is closed then.
    func endNow(_ peer: Peer) -> ConnectionEnding? {
        guard faulty == nil, peer.failure == nil, case .done? = junction.ending else { return nil }
        peer.onStop = nil
        close()
        return firstToEnd == .near ? .peer : .local
    }

    /// What its end means for the peer.
    func end(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        peer.onStop = nil
        defer { close() }
        if let faulty, let cut = faulty.ordered {
            await junction.settle()
            await faulty.part(cut, peer, connection)
            return .byUs
        }
        do throws(NetworkError) { return try await part(peer) } catch {
            tellLosses(peer, after: error)
            throw error
        }
    }

    /// Whoever was told to end did no wrong, and no failure is told of it: what that cost is, all the same.
    @inline(never)
    private func tellLosses(_ peer: Peer, after error: NetworkError) {
        guard peer.isFinishing || error.cause == .cancelled, !losses.isNone else { return }
        guard error.cause == .cancelled else { return peer.reporter.report(FailedEvent(peer.failure(error))) }
        let reason = "cut off while bytes were on their way"
        var failure = peer.failure(peer.names.failure(.read, .noAnswer(reason)))
        // No limit of the connection's own has passed.
        failure.code = "cancelled"
        peer.reporter.report(FailedEvent(failure))
    }

    private func part(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        switch junction.ending {
        case .done: return firstToEnd == .near ? .byPeer : .byUs
        case .stopped, nil:
            await breakOff(peer)
            throw peer.failure ?? peer.names.failure(.read, .cancelled)
        case .idle:
            await breakOff(peer)
            let error = peer.idleError
            if peer.failure == nil { peer.failure = error }
            throw error
        case .failed(let error, let side):
            guard error.endsConnection else {
                await breakOff(peer)
                throw error
            }
            await junction.settle()
            countLosses(of: side)
            if isPlainEnd(of: side, peer) { return side == .near ? .byPeer : .byUs }
            record?.reset(side == .near ? .up : .down)
            await passOn(side, peer)
            // What was cut off may have had more to say: nobody knows what that cost.
            if case .tls = error.cause { throw error }
            // A reset that cost nobody a byte is an end as others are, and the other side was told of it.
            guard losses.isNone else { throw error }
            return ServiceEnd(by: .reset)
        }
    }

    /// It is given up while both sides are there. Whoever has not got all that the other one gave is to see that, and not an
    /// end as others are.
    private func breakOff(_ peer: Peer) async {
        await junction.settle()
        let (up, down) = countHeld(peer.excess)
        if up > 0 { connection.reset() }
        if down > 0 { peer.isCutOff = true }
    }

    /// A Unix socket whose peer closed it after its end cannot be told from one that was broken off but by what that cost.
    private func isPlainEnd(of side: RelaySide, _ peer: Peer) -> Bool {
        let connection = side == .near ? peer.connection : connection
        return connection.network.isUnix && firstToEnd == side && losses.isNone
    }

    /// A side was reset: the other one gets what had come before, and then is reset as well.
    private func passOn(_ side: RelaySide, _ peer: Peer) async {
        switch side {
        case .near:
            await deliver(to: connection)
            connection.reset()
        case .far:
            await deliver(to: peer.connection)
            peer.isCutOff = true
        }
    }

    /// Waits until a side has what was sent to it. It may take that only when somebody reads what it says meanwhile.
    private func deliver(to connection: Connection) async {
        let drain = connection.drain()
        _ = await connection.waitUntilDelivered()
        drain.cancel()
        await drain.value
    }
}
