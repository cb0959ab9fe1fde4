import SockKit

/// The limits of a connection, and how its service is ended by them.
extension Peer {
    /// Something that goes on so long after the order to finish is waited for.
    private static let rest = Duration.milliseconds(200)

    /// It was silent for longer than it may be.
    var wasIdle: Bool {
        if case .idle = failure?.cause { true } else { false }
    }

    @inline(never)
    func renew() {
        if failure != nil { return }
        let now = Deadline.now
        let silence = now - lastActivity
        lastActivity = now
        guard let limit = policy.idleTimeout, reporter.isReported(.verbose) else { return }
        reportKeepAlive(silence, limit)
    }

    /// A service that knows what is under way has deadlines of its own.
    func restForAWhile() { if conversation == nil { connection.readDeadline = .now + Self.rest } }

    /// Whether the service goes on after a failure, which is reported then.
    @inline(never)
    func goesOn(after error: NetworkError) -> Bool {
        guard error.cause == .timeout, error.operation == .read, !isFinishing, failure == nil,
            timeouts < policy.keepGoing
        else { return false }
        timeouts += 1
        var failure = failure(error)
        failure.goesOn = Failure.GoingOn(number: timeouts, of: policy.keepGoing)
        reporter.report(FailedEvent(failure))
        lastActivity = .now
        return true
    }

    // MARK: - Ending the service

    /// Ends the peer's service when it next comes to a rest: at once if nothing is under way.
    func finish() {
        isFinishing = true
        if let conversation { return conversation.finish() }
        connection.readTimeout = nil
        restForAWhile()
        pacing?.hurry()
    }

    /// Ends the peer's service now, whatever it is doing.
    func expire() {
        isFinishing = true
        hasExpired = true
        conversation?.finish()
        stop()
    }

    /// Ends the peer's service now, with a reset: what it has not taken is not kept by the kernel either.
    func cutOff() {
        isCutOff = true
        expire()
    }

    /// How long a peer that is written to slowly on purpose may take nothing; nil for every other.
    var slowness: Duration? {
        let pace = policy.pace
        guard pacing != nil, !pace.writesFreely else { return nil }
        // Of a stream a slice goes at least every second, and a message goes whole.
        let unit = connection.network.kind == .stream ? 1 : 64 * 1024
        let span = pace.rate.map { Duration.seconds(Double(unit) / Double($0)) } ?? .zero
        return .seconds(2) + pace.writeDelay + pace.lineDelay + span
    }

    /// Ends the peer's service for a failure that another task met; false where that is not going to be told, since another
    /// came first, or the service is over.
    @discardableResult
    func fail(_ error: NetworkError) -> Bool {
        guard failure == nil, !isFinishing, !isOver else { return false }
        failure = error
        stop()
        return true
    }

    private func stop() {
        connection.expire()
        pacing?.hurry()
        onStop?()
    }

    /// Waits until the peer has been idle for longer than it may be, and ends its service then.
    func watchIdleness() async {
        guard let limit = policy.idleTimeout else { return }
        while true {
            let end = conversation?.idleEnd ?? lastActivity + limit
            if end.hasPassed { break }
            guard await Netpoller.sleep(until: end) else { return }
        }
        fail(idleError)
    }

    /// What ended a rest that nothing else did.
    func endOfRest() -> NetworkError {
        if let limit = policy.idleTimeout, (lastActivity + limit).hasPassed { fail(idleError) }
        return failure ?? names.failure(.read, .timeout)
    }

    /// The silence that was too long, and what cannot be said to the peer any more.
    var idleError: NetworkError {
        let reason = "nothing came or went for \(Quantity.duration(policy.idleTimeout ?? .zero))"
        let isMute = connection.saidEnd && !policy.goodbye.isEmpty
        return names.failure(
            .read, .idle(isMute ? reason + "; this side had ended already, so the goodbye was not said" : reason))
    }
}
