extension ScanRun {
    /// What the kernel says of a socket.
    enum Look {
        /// The connection stands, or a datagram has come.
        case answered
        case pending
        case failed(Errno)
    }

    /// Begins to connect, and looks at once where that may be over already: on this machine the answer is there when
    /// connect(2) returns, although it says EINPROGRESS.
    func connect(_ number: Int32, _ remote: Endpoint) -> Look {
        let first = look(number, remote)
        guard case .pending = first, looksAtOnce || remote.address?.isLoopback == true else { return first }
        let second = look(number, remote)
        if case .pending = second { looksAtOnce = false }
        return second
    }

    /// connect(2) again tells all there is to know of a connect that is in progress: that it is (EALREADY), how it failed,
    /// or that it is done.
    func look(_ number: Int32, _ remote: Endpoint) -> Look {
        do throws(Errno) {
            switch try SocketCalls.connectNow(number, to: remote, family: remote.socketFamily) {
            case .done: return .answered
            case .wouldBlock: return .pending
            }
        } catch {
            return .failed(error)
        }
    }

    /// Sends a first datagram. What refuses it on this machine has done so when send(2) returns.
    func ask(_ number: Int32, _ remote: Endpoint) -> Look {
        do throws(Errno) { try SocketCalls.connect(number, to: remote, family: remote.socketFamily) } catch {
            return .failed(error)
        }
        return send(number, remote)
    }

    func send(_ number: Int32, _ remote: Endpoint) -> Look {
        let payload = ScanPayload.bytes(for: remote.port ?? 0)
        do throws(Errno) {
            _ = try unsafe payload.span.withUnsafeBytes { bytes throws(Errno) in
                try unsafe TransferCalls.send(number, bytes)
            }
        } catch {
            return .failed(error)
        }
        return hear(number)
    }

    /// Takes a datagram, which is then in the room.
    func hear(_ number: Int32) -> Look {
        do throws(Errno) {
            guard case .done(let count) = try receive(number) else { return .pending }
            heard = count
            return .answered
        } catch {
            return .failed(error)
        }
    }

    /// Reads on until the first line is whole, or nothing more can come.
    func read(_ slot: Int) {
        while attempts[slot].banner.count < ScanBanner.longest {
            guard let outcome = try? receive(attempts[slot].number) else { break }
            guard case .done(let count) = outcome else { return }
            attempts[slot].banner += room[..<count]
            if count == 0 || room[..<count].contains(UInt8(ascii: "\n")) { break }
        }
        finishReading(slot)
    }

    func finishReading(_ slot: Int) {
        let attempt = attempts[slot]
        leave(slot, resetting: probe.resets && probe.network.isTCP)
        report(
            ScanFinding(
                remote: attempt.remote, state: .open, duration: attempt.opened,
                banner: ScanBanner.line(of: attempt.banner[...])))
    }

    private func receive(_ number: Int32) throws(Errno) -> Attempt<Int> { try Self.receive(number, into: &room) }

    private static func receive(_ number: Int32, into room: inout [UInt8]) throws(Errno) -> Attempt<Int> {
        var span = room.mutableSpan
        return try unsafe span.withUnsafeMutableBytes { bytes throws(Errno) in
            try unsafe TransferCalls.receive(number, into: bytes)
        }
    }

    // MARK: - What failed

    /// What is said of a place whose attempt has failed, or that it is to be tried again.
    func failed(
        _ errno: Errno, _ remote: Endpoint, _ duration: Duration, first: Deadline
    ) throws(NetworkError) {
        var state = ScanFinding.State.filtered
        var reason: Errno? = errno
        var duration = duration
        switch errno {
        case .connectionRefused: (state, reason) = (.refused, nil)
        // It has stood, or there would be a refusal (RFC 9293, 3.10.7.3).
        case .connectionReset where probe.network.isTCP, .brokenPipe where probe.network.isTCP:
            (state, reason) = (.open, nil)
        case .wouldBlock where probe.network.isUnix:
            if waitForRoom(remote, first: first) { return }
            duration = .now - first
        // Without a socket of the kind there, nobody is turned away, but nobody listens either.
        case .noSuchFile where probe.network.isUnix, .notDirectory where probe.network.isUnix,
            .wrongProtocolType where probe.network.isUnix:
            state = .refused
        // With nothing under way it is no port of ours that is missing: no address of this machine leads there.
        case .addressNotAvailable where underWay == 0: break
        default: if Self.isShortage(errno) { return try lack(errno, "connect", remote, first: first) }
        }
        backoff.reset()
        report(ScanFinding(remote: remote, state: state, duration: duration, reason: reason))
    }

    /// A Unix listener's queue is full, and nothing tells when it has room again (connect(2)): it is tried again, as long
    /// as there is time. The other places do not wait for it.
    private func waitForRoom(_ remote: Endpoint, first: Deadline) -> Bool {
        let moment = Deadline.now + Self.roomPause
        if let timeout = probe.timeout, moment > first + timeout { return false }
        crowded.append((remote, first, moment))
        return true
    }

    /// What this machine lacks, and may have again when other attempts have ended.
    static func isShortage(_ errno: Errno) -> Bool {
        switch errno {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace, .addressNotAvailable, .wouldBlock:
            true
        default: false
        }
    }

    /// This machine has not what an attempt takes: there are to be fewer at once, and this one is made again.
    func lack(_ errno: Errno, _ call: String, _ remote: Endpoint, first: Deadline) throws(NetworkError) {
        result.shortages[errno, default: 0] += 1
        guard underWay > 0 || backoff.count < Self.mostVainTries else { throw failure(errno, call, remote) }
        again.append((remote, first))
        window.shrink(underWay: underWay)
        pause = .now + backoff.next()
    }
}
