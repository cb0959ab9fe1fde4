import SockKit

/// How a peer is parted from.
extension Peer {
    /// An error with what is known of the connection at this moment.
    @inline(never)
    func failure(_ error: NetworkError) -> Failure {
        var failure = Failure(error, connection: number)
        if let losses = conversation?.totals?.losses {
            (failure.unread, failure.unacknowledged) = (losses.unread, losses.unacknowledged)
            return failure
        }
        // Of a connection that was given up for its silence, or for a file of ours, there is nothing more to say.
        guard error.cause == .timeout || error.errno != nil, error.stream == nil else { return failure }
        if error.operation == .read, error.cause == .timeout {
            if policy.keepsTime { failure.waited = .now - lastActivity }
            // What TLS made of the bytes is counted otherwise.
            failure.unread = isSecured ? nil : connection.queueDepths?.received
        }
        if error.operation == .write { failure.unacknowledged = connection.bytesUnacknowledged }
        return failure
    }

    /// Writes the last words to a peer that was idle for too long. One that does not even read does not hold us up.
    func sayGoodbye() async {
        guard !policy.goodbye.isEmpty, !connection.saidEnd else { return }
        connection.setDeadline(nil)
        connection.writeTimeout = .seconds(1)
        do throws(NetworkError) { try await write(policy.goodbye) } catch {
            reporter.fail(error, connection: number)
        }
    }

    /// Waits, but no longer than that, until the peer's kernel has all that was sent: closing with unread bytes would reset
    /// the connection, and take with it what is still on its way. Fails where a limit of the connection comes before that,
    /// and, where all of it must arrive, where the peer resets the connection first.
    func settle(until end: Deadline? = nil, mustArrive: Bool = false) async throws(NetworkError) {
        try await connection.waitUntilOpen()
        try? connection.closeWrite()
        guard connection.network.isTCP else { return }
        let drain = Netpoller.spawn { [connection] () async -> NetworkError? in
            do throws(NetworkError) {
                while try await connection.discard() != nil {
                    // Under TLS a peer that pours makes no read wait: whoever settles is to see its limit all the same.
                    await Task.yield()
                    if Task.isCancelled { break }
                }
            } catch {
                return error
            }
            return nil
        }
        defer { drain.cancel() }
        var (last, pause) = (Int.max, Duration.milliseconds(2))
        // Where the kernel does not say how it stands, what is on its way gets the time that it may well need.
        let patience = Deadline.now + .seconds(5)
        while let depths = connection.queueDepths, depths.unacknowledged != 0, !Task.isCancelled {
            if end?.hasPassed ?? false { return }
            let state = connection.tcpInfo?.state
            if depths.unacknowledged == nil || state == nil, patience.hasPassed { return }
            if state == .closed {
                guard mustArrive, connection.bytesUnacknowledged ?? 0 > 0 else { return }
                // The kernel says of a reset only once, and here it was who drains that it told.
                drain.cancel()
                let error = await drain.value.flatMap { $0.cause == .cancelled ? nil : $0 }
                throw error ?? names.failure(.write, .system(.connectionReset, call: "write"))
            }
            if ownDeadline?.hasPassed ?? false { fail(names.failure(.write, .timeout)) }
            if let failure { throw failure }
            if hasExpired { return }
            // A peer that takes something is not idle.
            if let queued = depths.unacknowledged {
                if queued < last, policy.keepsTime { lastActivity = .now }
                last = queued
            }
            await Netpoller.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    /// Closes, and reports what the connection had been.
    func close(_ mode: CloseMode, by ending: ConnectionEnding) async {
        let mode = await hasDelivered(mode, ending) ? mode : .reset
        if closeNow(mode, by: ending) { return }
        // Held open until the program is interrupted, which cancels this wait.
        await Netpoller.sleep(until: nil)
        _ = closeNow(.fin, by: ending)
    }

    /// A peer that takes nothing for so long is not to hold us up, and is not to take what it has for all.
    private func hasDelivered(_ mode: CloseMode, _ ending: ConnectionEnding) async -> Bool {
        guard mode == .fin, connection.isSecured, !isCutOff, [.local, .peer].contains(ending) else { return true }
        // What did not go before its time was over is not wanted any more.
        if writeDeadline?.hasPassed ?? false { return !connection.keepsOutput }
        do throws(NetworkError) { try await connection.deliverKept(patience: .seconds(5)) } catch {
            if error.cause == .timeout { reporter.report(FailedEvent(failure(error))) }
            // One that is gone has missed nothing that it would have read.
            return error.cause != .timeout && error.cause != .cancelled
        }
        return true
    }

    /// As `close`, unless the connection is to be held open.
    func closeNow(_ mode: CloseMode, by ending: ConnectionEnding) -> Bool {
        let mode = isCutOff ? .reset : mode
        if mode == .hold, ending != .reset { return false }
        if server == nil { reportFastOpen(isAccepted: false) }
        let close = { [connection] in mode == .reset ? connection.reset() : connection.close() }
        if reporter.isReported(.verbose) { reportClose(by: ending, close) } else { close() }
        // It holds the peer, as the peer holds it.
        pacing = nil
        onStop = nil
        conversation = nil
        server = nil
        return true
    }
}

extension ConnectionEnding {
    /// What an error that ended a connection says of who ended it.
    init(_ error: NetworkError) {
        switch error.cause {
        case .peerEnded:
            self = .peer
            return
        // The connection ended, and TLS on it did not.
        case .tls(let failure) where failure.kind == .cutOff:
            self = .peer
            return
        default: break
        }
        switch error.errno {
        case .connectionReset, .brokenPipe, .connectionAborted, .notConnected:
            self = error.stream == nil ? .reset : .local
        default: self = error.isTimeout ? .timeout : .local
        }
    }
}
