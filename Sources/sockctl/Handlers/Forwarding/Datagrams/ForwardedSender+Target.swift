import SockKit

/// The way from the sender to its target.
extension ForwardedSender {
    /// So much is kept of a datagram for another target.
    private static let mostKept = 2048

    /// A datagram of the sender. Those that came together go together, with `flushUp`.
    func take(_ payload: Span<UInt8>, at now: Deadline) {
        lastActivity = now
        carry(payload, from: .near)
    }

    func giveUp(_ payload: Span<UInt8>) {
        if isOpen, enter(payload) { return }
        flushUp()
        if isOpen, enter(payload) { return }
        guard isClosed || !lineUp.append(payload) else { return }
        forwarder.counts.dropped += 1
        if let socket { tellBlocked(socket) }
    }

    /// Adds one to what goes next; false if there is no room.
    private func enter(_ payload: Span<UInt8>) -> Bool {
        // The kernel cuts runs for UDP alone: to a Unix socket one would be a single message.
        forwarder.toTarget.segments = socket?.network.isUDP ?? false
        return forwarder.toTarget.append(payload)
    }

    private var isOpen: Bool { socket != nil && lineUp.isEmpty }

    private func tellBlocked(_ socket: DatagramSocket) {
        let error = NetworkError(
            .write, network: socket.network, local: socket.localEndpoint, remote: socket.remoteEndpoint,
            cause: .system(.wouldBlock, call: "sendmmsg"))
        forwarder.targets.failures.tell(error, hint: "it does not read: what does not fit here is dropped")
    }

    // MARK: - Sending

    /// Sends what the batch holds. What the target does not take yet goes into line.
    func flushUp() {
        let batch = forwarder.toTarget
        var isFirst = true
        while !batch.isEmpty {
            guard let socket else { return putBack(batch) }
            let before = batch.byteCount
            do throws(NetworkError) {
                guard let count = try socket.sendNow(batch), count > 0 else { return putBack(batch) }
                note(count, before - batch.byteCount, from: .near)
                if !hasHeard, forwarder.targets.isMore(than: refusedBy.count + 1) { keepLast(of: batch) }
                isFirst = true
            } catch {
                meet(error, isFirst: isFirst)
                isFirst = false
            }
        }
        batch.removeAll()
    }

    /// A refusal comes back for what was sent last.
    private func keepLast(of batch: OutgoingBatch) {
        unanswered = batch.lastSent.flatMap { $0.count <= Self.mostKept ? $0 : nil }
    }

    /// A refusal is about what was sent before, and the next attempt may be as good as any; all else is about the datagram
    /// that is next.
    private func meet(_ error: NetworkError, isFirst: Bool) {
        if error.meansNobody {
            refuse(error)
            if isFirst || socket == nil { return }
        } else {
            forwarder.targets.failures.tell(error)
        }
        forwarder.counts.dropped += forwarder.toTarget.dropFirst()
    }

    private func putBack(_ batch: OutgoingBatch) {
        let rest = batch.takeRest()
        guard !isClosed else { return forwarder.counts.dropped += rest.count }
        lineUp.putBack(rest)
        beginWork()
    }

    /// The target has refused what it was sent: another one has its turn, where there is one.
    func refuse(_ error: NetworkError) {
        guard let socket, let target else { return }
        forwarder.counts.refused += 1
        forwarder.targets.wasRefused(by: target, error)
        refusedBy.append(target)
        if forwarder.targets.isMore(than: refusedBy.count) {
            leaveTarget()
            // It went before what is in the batch, and what is in line came after that.
            let rest = forwarder.toTarget.takeRest()
            lineUp.putBack(unanswered.take().map { [$0] + rest } ?? rest)
            beginWork()
        } else if refusedBy.count > 1 || socket.network.isUnix {
            // Nobody is left. A Unix socket whose peer has gone is not connected any more (unix(7)).
            forwarder.targets.failures.tell(error)
            close(.reset, by: .far)
        } else {
            // The only one there is may be back at any time, and then knows the sender as before.
            refusedBy = []
        }
    }

    // MARK: - What takes a task

    /// Reaches a target, and sends it what is in line.
    func beginWork() {
        guard task == nil, !isClosed else { return }
        task = Netpoller.spawn { await self.work() }
    }

    private func work() async {
        defer { task = nil }
        // No event tells when a Unix receiver's queue is no longer full, and others' seldom is.
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(20))
        while !isClosed {
            if socket == nil { guard await reach() else { return } }
            let before = lineUp.count
            lineUp.drain { enter($0.span) }
            flushUp()
            guard socket != nil else { continue }
            if lineUp.isEmpty { return }
            if lineUp.count < before { backoff.reset() }
            guard await Netpoller.sleep(for: backoff.next()) else { return }
        }
    }

    /// False where nobody can be reached, and it is over.
    private func reach() async -> Bool {
        let beginning = Deadline.now
        do throws(NetworkError) {
            let (socket, target) = try await open()
            guard !isClosed else {
                socket.close()
                return false
            }
            (self.socket, self.target, hasHeard) = (socket, target, false)
            target.connections += 1
            noteJoined(socket, .now - beginning)
            receive()
            return true
        } catch {
            if !isClosed {
                forwarder.targets.failures.tell(error)
                // Whoever was never served is none of those whom '--max-accepts' counts.
                if error.meansShortage, !hasJoined { forwarder.counts.senders -= 1 }
            }
            close(.local)
            return false
        }
    }

    /// A socket to a target. Where there are no more, somebody else's is to be had who has been silent for long.
    private func open() async throws(NetworkError) -> (DatagramSocket, ForwardTarget) {
        do throws(NetworkError) { return try await forwarder.targets.open(without: refusedBy) } catch {
            guard error.meansNoMoreSockets, !isClosed, forwarder.makeRoom() else { throw error }
            let advice = error.errno == .tooManyOpenFiles ? "; more can be served at once with: ulimit -n" : ""
            forwarder.targets.failures.tell(error, hint: Self.roomHint + advice, as: "room")
        }
        return try await forwarder.targets.open(without: refusedBy)
    }

    private static let roomHint =
        "who has been silent for longest gives way to whoever is new"
}
