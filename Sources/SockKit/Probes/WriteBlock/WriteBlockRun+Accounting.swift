/// Where the bytes are, and the timeline of it.
extension WriteBlockRun {
    /// The event is made only if there is an observer.
    func emit(_ event: @autoclosure () -> WriteBlockEvent) { probe.onEvent?(event()) }

    /// Where one side's bytes are now.
    func ledger(of side: WriteBlockSide) -> ByteLedger {
        var ledger = ByteLedger(probe.network)
        ledger.accepted = side.accepted + (side.writer == .probe ? inFlight : 0)
        let own = side.connection.queueDepths
        (ledger.inSendQueue, ledger.unsent) = (own?.unacknowledged, probe.network.isTCP ? own?.unsent : nil)
        if side.writer == .peer {
            (ledger.inReceiveQueue, ledger.readByPeer) = (connection.queueDepths?.received, 0)
        } else if let peer {
            ledger.inReceiveQueue = peer.queued
            (ledger.readByPeer, ledger.cut) = (peer.bytesRead, peer.bytesCut)
        } else {
            ledger.inReceiveQueue = connection.peerReceiveQueue
        }
        return ledger
    }

    /// How many bytes the kernel has taken so far, even in a write that has not returned; nil where it does not tell.
    var bytesInSight: Int? {
        if let known = ledger(of: side).inSight { return known }
        guard let waiting = connection.queueDepths?.unacknowledged else { return nil }
        // The handshake counts as one byte that was acknowledged.
        return waiting + max(0, (connection.tcpInfo?.bytesAcknowledged ?? 1) - 1)
    }

    var buffers: WriteBlockBuffers {
        WriteBlockBuffers(
            sendAsked: probe.dialer.options.sendBuffer, receiveAsked: probe.dialer.options.receiveBuffer,
            send: connection.bufferSizes?.send, receive: peer?.receiveBuffer)
    }

    /// Waits until every byte is accounted for and, with a peer that never stops reading, until all are read.
    func settle(_ side: WriteBlockSide, for span: Duration) async {
        guard peer?.hasEnded != true else { return }
        let readsOn = reading != nil && (probe.ending == .drain || probe.reading.map { $0.every == nil } == true)
        let end = Deadline.now + span
        // If other tasks keep the loop busy, the time is over before the peer has had its turns.
        var looks = 0
        while looks < 100 || !end.hasPassed {
            looks += 1
            let ledger = ledger(of: side)
            let isDone = !readsOn || ledger.readByPeer.map { $0 + ledger.cut } == ledger.accepted
            if ledger.isBalanced != false, isDone { return }
            guard await Netpoller.sleep(for: .milliseconds(1)) else { return }
        }
    }

    // MARK: - The timeline

    func startSampling() -> Task<Void, Never>? {
        guard let interval = probe.samplingInterval else { return nil }
        return Netpoller.spawn { [self] in
            repeat { sample() } while await Netpoller.sleep(for: interval)
        }
    }

    func sample() {
        guard probe.samplingInterval != nil, lastLedger == nil else { return }
        timeline.add(WriteBlockTimeline.Sample(moment: .now - start, ledger: ledger(of: side)))
    }

    func mark(_ kind: WriteBlockTimeline.Mark.Kind, at moment: Deadline, for side: WriteBlockSide) {
        guard side.writer == .probe, probe.samplingInterval != nil else { return }
        sample()
        timeline.marks.append(WriteBlockTimeline.Mark(moment: moment - start, kind: kind))
    }
}
