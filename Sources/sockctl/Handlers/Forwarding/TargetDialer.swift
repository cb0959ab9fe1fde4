import SockKit

/// Connects to one of a forwarder's targets.
@Netpoller
struct TargetDialer {
    let targets: TargetList
    let dialer: Dialer
    /// One for all of them: it knows what it has learnt of the proxies.
    let proxies: ProxyDialer
    /// TLS with the targets; nil is none.
    let security: TargetSecurity?
    let persistence: PersistenceArguments
    let reporter: Reporter

    /// A connection, and whose it is. A target that cannot be reached is passed over; if none can, it is tried again as
    /// often as that was asked for. `words` are said in clear before anything else, TLS as well. `lost` is what became of the
    /// first one already: it is not met twice.
    func connect(
        for number: Int, trying first: [ForwardTarget]? = nil, saying words: [UInt8] = [],
        after lost: NetworkError? = nil
    ) async throws(NetworkError) -> (Connection, ForwardTarget) {
        var (first, lost) = (first, lost)
        guard persistence.retries != nil else {
            return try await connectOnce(for: number, trying: first ?? targets.order(), words, after: lost)
        }
        let attempts = Persistence(persistence, output: nil, reporter)
        var reached: ForwardTarget?
        let connection = try await attempts.connect { () async throws(NetworkError) in
            let order = first.take() ?? targets.order()
            let (connection, target) = try await connectOnce(for: number, trying: order, words, after: lost.take())
            reached = target
            return connection
        }
        guard let reached else { preconditionFailure("a connection has its target") }
        return (connection, reached)
    }

    /// A connection to the first of these to which `words` have been said, where nothing has to be waited for: most targets are
    /// on the same machine. Throws if it was met and is lost again.
    func connectNow(
        trying order: [ForwardTarget], saying words: [UInt8]
    ) throws(NetworkError) -> (Connection, ForwardTarget)? {
        guard security == nil, let target = order.first, let place = target.localEndpoint,
            !reporter.isReported(.veryVerbose),
            proxies.isDirect(to: target.destination, target.network), !leadsBack(target)
        else { return nil }
        do throws(NetworkError) {
            guard let connection = try dialer.dialNow(target.network, to: place), try sayNow(words, to: connection)
            else { return nil }
            noteReached(target)
            return (connection, target)
        } catch {
            // Anything else is found out, and told, by whoever tries it with all the time that there is.
            guard error.errno == .connectionReset || error.errno == .brokenPipe else { return nil }
            throw error
        }
    }

    /// False where that would have to wait; the connection is of no use then.
    private func sayNow(_ words: [UInt8], to target: Connection) throws(NetworkError) -> Bool {
        if words.isEmpty { return true }
        let gone: Int
        do throws(NetworkError) { gone = try target.writeNow(words.span) } catch {
            target.reset()
            throw error
        }
        if gone == words.count { return true }
        target.reset()
        return false
    }

    private func noteReached(_ target: ForwardTarget) {
        if target.wasReached() { reporter.report(TargetUpEvent(target: target.name)) }
    }

    private func connectOnce(
        for number: Int, trying order: [ForwardTarget], _ words: [UInt8], after lost: NetworkError?
    ) async throws(NetworkError) -> (Connection, ForwardTarget) {
        var (firstError, lost) = (NetworkError?.none, lost)
        for target in order {
            do throws(NetworkError) {
                if let error = lost.take() { throw error }
                let connection = try await dial(target, for: number)
                try await say(words, to: connection)
                if let security { try await security.secure(connection, to: target.destination, number: number) }
                noteReached(target)
                return (connection, target)
            } catch {
                if error.cause == .cancelled { throw error }
                if firstError == nil { firstError = error }
                passOver(target, error)
            }
        }
        throw firstError ?? NetworkError(.dial, network: nil, cause: .cancelled)
    }

    private func say(_ words: [UInt8], to target: Connection) async throws(NetworkError) {
        guard !words.isEmpty else { return }
        do throws(NetworkError) { try await target.write(words) } catch {
            target.reset()
            throw error
        }
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
        if isDirect, leadsBack(target) { throw circle(target) }
        let connection = try await dial(target, for: number, tells: isDirect ? .veryVerbose : .verbose)
        guard isDirect, let listening = targets.listening,
            listening.isReached(at: connection.remoteEndpoint, from: connection.localEndpoint.address)
        else { return connection }
        connection.reset()
        target.leadsBack = true
        throw circle(target)
    }

    /// Whether a target is known to be the forwarder itself.
    private func leadsBack(_ target: ForwardTarget) -> Bool {
        if target.leadsBack { return true }
        guard let listening = targets.listening, let place = target.localEndpoint else { return false }
        return listening.isReached(at: place, from: nil)
    }

    private func circle(_ target: ForwardTarget) -> NetworkError {
        NetworkError(
            .dial, network: target.network, remote: target.localEndpoint ?? targets.listening,
            cause: .invalid("the target is what is listened on, and every connection would come back"))
    }

    private func dial(
        _ target: ForwardTarget, for number: Int, tells level: EventLevel
    ) async throws(NetworkError) -> Connection {
        guard reporter.isReported(level) else {
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
