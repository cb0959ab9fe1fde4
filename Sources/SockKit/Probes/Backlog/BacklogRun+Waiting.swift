extension BacklogRun {
    /// A dial that takes longer than this counts as waiting: a round trip takes less, the first retransmission a second.
    static var patience: Duration { .milliseconds(200) }

    /// Waits for as long as an ordinary dial may take.
    func waitBriefly(for index: Int) async {
        // The kernel has already said that a Unix socket has no room.
        guard probe.network.isTCP else { return }
        let half = probe.timeout.map { $0 / 2 } ?? Self.patience
        let end = Deadline.now + min(Self.patience, half)
        while pending.contains(index), Deadline.now < end {
            guard await decided.wait(until: end) != .cancelled else { return }
        }
    }

    /// Waits until every dial is decided; true if the task was cancelled before.
    func waitForAll() async -> Bool {
        while !pending.isEmpty, failure == nil {
            guard await decided.wait() != .cancelled else { break }
        }
        for task in tasks { task.cancel() }
        return !pending.isEmpty || Task.isCancelled
    }

    // MARK: - One dial that waits

    /// Waits for the end of a connect that is in progress.
    func wait(_ socket: BacklogSocket, _ index: Int) async {
        defer { noteDecided(index) }
        let descriptor: PolledDescriptor
        do throws(Errno) {
            descriptor = try PolledDescriptor(adopting: FileDescriptor(adopting: socket.number))
        } catch {
            return fail(error, call: "epoll_ctl")
        }
        waiting[index] = descriptor
        descriptor[deadline: .write] = probe.timeout.map { socket.start + $0 }
        var ending: DescriptorFailure?
        do throws(DescriptorFailure) {
            try await descriptor.perform(.write) { number throws(Errno) -> Attempt<Void> in
                switch BacklogSocket.decide(number) {
                case .connected: return .done(())
                case .pending: return .wouldBlock
                case .failed(let failure): throw failure
                }
            }
        } catch {
            ending = error
        }
        let end = Deadline.now
        let count = descriptor.totalRetransmits ?? retransmits[index] ?? 0
        noteRetransmits(index, count, end)
        let waited = count > 0 || end - socket.start > Self.patience || ending != nil
        waiting[index] = nil
        switch ending {
        case nil:
            // It stays open, but outside the loop: nothing will be read from it.
            if let kept = descriptor.release() { held.append((index, HeldSocket(kept))) }
            decide(index, .connected, socket.start, end, retransmits: count, waited: waited)
        case .deadlineExceeded:
            // Closed at once, or its next SYNs would be counted too.
            descriptor.close()
            decide(index, .timedOut, socket.start, end, retransmits: count, waited: true)
        case .system(let number):
            descriptor.close()
            fail(index, number, socket.start, retransmits: count, waited: true)
        case .cancelled, .closed: descriptor.close()
        }
    }

    /// Waits, in a blocking connect(2), until a Unix listener has room. poll(2) cannot: it says ready at once when the
    /// queue is full (unix(7)).
    func waitBlocking(_ socket: BacklogSocket, _ index: Int) async {
        defer { noteDecided(index) }
        let held = HeldSocket(FileDescriptor(adopting: socket.number))
        let (remote, timeout) = (target.remote, probe.timeout)
        let outcome: Errno?
        do throws(DescriptorThreadFailure) {
            outcome = try await Netpoller.offload { () -> Errno? in
                // The loop uses the socket later, and its calls must not block.
                defer { try? BlockingCalls.setBlocking(false, held.number) }
                do throws(Errno) {
                    try BlockingCalls.connect(held.number, to: remote, family: .unix, timeout: timeout)
                    return nil
                } catch {
                    return error
                }
            }
        } catch {
            if case .system(let number) = error { fail(number, call: "pthread_create") }
            return
        }
        switch outcome {
        case nil:
            self.held.append((index, held))
            decide(index, .connected, socket.start, .now, retransmits: 0, waited: true)
        case .some(.wouldBlock): decide(index, .timedOut, socket.start, .now, retransmits: 0, waited: true)
        case .some(let number): fail(index, number, socket.start, waited: true)
        }
    }

    // MARK: - What becomes of a dial

    func decide(
        _ index: Int, _ outcome: BacklogDial.Outcome, _ start: Deadline, _ end: Deadline, retransmits: Int,
        waited: Bool
    ) {
        let dial = BacklogDial(
            index: index, outcome: outcome, start: start - self.start, duration: end - start, retransmits: retransmits,
            waited: waited)
        dials.append(dial)
        emit(.dialled(dial))
    }

    /// A dial that ended with an error: most are findings, some end the probe.
    func fail(_ index: Int, _ number: Errno, _ start: Deadline, retransmits: Int = 0, waited: Bool) {
        let isFull = number == .wouldBlock && probe.network.isUnix
        if index == 1, target.listener == nil, !isFull { return fail(number, call: "connect") }
        switch number {
        case .wouldBlock where isFull: decide(index, .wouldBlock, start, .now, retransmits: 0, waited: waited)
        case .timedOut: decide(index, .timedOut, start, .now, retransmits: retransmits, waited: waited)
        case .connectionRefused, .connectionReset:
            decide(index, .refused, start, .now, retransmits: retransmits, waited: waited)
        default: fail(number, call: "connect")
        }
    }

    /// Ends the probe with an error that has nothing to do with queues.
    func fail(_ number: Errno, call: String) {
        if failure == nil {
            failure = NetworkError(
                .dial, network: probe.network, remote: target.remote, cause: .system(number, call: call))
        }
        decided.wake()
    }

    private func noteDecided(_ index: Int) {
        pending.remove(index)
        decided.wake()
    }

    // MARK: - Retransmissions

    /// Polls the dials that wait, for the kernel does not announce that it sent a SYN again.
    func watchRetransmits() async {
        // Each look costs a system call: the more dials wait, the fewer looks.
        while await Netpoller.sleep(for: .milliseconds(20) + .microseconds(20 * waiting.count)) {
            for (index, descriptor) in waiting {
                if let count = descriptor.totalRetransmits { noteRetransmits(index, count, .now) }
            }
        }
    }

    private func noteRetransmits(_ index: Int, _ count: Int, _ moment: Deadline) {
        guard count > retransmits[index] ?? 0 else { return }
        retransmits[index] = count
        emit(.retransmitted(index: index, count: count, at: moment - start))
    }
}

extension PolledDescriptor {
    /// How often TCP sent anything again on this socket.
    fileprivate var totalRetransmits: Int? {
        ask { number throws(Errno) in Int(try TCPInfoCalls.information(of: number).total_retrans) }
    }
}
