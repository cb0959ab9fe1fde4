import SockKit

/// Connections that are kept alive, and those that are lost all the same.
extension PipeSession {
    func startHeartbeat(_ peer: Peer) -> Task<Void, Never>? {
        guard let interval = persistence.heartbeat, let clock = peer.clock,
            // A text that makes no message was refused before anything was dialled.
            let text = try? Heartbeat.message(
                persistence.heartbeatText, arguments.frame.rules(sendsCRLF: arguments.transfer.isCRLF))
        else { return nil }
        let heartbeat = Heartbeat(peer, clock, text, every: interval, misses: persistence.heartbeatMisses)
        self.heartbeat = heartbeat
        return Netpoller.spawn { [persistence] in
            guard await heartbeat.run() else { return }
            let misses = Quantity.count(persistence.heartbeatMisses ?? 0, "heartbeat")
            let silence = Quantity.duration(clock.silence)
            peer.fail(
                peer.names.failure(.read, .noAnswer("\(misses) without an answer, nothing came for \(silence)")))
        }
    }

    // MARK: - What a failure cost

    func account(for error: NetworkError, _ peer: Peer) {
        if goesOnSending(after: error, peer) { return accountForRest(peer, goesOnSending: true) }
        accountForOutput(peer)
        guard let result else { return }
        let rest = rest(of: result)
        let sent = result.bytesToFar + result.unsent.count + rest
        guard sent > 0 else { return }
        // Only TCP has acknowledgements.
        let atRisk = peer.connection.bytesUnacknowledged.map(atRisk)
        let left = result.unsent.count + rest
        let unsent = left + min(atRisk ?? 0, peer.connection.bytesUnsent ?? 0)
        peer.reporter.report(
            InputDroppedEvent(
                bytes: atRisk.map { $0 + left }, sent: sent, unsent: unsent,
                mayArrive: ConnectionEnding(error) == .timeout,
                isUnfinished: !result.nearEnded && streams.source?.isFile == false))
    }

    /// What was read, and standard output did not take.
    func accountForOutput(_ peer: Peer) {
        guard let result, result.ungiven > 0, streams.sink != nil else { return }
        peer.reporter.report(OutputDroppedEvent(bytes: result.ungiven, received: peer.received))
    }

    func accountForRest(_ peer: Peer) { accountForRest(peer, goesOnSending: goesOnSending(peer)) }

    /// What was taken of standard input and not sent; where the close ends the sending, what is still on its way as well.
    private func accountForRest(_ peer: Peer, goesOnSending: Bool) {
        accountForOutput(peer)
        guard let result else { return }
        let left = result.unsent.count + rest(of: result)
        let atRisk = goesOnSending ? 0 : peer.connection.bytesUnacknowledged.map(atRisk) ?? 0
        guard left + atRisk > 0 else { return }
        peer.reporter.report(
            InputDroppedEvent(
                bytes: left + atRisk, sent: result.bytesToFar + left, unsent: left, mayArrive: atRisk > 0))
    }

    /// After a close the kernel sends what it has, but a peer that goes on speaking is answered with a reset (RFC 9293,
    /// 3.10.7.4), which takes it away: with one that has spoken before that is to be reckoned.
    private func goesOnSending(_ peer: Peer) -> Bool {
        guard peer.policy.close != .reset, !peer.isCutOff else { return false }
        return peer.connection.queueDepths?.received ?? 0 == 0 && peer.connection.tcpInfo?.bytesReceived ?? 0 == 0
    }

    /// What ended it was ours, and the kernel still sends what it has: unless the close will be a reset, as it is where
    /// something lies there unread.
    private func goesOnSending(after error: NetworkError, _ peer: Peer) -> Bool {
        if peer.wasIdle { return true }
        guard case .file = error.stream, peer.policy.close == .fin else { return false }
        return peer.connection.queueDepths?.received ?? 0 == 0
    }

    /// Of a file the rest was to be sent as well; what comes of a pipe nobody knows.
    func rest(of result: RelayResult) -> Int { result.nearEnded ? 0 : streams.source?.bytesLeft ?? 0 }

    func wantsAnother(after error: NetworkError, _ peer: Peer) async -> Bool {
        guard persistence.reconnects, error.isLoss || error.isLostOpening, let result else { return false }
        accountForOutput(peer)
        if case .peerEnded = error.cause { await awaitAcknowledgements(peer, for: Self.refusalTime) }
        let unacknowledged = peer.connection.bytesUnacknowledged
        // Whoever sends of its own accord has not read because it was heard.
        let perhapsUnread = unacknowledged.map { peer.sent - $0 }
        let sinceHeard = perhapsUnread.map { max(0, $0 - (peer.clock?.sentWhenHeard ?? 0)) }
        peer.reporter.report(
            DisconnectedEvent(
                failure: Failure(error, connection: peer.number), by: ConnectionEnding(error),
                silence: peer.clock?.silence ?? .zero, sent: peer.sent, unacknowledged: unacknowledged,
                atRisk: unacknowledged.map(atRisk), perhapsUnread: perhapsUnread, sinceHeard: sinceHeard,
                kept: result.unsent.count))
        return true
    }

    /// A peer that ended before this side did may have gone altogether: its kernel then refuses what was sent since. One that
    /// only takes its time has it: after a close the kernel goes on sending.
    func seeArrive(_ peer: Peer) async throws(NetworkError) {
        guard peer.connection.network.isTCP else { return }
        await awaitAcknowledgements(peer, for: min(arguments.ending.quitAfter ?? Self.refusalTime, Self.refusalTime))
        guard peer.connection.tcpInfo?.state == .closed, peer.connection.bytesUnacknowledged ?? 0 > 0 else { return }
        throw peer.names.failure(.write, .system(.connectionReset, call: "write"))
    }

    /// A time that is over ends what this side says, and what it has said is to arrive all the same: with a peer that
    /// speaks, which a close would cut off, its acknowledgements are waited for as long as a refusal may be on its way.
    func seeTaken(_ peer: Peer) async {
        guard peer.connection.network.isTCP, !goesOnSending(peer) else { return }
        // What it says lies unread otherwise, and makes the close a reset.
        let drain = peer.connection.drain()
        await awaitAcknowledgements(peer, for: Self.refusalTime)
        drain.cancel()
        await drain.value
    }

    /// So long a refusal may be on its way.
    private static let refusalTime = Duration.milliseconds(200)

    /// What was sent just before the peer's end may still be on its way, and its acknowledgement too.
    private func awaitAcknowledgements(_ peer: Peer, for span: Duration) async {
        let end = Deadline.now + span
        while let waiting = peer.connection.bytesUnacknowledged, waiting > 0, !end.hasPassed, !peer.isFinishing {
            if peer.connection.tcpInfo.map({ $0.state == .closed }) ?? true { return }
            guard await Netpoller.sleep(for: .milliseconds(2)) else { return }
        }
    }

    /// How many of the bytes that were not acknowledged came from standard input and not from heartbeats.
    private func atRisk(of unacknowledged: Int) -> Int {
        unacknowledged - (heartbeat?.bytes(amongLast: unacknowledged) ?? 0)
    }
}
