/// The reads of the probe's own peer.
extension WriteBlockRun {
    func startReading(_ plan: WriteBlockProbe.Reading) {
        guard let peer else { return }
        reading = Netpoller.spawn { [self] in
            var next = start + plan.after
            while await Netpoller.sleep(until: next), !Task.isCancelled {
                guard await readOnce(peer, plan.size) else { return }
                guard let every = plan.every else {
                    next = .past
                    continue
                }
                next = max(next + every, .now)
            }
        }
    }

    /// Whether the writer is blocked or, with a reader that pauses, has no room and may soon be blocked.
    private var isWaiting: Bool {
        side.blockedSince != nil || probe.reading?.every != nil && !connection.descriptor.isReady(.write)
    }

    /// One read, with a look at what it moved while the writer waits; false at the end.
    private func readOnce(_ peer: WriteBlockPeer, _ size: Int) async -> Bool {
        let isWaiting = isWaiting
        let before = isWaiting ? ledger(of: side) : nil
        guard let bytes = try? await peer.read(upTo: size) else { return false }
        guard probe.onEvent != nil || probe.samplingInterval != nil else { return true }
        let after = isWaiting ? ledger(of: side) : nil
        // The sender's queue cannot tell: bytes stay in it until they are acknowledged, which may be late.
        let moved = before?.inReceiveQueue.flatMap { old in after?.inReceiveQueue.map { max(0, $0 + bytes - old) } }
        if let moved, moved > 0, probe.network.isTCP { mark(.windowUpdate, at: .now, for: side) }
        let info = isWaiting ? connection.tcpInfo : nil
        emit(
            .peerRead(
                WriteBlockEvent.PeerRead(
                    index: peer.reads, bytes: bytes, total: peer.bytesRead, ledger: after,
                    moved: probe.network.isTCP ? moved : nil, window: info?.sendWindow,
                    mss: isWaiting ? peer.connection?.tcpInfo?.receiveMSS : nil,
                    room: isWaiting && probe.network.isTCP ? peer.room : nil)))
        if isWaiting { sample() }
        return true
    }
}
