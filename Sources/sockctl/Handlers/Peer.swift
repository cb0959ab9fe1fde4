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

    init(_ connection: Connection, number: Int, reporter: Reporter) {
        self.connection = connection
        self.number = number
        self.reporter = reporter
        reportsTransfers = reporter.isReported(.veryVerbose)
    }

    /// Which connection it is, for reports.
    var ends: Ends { Ends(connection, number: number) }

    func didRead(_ count: Int) {
        if received == 0, count > 0, connection.network.kind != .datagram {
            reporter.report(.firstByte(ends, .now - start))
        }
        received += count
        if reportsTransfers { reportRead(count) }
    }

    func didWrite(_ count: Int) {
        sent += count
        if reportsTransfers { reportWrite(count) }
    }

    // Never inlined, like all that reports: an event is large, and inlined into a service it would take its room in the
    // frame of every task that serves a peer, for as long as that peer is idle.

    @inline(never)
    private func reportRead(_ count: Int) {
        reporter.report(.read(ends, bytes: count, total: received))
    }

    @inline(never)
    private func reportWrite(_ count: Int) {
        reporter.report(.wrote(ends, bytes: count, total: sent))
    }

    /// Says how much has gone both ways so far, as SIGUSR1 asks.
    func reportProgress() {
        reporter.writeProgressLine(
            "\(Quantity.bytes(received)) received, \(Quantity.bytes(sent)) sent in \(Quantity.duration(.now - start))")
    }

    /// Ends the peer's service at its next read, after what it is writing.
    func finish() {
        isFinishing = true
        connection.readDeadline = .past
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
