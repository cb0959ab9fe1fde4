import SockKit

/// Connects to one of a forwarder's targets.
@Netpoller
struct TargetDialer {
    let targets: TargetList
    let dialer: Dialer
    /// One for all of them: it knows what it has learnt of the proxies.
    let proxies: ProxyDialer
    let persistence: PersistenceArguments
    let reporter: Reporter

    /// A connection, and whose it is. A target that cannot be reached is passed over; if none can, it is tried again as
    /// often as that was asked for.
    func connect(for number: Int) async throws(NetworkError) -> (Connection, ForwardTarget) {
        guard persistence.retries != nil else { return try await connectOnce(for: number) }
        let attempts = Persistence(persistence, output: nil, reporter)
        var reached: ForwardTarget?
        let connection = try await attempts.connect { () async throws(NetworkError) in
            let (connection, target) = try await connectOnce(for: number)
            reached = target
            return connection
        }
        guard let reached else { preconditionFailure("a connection has its target") }
        return (connection, reached)
    }

    private func connectOnce(for number: Int) async throws(NetworkError) -> (Connection, ForwardTarget) {
        var firstError: NetworkError?
        for target in targets.order() {
            do throws(NetworkError) {
                let connection = try await dial(target, for: number)
                if target.wasReached() { reporter.report(TargetUpEvent(target: target.name)) }
                return (connection, target)
            } catch {
                if error.cause == .cancelled { throw error }
                if firstError == nil { firstError = error }
                passOver(target, error)
            }
        }
        throw firstError ?? NetworkError(.dial, network: nil, cause: .cancelled)
    }

    /// The only one there is needs no rest: nobody is tried in its place.
    private func passOver(_ target: ForwardTarget, _ error: NetworkError) {
        guard targets.count > 1 else { return }
        let wasUp = target.isUp
        let pause = target.rest()
        if wasUp { reporter.report(TargetDownEvent(target: target.name, pause: pause, failure: Failure(error))) }
    }

    private func dial(_ target: ForwardTarget, for number: Int) async throws(NetworkError) -> Connection {
        // What it took to connect is told to who asks for all of it; proxies are told of as anywhere.
        let isDirect = proxies.isDirect(to: target.destination, target.network)
        guard reporter.isReported(isDirect ? .veryVerbose : .verbose) else {
            return try await proxies.dial(target.network, to: target.destination, with: dialer)
        }
        let log = DialLog(target.network, reporter, number: number)
        var dialer = dialer
        dialer.onEvent = { event in log.take(event) }
        let connection = try await proxies.dial(target.network, to: target.destination, with: dialer)
        log.report(connection, number: number)
        return connection
    }
}
