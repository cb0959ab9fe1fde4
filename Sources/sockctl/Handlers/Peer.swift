import SockKit

/// A connection in the hands of a command: its number, what went through it, and how it ended.
@Netpoller
final class Peer {
    let connection: Connection
    /// Counted from 1.
    let number: Int
    let reporter: Reporter
    private let start = Deadline.now
    private let reportsTransfers: Bool
    private(set) var received = 0
    private(set) var sent = 0
    /// We were told to come to an end: a read that times out now is no failure.
    private(set) var isFinishing = false
    /// Its time was over: nothing that goes on puts the end off.
    private var hasExpired = false
    /// It was silent for longer than it may be.
    private(set) var wasIdle = false
    /// When something last came or went; kept only where an idle limit needs it.
    private(set) var lastActivity = Deadline.now
    private let idleTimeout: Duration?

    /// Something that goes on so long after the order to finish is waited for.
    private static let rest = Duration.milliseconds(200)

    init(_ connection: Connection, number: Int, reporter: Reporter, idleTimeout: Duration? = nil) {
        self.idleTimeout = idleTimeout
        self.connection = connection
        self.number = number
        self.reporter = reporter
        reportsTransfers = reporter.isReported(.veryVerbose)
    }

    /// Which connection it is, for reports.
    var ends: Ends { Ends(connection, number: number) }

    /// `reader` says which of several it was, from 1.
    func didRead(_ count: Int, reader: Int? = nil) {
        if received == 0 { reportFirstByte(count) }
        received += count
        if idleTimeout != nil { lastActivity = .now }
        if isFinishing, !hasExpired { connection.readDeadline = .now + Self.rest }
        if reportsTransfers { reportRead(count, reader) }
    }

    func didWrite(_ count: Int) {
        sent += count
        if idleTimeout != nil { lastActivity = .now }
        if reportsTransfers { reportWrite(count) }
    }

    // Never inlined, like all that reports: an event is large, and inlined into a service it would take its room in the
    // frame of every task that serves a peer, for as long as that peer is idle.

    @inline(never)
    private func reportFirstByte(_ count: Int) {
        guard count > 0, connection.network.kind != .datagram else { return }
        reporter.report(.firstByte(ends, .now - start))
    }

    @inline(never)
    private func reportRead(_ count: Int, _ reader: Int?) {
        reporter.report(.read(ends, bytes: count, total: received, reader: reader))
    }

    @inline(never)
    private func reportWrite(_ count: Int) {
        reporter.report(.wrote(ends, bytes: count, total: sent))
    }

    /// A message was longer than what was read of it.
    func wasCut(_ count: Int, of length: Int) {
        reporter.report(.note(.messageCut(bytes: count, length: length)))
    }

    /// Says how much has gone both ways so far, as SIGUSR1 asks.
    func reportProgress() {
        reporter.writeProgressLine(
            "\(Quantity.bytes(received)) received, \(Quantity.bytes(sent)) sent in \(Quantity.duration(.now - start))")
    }

    /// Ends the peer's service when it next comes to a rest: at once if nothing is under way.
    func finish() {
        isFinishing = true
        connection.readDeadline = .now + Self.rest
    }

    /// Ends the peer's service now, whatever it is doing.
    func expire() {
        isFinishing = true
        hasExpired = true
        connection.setDeadline(.past)
    }

    /// Waits until the peer has been idle for longer than it may be, and ends its service then.
    func watchIdleness() async {
        guard let idleTimeout else { return }
        while true {
            let end = lastActivity + idleTimeout
            if end.hasPassed { break }
            guard await Netpoller.sleep(until: end) else { return }
        }
        wasIdle = true
        connection.setDeadline(.past)
    }

    /// Reports the silence, and closes.
    func endIdle() async -> ExitStatus {
        reporter.report(.failed(connection.idleError(after: idleTimeout ?? .zero)))
        await close(.fin, by: .timeout)
        return .timedOut
    }

    /// Closes, and reports what the connection had been.
    func close(_ mode: CloseMode, by ending: Event.Ending) async {
        if mode == .hold, ending != .reset {
            // Held open until the program is interrupted, which cancels this wait.
            await Netpoller.sleep(until: nil)
        }
        if reporter.isReported(.verbose) { reportClose(by: ending) }
        if mode == .reset { connection.reset() } else { connection.close() }
    }

    @inline(never)
    private func reportClose(by ending: Event.Ending) {
        let unacknowledged = connection.network.isTCP ? connection.queueDepths?.unacknowledged : nil
        reporter.report(
            .closed(
                ends,
                Closing(
                    by: ending, duration: .now - start, received: received, sent: sent,
                    unacknowledged: unacknowledged, tcp: connection.tcpInfo)))
    }
}

extension Event.Ending {
    /// What an error that ended a connection says of who ended it.
    init(_ error: NetworkError) {
        switch error.errno {
        case .connectionReset, .brokenPipe, .connectionAborted: self = .reset
        default: self = error.isTimeout ? .timeout : .local
        }
    }
}
