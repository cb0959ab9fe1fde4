extension BacklogRun {
    /// A dial that is not over after this long waits; a round trip takes less, the first retransmission a second.
    static var patience: Duration { .milliseconds(200) }

    /// Gives a dial as long as an ordinary one may take.
    func waitBriefly(for index: Int) async {
        // Of a Unix socket the kernel has already said that there is no room.
        guard probe.network.isTCP else { return }
        let half = probe.timeout.map { $0 / 2 } ?? Self.patience
        let end = Deadline.now + min(Self.patience, half)
        while pending.contains(index), Deadline.now < end {
            guard await decided.wait(until: end) != .cancelled else { return }
        }
    }

    /// Waits until every dial is decided; true if it was cancelled before.
    func waitForAll() async -> Bool {
        while !pending.isEmpty, failure == nil {
            guard await decided.wait() != .cancelled else { break }
        }
        for task in tasks { task.cancel() }
        return !pending.isEmpty || Task.isCancelled
    }

    // MARK: - One dial that waits

    /// Waits for the kernel's word on a connect that goes on.
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
            // Kept, and out of the loop: nothing will be read from it.
            if let kept = descriptor.release() { held.append((index, HeldSocket(kept))) }
            decide(index, .connected, socket.start, end, retransmits: count, waited: waited)
        case .deadlineExceeded:
            // At once, because its SYNs would go on to be counted.
            descriptor.close()
            decide(index, .timedOut, socket.start, end, retransmits: count, waited: true)
        case .system(let number):
            descriptor.close()
            fail(index, number, socket.start, retransmits: count, waited: true)
        case .cancelled, .closed: descriptor.close()
        }
    }

    /// Waits for a Unix listener to accept somebody. Only a connect(2) that blocks can: poll(2) says ready at once
    /// when the queue is full (unix(7)).
    func waitBlocking(_ socket: BacklogSocket, _ index: Int) async {
        defer { noteDecided(index) }
        let held = HeldSocket(FileDescriptor(adopting: socket.number))
        let (remote, timeout) = (target.remote, probe.timeout)
        let outcome: Errno?
        do throws(DescriptorThreadFailure) {
            outcome = try await Netpoller.offload { () -> Errno? in
                // What is asked of it later must not wait: the loop asks.
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

    /// Ends the probe: this is no matter of queues.
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

    /// Looks at the dials that wait, again and again: the kernel tells nobody that it sent a SYN.
    func watchRetransmits() async {
        // A look at each costs a system call, so that many are looked at less often.
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
