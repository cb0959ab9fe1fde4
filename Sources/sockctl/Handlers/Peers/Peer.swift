import SockKit

/// A connection in the hands of a command: its number, what went through it, and how it ended.
@Netpoller
final class Peer {
    let connection: Connection
    /// Counted from 1.
    let number: Int
    let reporter: Reporter
    let conduct: Conduct
    /// Where reads and writes are to be slow, small or few; without it the connection is used as it is.
    let paced: PacedConnection?
    let start = Deadline.now
    private let reportsTransfers: Bool
    private let reportsMessages: Bool
    private(set) var received = 0
    private(set) var sent = 0
    /// Whole messages that came; nil where nobody tells them apart.
    private(set) var messages: Int?
    /// We were told to come to an end: a read that times out now is no failure.
    private(set) var isFinishing = false
    /// Its time was over: nothing that goes on puts the end off.
    private var hasExpired = false
    /// It was silent for longer than it may be.
    private(set) var wasIdle = false
    /// When something last came or went; kept only where it matters.
    private(set) var lastActivity = Deadline.now
    /// A failure that another task than the peer's own met.
    private(set) var failure: NetworkError?
    private var timeouts = 0
    /// When something came and went, for those who want to know; nil where nobody does.
    var clock: PeerClock?

    /// Something that goes on so long after the order to finish is waited for.
    private static let rest = Duration.milliseconds(200)

    init(_ connection: Connection, number: Int, reporter: Reporter, conduct: Conduct = Conduct()) {
        self.connection = connection
        self.number = number
        self.reporter = reporter
        self.conduct = conduct
        let isFree = conduct.pace.readsFreely && conduct.pace.writesFreely
        paced = isFree ? nil : PacedConnection(connection, conduct.pace)
        reportsTransfers = reporter.isReported(.transfer)
        reportsMessages = reporter.isReported(.verbose)
        conduct.begin(connection)
    }

    /// Which connection it is, for reports.
    var ends: Ends { Ends(connection, number: number) }

    // MARK: - Transfers

    /// One read, as the pace has it; an empty chunk is the end. It goes on after as many time-outs as it may.
    ///
    /// `reader` says which of several it is, from 1.
    func readChunk(reader: Int? = nil) async throws(NetworkError) -> Chunk {
        while true {
            do throws(NetworkError) {
                let chunk: Chunk
                if let paced { chunk = try await paced.readChunk() } else { chunk = try await connection.readChunk() }
                didRead(chunk.count, reader: reader)
                return chunk
            } catch {
                guard goesOn(after: error) else { throw error }
            }
            await Task.yield()
        }
    }

    /// Writes all the bytes, as the pace has it.
    func write(_ bytes: [UInt8]) async throws(NetworkError) {
        try await write(bytes.span)
    }

    func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        if let paced { return try await paced.write(bytes) { count in didWrite(count) } }
        do throws(NetworkError) { try await connection.write(bytes) } catch {
            didWrite(error.bytesTransferred)
            throw error
        }
        didWrite(bytes.count)
    }

    func didRead(_ count: Int, reader: Int? = nil) {
        if count == 0 { return }
        if received == 0 { reportFirstByte() }
        received += count
        clock?.noteReceived()
        if conduct.keepsTime { renew() }
        if isFinishing, !hasExpired { connection.readDeadline = .now + Self.rest }
        if reportsTransfers { reportRead(count, reader) }
    }

    func didWrite(_ count: Int) {
        if count == 0 { return }
        sent += count
        clock?.noteSent()
        if conduct.keepsTime { renew() }
        if reportsTransfers { reportWrite(count) }
    }

    /// A whole message came, the `index`-th.
    func didReceiveMessage(_ index: Int, bytes: Int) {
        messages = index
        if reportsMessages { reportMessage(index, bytes) }
    }

    /// A message was longer than what was read of it.
    func wasCut(_ count: Int, of length: Int) {
        reporter.report(MessageCutEvent(bytes: count, length: length))
    }

    // MARK: - Limits

    private func renew() {
        if wasIdle { return }
        let now = Deadline.now
        let silence = now - lastActivity
        lastActivity = now
        guard let limit = conduct.idleTimeout, reporter.isReported(.verbose) else { return }
        reportKeepAlive(silence, limit)
    }

    /// Whether the service goes on after a failure, which is reported then.
    func goesOn(after error: NetworkError) -> Bool {
        guard error.cause == .timeout, error.operation == .read, !isFinishing, !wasIdle, failure == nil,
            timeouts < conduct.keepGoing
        else { return false }
        timeouts += 1
        var failure = failure(error)
        failure.goesOn = Failure.GoingOn(number: timeouts, of: conduct.keepGoing)
        reporter.report(FailedEvent(failure))
        lastActivity = .now
        return true
    }

    /// An error with what is known of the connection at this moment.
    @inline(never)
    func failure(_ error: NetworkError) -> Failure {
        var failure = Failure(error, connection: number)
        let depths = connection.queueDepths
        if error.operation == .read, error.cause == .timeout {
            if conduct.keepsTime { failure.waited = .now - lastActivity }
            failure.unread = depths?.received
        }
        if error.operation == .write { failure.unacknowledged = connection.bytesUnacknowledged }
        return failure
    }

    /// Ends the peer's service when it next comes to a rest: at once if nothing is under way.
    func finish() {
        isFinishing = true
        connection.readTimeout = nil
        connection.readDeadline = .now + Self.rest
        paced?.hurry()
    }

    /// Ends the peer's service now, whatever it is doing.
    func expire() {
        isFinishing = true
        hasExpired = true
        connection.expire()
        paced?.hurry()
    }

    /// Ends the peer's service for a failure that another task met.
    func fail(_ error: NetworkError) {
        failure = error
        connection.expire()
        paced?.hurry()
    }

    /// Waits until the peer has been idle for longer than it may be, and ends its service then.
    func watchIdleness() async {
        guard let limit = conduct.idleTimeout else { return }
        while true {
            let end = lastActivity + limit
            if end.hasPassed { break }
            guard await Netpoller.sleep(until: end) else { return }
        }
        wasIdle = true
        connection.expire()
        paced?.hurry()
    }

    // MARK: - The end

    /// Reports the silence, says goodbye, and closes.
    func endIdle() async -> ExitStatus {
        reporter.report(FailedEvent(idleFailure))
        await sayGoodbye()
        await close(.fin, by: .timeout)
        return .timedOut
    }

    /// The silence that was too long, and what cannot be said to the peer any more.
    var idleFailure: Failure {
        let reason = "nothing came or went for \(Quantity.duration(conduct.idleTimeout ?? .zero))"
        let isMute = connection.saidEnd && !conduct.goodbye.isEmpty
        var failure = connection.readFailure(
            "timeout", isMute ? reason + "; this side had ended already, so the goodbye was not said" : reason)
        failure.connection = number
        return failure
    }

    /// Writes the last words to a peer that was idle for too long. One that does not even read does not hold us up.
    func sayGoodbye() async {
        wasIdle = true
        guard !conduct.goodbye.isEmpty, !connection.saidEnd else { return }
        connection.setDeadline(nil)
        connection.writeTimeout = .seconds(1)
        do throws(NetworkError) {
            try await connection.write(conduct.goodbye)
            didWrite(conduct.goodbye.count)
        } catch {
            reporter.fail(error, connection: number)
        }
    }

    /// Closes, and reports what the connection had been.
    func close(_ mode: CloseMode, by ending: ConnectionEnding) async {
        if mode == .hold, ending != .reset {
            // Held open until the program is interrupted, which cancels this wait.
            await Netpoller.sleep(until: nil)
        }
        if reporter.isReported(.verbose) { reportClose(by: ending) }
        if mode == .reset { connection.reset() } else { connection.close() }
    }
}

extension ConnectionEnding {
    /// What an error that ended a connection says of who ended it.
    init(_ error: NetworkError) {
        switch error.errno {
        case .connectionReset, .brokenPipe, .connectionAborted: self = .reset
        default: self = error.isTimeout ? .timeout : .local
        }
    }
}
