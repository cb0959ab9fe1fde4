import SockKit

/// How a peer's service came to its end.
enum ServiceOutcome {
    case ended(ExitStatus)
    /// The connection is gone, and another is wanted.
    case lost(NetworkError)
    /// Nothing is under way: the service goes on when the peer has said something.
    case rests

    var status: ExitStatus {
        switch self {
        case .ended(let status): status
        case .lost(let error): ExitStatus(of: error)
        case .rests: .success
        }
    }
}

/// The one life that every peer has: it is served within its limits, what it ended with is reported, and it is closed.
extension Service {
    @Netpoller @discardableResult
    func run(on peer: Peer) async -> ServiceOutcome {
        let policy = peer.policy
        let watch = policy.idleTimeout.map { _ in Netpoller.spawn { await peer.watchIdleness() } }
        let lifetime = policy.lifetime.map { span in
            Netpoller.spawn { if await Netpoller.sleep(for: span) { peer.expire() } }
        }
        defer {
            watch?.cancel()
            lifetime?.cancel()
        }
        do throws(NetworkError) {
            let end = try await serve(peer)
            if end.isRest { return .rests }
            try await peer.connection.waitUntilOpen()
            peer.isOver = true
            // A copy may have failed in the last moment. Silence that was too long until then was not too long for it.
            if let failure = peer.failure, failure.stream != nil { throw failure }
            await peer.close(policy.close, by: end.by)
            return .ended(end.status)
        } catch {
            return await conclude(peer, peer.failure ?? error)
        }
    }

    @Netpoller @inline(never)
    private func conclude(_ peer: Peer, _ error: NetworkError) async -> ServiceOutcome {
        peer.isOver = true
        // Whoever was told to end did no wrong.
        if peer.isFinishing || error.cause == .cancelled {
            accountForRest(peer)
            guard peer.hasExpired, let what = missing(of: peer) else {
                await peer.close(.fin, by: .local)
                return .ended(.success)
            }
            let late = peer.names.failure(.read, .noAnswer("the connection's time was over \(what)"))
            peer.reporter.report(FailedEvent(peer.failure(late)))
            await peer.close(.fin, by: .timeout)
            return .ended(.timedOut)
        }
        if await wantsAnother(after: error, peer) {
            await peer.close(peer.policy.close, by: ConnectionEnding(error))
            return .lost(error)
        }
        peer.reporter.report(FailedEvent(peer.failure(error)))
        account(for: error, peer)
        if peer.wasIdle { await peer.sayGoodbye() }
        await peer.close(peer.wasIdle ? .fin : peer.policy.close, by: ConnectionEnding(error))
        return .ended(ExitStatus(of: error))
    }
}
