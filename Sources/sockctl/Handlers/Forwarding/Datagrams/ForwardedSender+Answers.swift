import SockKit

/// The way from the target back to the sender.
extension ForwardedSender: StreamSleeper {
    /// So many batches are passed on before others have the loop.
    private static let mostBatches = 8
    /// A sender whose queue is full is waited for, but not for ever.
    nonisolated private static let patience = Duration.seconds(1)

    nonisolated func wake() { _ = Self.goOn(self) }

    nonisolated private static let goOn = Netpoller.onLoop(takeAnswers)

    private static func takeAnswers(_ association: ForwardedSender) -> Bool {
        association.receive()
        return true
    }

    /// Passes on what the target has said, and rests. While the sender does not take it, the target's datagrams wait in the
    /// kernel.
    func receive() {
        guard let socket, !isDelivering else { return }
        socket.readDeadline = nil
        for _ in 0..<Self.mostBatches {
            do throws(NetworkError) {
                guard try socket.receiveNow(into: forwarder.answers) else {
                    if rest(on: socket) { return }
                    continue
                }
                passOn(forwarder.answers, of: socket)
                if forwarder.recorder?.isFull == true || forwarder.copies.isFull { return receiveWithRoom() }
            } catch {
                if error.meansNobody { refuse(error) } else { forwarder.targets.failures.tell(error) }
            }
            guard self.socket === socket, !isDelivering else { return }
        }
        Netpoller.spawn { self.receive() }
    }

    /// What is not read here waits in the kernel, and not in the record, or in the copies.
    private func receiveWithRoom() {
        Netpoller.spawn {
            await self.forwarder.recorder?.waitForRoom()
            await self.forwarder.copies.waitForRoom()
            self.receive()
        }
    }

    /// Has the loop call again; false where there is no need to wait.
    private func rest(on socket: DatagramSocket) -> Bool {
        let end = end
        if end.hasPassed {
            close(.timeout)
            return true
        }
        socket.readDeadline = end == .never ? nil : end
        if socket.rest(waking: self) { return true }
        socket.readDeadline = nil
        return false
    }

    private func passOn(_ batch: DatagramBatch, of socket: DatagramSocket) {
        lastActivity = .now
        if !hasHeard {
            (hasHeard, unanswered, refusedBy) = (true, nil, [])
            if let target { forwarder.targets.wasHeard(target) }
        }
        for index in 0..<batch.count where !forwarder.givesUp(index, of: batch, from: socket) {
            batch.withPayload(of: index) { carry($0, from: .far) }
        }
        flushDown()
    }

    func giveDown(_ payload: Span<UInt8>) {
        guard forwarder.canAnswer(sender) else { return forwarder.counts.dropped += 1 }
        if lineDown.isEmpty, forwarder.toSender.append(payload, to: 0, from: sender.near) { return }
        flushDown()
        if lineDown.isEmpty, forwarder.toSender.append(payload, to: 0, from: sender.near) { return }
        if isClosed || !lineDown.append(payload) { forwarder.counts.dropped += 1 }
    }

    /// Sends what the batch holds. What the sender does not take yet goes into line.
    func flushDown() {
        let batch = forwarder.toSender
        while !batch.isEmpty {
            let before = batch.byteCount
            do throws(NetworkError) {
                guard let count = try forwarder.socket.sendNow(batch), count > 0 else {
                    lineDown.putBack(batch.takeRest())
                    return beginDelivery()
                }
                note(count, before - batch.byteCount, from: .far)
            } catch {
                if !error.isClosed { forwarder.targets.failures.tell(error, hint: hint(for: error)) }
                forwarder.counts.dropped += batch.dropFirst()
            }
        }
        batch.removeAll()
    }

    /// What would help a sender helps nobody who has sent.
    private func hint(for error: NetworkError) -> String? {
        forwarder.socket.network.isUnix ? "who had sent something is gone" : nil
    }

    private func beginDelivery() {
        guard !isDelivering, !isClosed else { return }
        isDelivering = true
        Netpoller.spawn { await self.deliver() }
    }

    private func deliver() async {
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(20))
        var end = Deadline.now + Self.patience
        while !lineDown.isEmpty, await Netpoller.sleep(for: backoff.next()), !isClosed, forwarder.canAnswer(sender) {
            let before = lineDown.count
            lineDown.drain { forwarder.toSender.append($0.span, to: 0, from: sender.near) }
            flushDown()
            if lineDown.count < before {
                backoff.reset()
                end = .now + Self.patience
            } else if end.hasPassed {
                giveUpDelivery()
            }
        }
        isDelivering = false
        receive()
    }

    private func giveUpDelivery() {
        let error = NetworkError(
            .write, network: forwarder.socket.network, local: forwarder.socket.localEndpoint, remote: sender.endpoint,
            cause: .system(.wouldBlock, call: "sendmmsg"))
        forwarder.targets.failures.tell(
            error, hint: "its queue was full for \(Quantity.duration(Self.patience)): it does not read")
        forwarder.counts.dropped += lineDown.removeAll()
    }
}
