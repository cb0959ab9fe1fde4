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
    /// The attempt that won, and when.
    private var won: (connection: Connection, at: Deadline)?
    private var isTold = false
    private let number: Int?

    /// Of the dial for the connection of this number; that is only needed where proxies may be passed.
    init(_ network: Network, _ reporter: Reporter, number: Int? = nil) {
        self.network = network
        self.reporter = reporter
        self.number = number
    }

    func take(_ event: DialEvent) {
        switch event {
        case .resolved(let host, let addresses, let time):
            // Behind a proxy there may be two: its own name, and the one that it is asked for.
            resolveTime = (resolveTime ?? .zero) + time
            reporter.report(ResolvedEvent(host: host, addresses: addresses, time: time))
        case .connecting(let remote, let attempt):
            // Another attempt follows: only then is the failure of the last one not the whole dial's.
            if let failed { reporter.report(failed) }
            failed = nil
            reporter.report(ConnectingEvent(ends: Ends(network, remote: remote), attempt: attempt))
        case .attemptFailed(let error, let attempt):
            if error.cause != .cancelled { failed = AttemptFailedEvent(failure: Failure(error), attempt: attempt) }
        case .connected(let connection, let attempt, _):
            if let failed { reporter.report(failed) }
            failed = nil
            self.attempt = attempt
            (won, isTold) = ((connection, .now), false)
        case .proxied(let proxy, let target, let time):
            let ends = won.map { Ends($0.connection, number: number) } ?? Ends(network)
            reportConnected(number)
            reporter.report(ProxiedEvent(ends: ends, proxy: proxy, target: target, time: time))
        }
    }

    /// Says which attempt won, unless that has been said; the connection has this number.
    func report(_ connection: Connection, number: Int) {
        reportConnected(number)
    }

    /// Of a connection to a proxy it is said as soon as that has connected on.
    private func reportConnected(_ number: Int?) {
        guard let (connection, moment) = won, !isTold else { return }
        isTold = true
        reporter.report(
            ConnectedEvent(
                ends: Ends(connection, number: number), attempt: attempt, resolve: resolveTime,
                connect: moment - start - (resolveTime ?? .zero)))
    }
}
