import SockKit

/// Connections that are kept alive, and those that are lost all the same.
extension PipeSession {
    func startHeartbeat(_ relay: Relay, _ task: Task<RelayResult, Never>) {
        guard let interval = persistence.heartbeat, let clock = peer.clock,
            // A text that makes no message was refused before anything was dialled.
            let text = try? Heartbeat.message(
                persistence.heartbeatText, arguments.frame.rules(sendsCRLF: arguments.transfer.isCRLF))
        else { return }
        let heartbeat = Heartbeat(
            peer, clock, text, every: interval, misses: persistence.heartbeatMisses, onSend: { relay.noteSent() })
        self.heartbeat = heartbeat
        beats = Netpoller.spawn { [self] in
            guard await heartbeat.run() else { return }
            hasMissed = true
            task.cancel()
        }
    }

    /// Nobody answered for so many heartbeats.
    var missedFailure: Failure {
        let misses = Quantity.count(persistence.heartbeatMisses ?? 0, "heartbeat")
        let silence = Quantity.duration(peer.clock?.silence ?? .zero)
        return peer.connection.readFailure("timeout", "\(misses) without an answer, nothing came for \(silence)")
    }

    /// Why another connection is wanted in the place of this one; nil where none is.
    func loss(_ result: RelayResult) -> Failure? {
        guard copies.failure == nil else { return nil }
        if hasMissed { return numbered(missedFailure) }
        switch result.ending {
        case .failed(let error): return error.isLoss ? Failure(error, connection: peer.number) : nil
        case .idle: return peer.idleFailure
        case .done where result.peerEnded && hasMoreToSay(result):
            return numbered(peer.connection.readFailure("closed", "the peer ended the connection"))
        case .done, .inputStayedOpen, .quit, .outputGone, .cancelled: return nil
        }
    }

    private func numbered(_ failure: Failure) -> Failure {
        var failure = failure
        failure.connection = peer.number
        return failure
    }

    /// Standard input goes on, or heartbeats do in its place.
    private func hasMoreToSay(_ result: RelayResult) -> Bool {
        guard streams.input != nil, !arguments.transfer.receivesOnly else { return false }
        return !result.inputEnded || persistence.heartbeat != nil && !result.saidEnd
    }

    /// What was sent just before the peer's end may still be on its way, and its acknowledgement too.
    func awaitAcknowledgements(for span: Duration) async {
        let end = Deadline.now + span
        while let waiting = peer.connection.bytesUnacknowledged, waiting > 0, !end.hasPassed {
            if peer.connection.tcpInfo.map({ $0.state == .closed }) ?? true { return }
            guard await Netpoller.sleep(for: .milliseconds(2)) else { return }
        }
    }

    /// What of standard input a connection that failed took with it.
    func reportDropped(_ result: RelayResult) {
        let sent = result.bytesSent + result.bytesStranded
        guard sent > 0 else { return }
        let lost = result.bytesStranded + atRisk(of: result.bytesUnacknowledged)
        let mayArrive = ending(of: result) == .timeout
        reporter.report(InputDroppedEvent(bytes: lost, sent: sent, mayArrive: mayArrive))
    }

    /// How many of the bytes that were not acknowledged came from standard input and not from heartbeats.
    private func atRisk(of unacknowledged: Int) -> Int {
        unacknowledged - (heartbeat?.bytes(amongLast: unacknowledged) ?? 0)
    }

    func reportLoss(_ failure: Failure, _ result: RelayResult) {
        let unacknowledged = peer.connection.bytesUnacknowledged
        reporter.report(
            DisconnectedEvent(
                failure: failure, by: ending(of: result), silence: peer.clock?.silence ?? .zero, sent: peer.sent,
                unacknowledged: unacknowledged, atRisk: unacknowledged.map(atRisk), kept: result.bytesStranded))
    }
}
