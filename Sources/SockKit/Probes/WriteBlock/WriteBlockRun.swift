/// One run of a write-block probe: who writes, who reads, when it ends, and where the bytes are meanwhile.
@Netpoller
final class WriteBlockRun {
    let probe: WriteBlockProbe
    let connection: Connection
    let peer: WriteBlockPeer?
    let start = Deadline.now
    var timeline = WriteBlockTimeline()
    /// The side that the probe is about, and the peer's own where both write.
    private(set) var side: WriteBlockSide!
    private var back: WriteBlockSide?
    private var backTask: Task<WriteBlockResult.Ending, Never>?
    private var isBackOver = false
    var reading: Task<Void, Never>?
    /// Where the bytes were just before the peer ended.
    private(set) var lastLedger: ByteLedger?
    /// How many bytes the kernel has taken of a blocking write that has not returned.
    var inFlight = 0

    init(_ probe: WriteBlockProbe, _ connection: Connection, _ peer: WriteBlockPeer?) {
        self.probe = probe
        self.connection = connection
        self.peer = peer
    }

    func execute() async throws(NetworkError) -> WriteBlockResult {
        try checkChunk()
        emit(
            .connected(
                WriteBlockEvent.Setup(
                    network: probe.network, local: connection.localEndpoint, remote: connection.remoteEndpoint,
                    hasOwnPeer: peer != nil, chunk: probe.chunk, buffers: buffers)))
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: probe.chunk)
        let side = WriteBlockSide(connection, .probe, payload: payload, of: self)
        self.side = side
        let thread = try probe.isBlocking ? WriteBlockThread(self, side) : nil
        if let plan = probe.reading { startReading(plan) }
        let sampler = startSampling()
        if probe.bothWrite, let theirs = peer?.connection {
            let back = WriteBlockSide(theirs, .peer, payload: payload, of: self)
            self.back = back
            backTask = Netpoller.spawn { [self] in
                let ending = await back.write()
                if ending == .allWritten {
                    isBackOver = true
                    carryOutIfDue()
                }
                return ending
            }
        }
        let ending = if let thread { await thread.watch() } else { await side.write() }
        return await finish(ending, sampler)
    }

    /// A message is sent whole or not at all: one that can never be sent is no block.
    private func checkChunk() throws(NetworkError) {
        guard probe.network.kind != .stream, let room = connection.bufferSizes?.send else { return }
        // net/unix/af_unix.c: a message may be as long as the send buffer, less 32 bytes.
        let limit = room - 32
        guard probe.chunk > limit else { return }
        let text =
            "a message of \(probe.chunk) bytes is too long for \(probe.network): at most \(limit) fit the send buffer"
        throw NetworkError(
            .write, network: probe.network, local: connection.localEndpoint, remote: connection.remoteEndpoint,
            cause: .limit(text))
    }

    // MARK: - When it ends

    /// When this side stops for lack of time; nil if time does not end it.
    func end(of side: WriteBlockSide) -> Deadline? {
        if let duration = probe.duration { return start + duration }
        guard let block = side.firstBlock else {
            return probe.writes == nil ? start + WriteBlockProbe.longestWithoutBlock : nil
        }
        if probe.reading == nil, probe.ending != .drain || side.writer == .peer {
            return max(block + probe.afterglow, block + probe.patience)
        }
        return firstUnblock.map { $0 + probe.afterglow }
    }

    private var firstUnblock: Deadline?

    func endingInTime(_ side: WriteBlockSide) -> WriteBlockResult.Ending {
        side.firstBlock == nil ? .neverBlocked : .timeUp
    }

    /// A peer that drains never stops reading, so by default the write that was blocked is the last.
    func isDrainedBy(_ side: WriteBlockSide) -> Bool { stopsAfterUnblock && side.hasUnblocked }

    var stopsAfterUnblock: Bool { probe.ending == .drain && probe.writes == nil && probe.duration == nil }

    private func finish(_ ending: WriteBlockResult.Ending, _ sampler: Task<Void, Never>?) async -> WriteBlockResult {
        if ending == .interrupted || peer?.hasEnded == true { backTask?.cancel() }
        _ = await backTask?.value
        if ending == .allWritten { await waitUntilSent() }
        if ending != .interrupted, lastLedger == nil { await settle(side, for: .seconds(1)) }
        reading?.cancel()
        sampler?.cancel()
        sample()
        var ledger = lastLedger ?? ledger(of: side)
        if let peer, probe.network.kind == .datagram, !peer.hasEnded {
            ledger.inReceiveQueue = peer.countQueuedMessages()
        }
        if lastLedger != nil { ledger.accepted = side.accepted }
        return result(ending, ledger)
    }

    /// Keeps what the queues hold now, before something changes them.
    func keepLedger() {
        guard lastLedger == nil else { return }
        (lastLedger, lastBuffers, lastBackLedger) = (ledger(of: side), buffers, back.map { ledger(of: $0) })
    }

    /// Waits, after the last write, until Nagle's algorithm has sent what small writes left in the queue.
    private func waitUntilSent() async {
        let start = Deadline.now
        let end = start + .seconds(1)
        guard probe.network.isTCP, side.firstBlock == nil else { return }
        while let unsent = connection.queueDepths?.unsent, unsent > 0, !end.hasPassed {
            guard await Netpoller.sleep(for: .milliseconds(1)) else { return }
        }
        if connection.queueDepths?.unsent == 0 { sentAfter = .now - start }
    }

    private var sentAfter: Duration?

    private func result(_ ending: WriteBlockResult.Ending, _ ledger: ByteLedger) -> WriteBlockResult {
        let info = connection.tcpInfo
        // One more write may succeed after a peer has closed with nothing unread: it is not in the ledger.
        let balanced = probe.isBlocking ? ledger.isBalanced : (lastLedger ?? ledger).isBalanced
        return WriteBlockResult(
            network: probe.network, ledger: ledger, isAccounted: balanced, lost: lost(ledger), writes: side.writes,
            lastWriteBytes: side.lastWriteBytes, blockedAfter: side.firstBlock.map { $0 - start },
            unblockedByRead: side.unblockedByRead, buffers: lastBuffers ?? buffers,
            congestionControl: connection.congestionControl, mss: info?.sendMSS, segments: info?.dataSegmentsSent,
            sentAfter: sentAfter,
            errors: side.errors, ending: ending, elapsed: .now - start, back: backResult, timeline: timeline)
    }

    private var backResult: WriteBlockResult.Back? {
        guard let back else { return nil }
        let ledger = lastBackLedger ?? ledger(of: back)
        // After a reset, what had arrived before can still be read.
        let arrived = peer?.hasEnded == true ? connection.queueDepths?.received ?? 0 : ledger.accepted
        return WriteBlockResult.Back(
            ledger: ledger, blockedAfter: back.firstBlock.map { $0 - start }, isAccounted: ledger.isBalanced,
            lost: max(0, ledger.accepted - arrived))
    }

    /// How many bytes nobody can read any more. Those that wait in a queue can still be read.
    private func lost(_ ledger: ByteLedger) -> Int? {
        guard let peer else {
            // What the peer's kernel never acknowledged. Only the peer knows whether the rest was read.
            return side.errors.contains { !$0.isTimeout } ? connection.queueDepths?.unacknowledged : nil
        }
        return peer.hasEnded ? ledger.accepted - peer.bytesRead : peer.bytesCut
    }

    // MARK: - Blocks

    func sideDidBlock(_ side: WriteBlockSide, since: Deadline) {
        let info = side.connection.tcpInfo
        mark(.blocked, at: since, for: side)
        emit(
            .blocked(
                WriteBlockEvent.Block(
                    writer: side.writer, write: side.presentWrite, taken: inFlight > 0 ? inFlight : side.taken,
                    chunk: probe.chunk, after: since - start, ledger: ledger(of: side), buffers: buffers,
                    congestionControl: side.connection.congestionControl, window: info?.sendWindow,
                    receiveSpace: peer?.connection?.tcpInfo?.receiveSpace, mss: info?.sendMSS)))
        carryOutIfDue()
    }

    private var lastBuffers: WriteBlockBuffers?
    private var lastBackLedger: ByteLedger?

    /// Where both write, the peer ends once neither of them has any room.
    private func carryOutIfDue() {
        guard let ending = probe.ending, let peer, !peer.hasEnded, side.blockedSince != nil else { return }
        guard back == nil || isBackOver || back?.blockedSince != nil else { return }
        carryOut(ending, by: peer)
    }

    private func carryOut(_ ending: WriteBlockProbe.PeerEnding, by peer: WriteBlockPeer) {
        guard ending != .drain else {
            if reading == nil { startReading(WriteBlockProbe.Reading(size: probe.reading?.size ?? 60000)) }
            return
        }
        let ledger = ledger(of: side)
        keepLedger()
        reading?.cancel()
        mark(.peerEnded, at: .now, for: side)
        // If no child can be had to kill, closing has the same effect.
        do throws(Errno) { try peer.end(ending) } catch { peer.close() }
        emit(.peerEnded(ending, ledger))
    }

    func sideDidUnblock(_ side: WriteBlockSide, after waited: Duration) {
        if side.writer == .probe, firstUnblock == nil { firstUnblock = .now }
        mark(.unblocked, at: .now, for: side)
        emit(
            .unblocked(
                WriteBlockEvent.Unblock(
                    writer: side.writer, waited: waited, reads: peer?.reads ?? 0, readBytes: peer?.bytesRead ?? 0,
                    sendBuffer: side.connection.bufferSizes?.send,
                    inSendQueue: side.connection.queueDepths?.unacknowledged)))
    }

    /// The peer's reads so far, which are what made room; nil if there were none.
    var peerReads: Int? { peer.flatMap { $0.reads > 0 ? $0.reads : nil } }
}
