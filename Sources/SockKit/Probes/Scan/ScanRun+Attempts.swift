extension ScanRun {
    /// Begins one attempt, and in most cases on this machine ends it; returns the time then.
    ///
    /// `first` is when this place was tried first.
    func begin(_ remote: Endpoint, first: Deadline, at start: Deadline) throws(NetworkError) -> Deadline {
        let number: Int32
        do throws(NetworkError) { number = try make(for: remote) } catch {
            // What bind(2) says is about the source address.
            guard case .system(let errno, let call) = error.cause, call == "socket" else { throw error }
            // No place of that family can be reached from here; the others can.
            if errno == .familyNotSupported {
                report(ScanFinding(remote: remote, state: .filtered, duration: .now - start, reason: errno))
                return .now
            }
            guard Self.isShortage(errno) else { throw error }
            try lack(errno, call, remote, first: first)
            return .now
        }
        let look = probe.network.isUDP ? ask(number, remote) : connect(number, remote)
        let now = Deadline.now
        switch look {
        case .pending: try wait(number, remote, from: start)
        case .answered: try answered(number, remote, from: start, at: now)
        case .failed(let errno):
            close(number)
            try failed(errno, remote, now - start, first: first)
        }
        return now
    }

    private func wait(_ number: Int32, _ remote: Endpoint, from start: Deadline) throws(NetworkError) {
        guard let slot = try park(number, remote, probe.network.isUDP ? .asking : .connecting, from: start) else {
            return
        }
        backoff.reset()
        timeouts.append(slot: slot, serial: attempts[slot].serial, from: start)
        repeats.append(slot: slot, serial: attempts[slot].serial, from: start)
    }

    /// The socket of an attempt that was decided before anybody had to wait for it.
    private func answered(
        _ number: Int32, _ remote: Endpoint, from start: Deadline, at now: Deadline
    ) throws(NetworkError) {
        backoff.reset()
        let finding = finding(of: number, remote, now - start)
        if finding.state == .open, !probe.network.isUDP, probe.banner != nil {
            guard let slot = try park(number, remote, .reading, from: start) else { return }
            attempts[slot].opened = finding.duration
            banners.append(slot: slot, serial: attempts[slot].serial, from: now)
            return read(slot)
        }
        close(number, resetting: probe.network.isTCP && (finding.state != .open || probe.resets))
        report(finding)
    }

    /// Something has happened to a socket that waits.
    func advance(_ slot: Int) throws(NetworkError) {
        let attempt = attempts[slot]
        switch attempt.phase {
        case .reading: read(slot)
        case .asking: try conclude(slot, hear(attempt.number))
        case .connecting: try conclude(slot, look(attempt.number, attempt.remote))
        }
    }

    /// Sends a datagram that was not answered so far once more.
    func sendAgain(_ slot: Int) throws(NetworkError) {
        guard attempts[slot].phase == .asking else { return }
        try conclude(slot, send(attempts[slot].number, attempts[slot].remote))
    }

    private func conclude(_ slot: Int, _ look: Look) throws(NetworkError) {
        let attempt = attempts[slot]
        let now = Deadline.now
        switch look {
        case .pending: return
        case .failed(let errno):
            leave(slot)
            try failed(errno, attempt.remote, now - attempt.start, first: attempt.start)
        case .answered:
            let finding = finding(of: attempt.number, attempt.remote, now - attempt.start)
            if finding.state == .open, attempt.phase == .connecting, probe.banner != nil {
                (attempts[slot].phase, attempts[slot].opened) = (.reading, finding.duration)
                banners.append(slot: slot, serial: attempt.serial, from: now)
                return read(slot)
            }
            leave(slot, resetting: probe.network.isTCP && (finding.state != .open || probe.resets))
            report(finding)
        }
    }

    /// An attempt has had its time.
    func giveUp(_ slot: Int, at now: Deadline) {
        let attempt = attempts[slot]
        leave(slot)
        let state: ScanFinding.State = attempt.phase == .asking ? .silent : .filtered
        report(ScanFinding(remote: attempt.remote, state: state, duration: now - attempt.start))
    }

    /// What a socket says that has an answer.
    ///
    /// A socket that was given the very port that it dials meets itself (simultaneous open), and hears its own datagram. The
    /// kernel gives out no port that anybody is bound to, so nobody listens there.
    private func finding(of number: Int32, _ remote: Endpoint, _ duration: Duration) -> ScanFinding {
        if !probe.network.isUnix, let local = try? SocketCalls.localEndpoint(of: number),
            let peer = try? SocketCalls.remoteEndpoint(of: number), local == peer
        {
            return ScanFinding(remote: remote, state: .refused, duration: duration)
        }
        let line = probe.network.isUDP && probe.banner != nil ? ScanBanner.line(of: room[..<heard]) : nil
        return ScanFinding(remote: remote, state: .open, duration: duration, banner: line)
    }
}
