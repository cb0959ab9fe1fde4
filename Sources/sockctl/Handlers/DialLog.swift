import SockKit

/// Keeps what a dial told of itself, to be reported with the connection.
@Netpoller
final class DialLog {
    private let network: Network
    private let reporter: Reporter
    private let start = Deadline.now
    private var resolveTime: Duration?
    private var attempt = 1
    private var failed: AttemptFailedEvent?

    init(_ network: Network, _ reporter: Reporter) {
        self.network = network
        self.reporter = reporter
    }

    func take(_ event: DialEvent) {
        switch event {
        case .resolved(let host, let addresses, let time):
            resolveTime = time
            reporter.report(ResolvedEvent(host: host, addresses: addresses, time: time))
        case .connecting(let remote, let attempt):
            // Another attempt follows: only then is the failure of the last one not the whole dial's.
            if let failed { reporter.report(failed) }
            failed = nil
            reporter.report(ConnectingEvent(ends: Ends(network, remote: remote), attempt: attempt))
        case .attemptFailed(let error, let attempt):
            if error.cause != .cancelled { failed = AttemptFailedEvent(failure: Failure(error), attempt: attempt) }
        case .connected(_, let attempt, _):
            if let failed { reporter.report(failed) }
            self.attempt = attempt
        }
    }

    /// Says which attempt won; the connection has this number.
    func report(_ connection: Connection, number: Int) {
        let total = Deadline.now - start
        reporter.report(
            ConnectedEvent(
                ends: Ends(connection, number: number), attempt: attempt, resolve: resolveTime,
                connect: total - (resolveTime ?? .zero)))
    }
}
