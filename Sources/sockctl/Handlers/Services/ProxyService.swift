import SockKit

/// A proxy: leads each peer where it asks to be led, by SOCKS4, 4a, 5 or HTTP.
@Netpoller
final class ProxyService: Service {
    struct Limits: Sendable {
        /// From the accept until the client has said where it wants to go.
        var handshake = Duration.seconds(10)
        /// To look up and reach a destination.
        var dial = Duration.seconds(30)
        /// Until the one comes that a BIND waits for.
        var bind = Duration.seconds(60)
    }

    private let authentication: ProxyAuthentication?
    private let targets: DestinationDialer
    private let limits = Limits()
    private let reporter: Reporter

    /// So long a client that was refused has to take the answer.
    private static let patience = Duration.seconds(1)

    init(_ authentication: ProxyAuthentication?, _ targets: DestinationDialer, _ reporter: Reporter) {
        self.authentication = authentication
        self.targets = targets
        self.reporter = reporter
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        // One that rested is woken by the end of what it was joined to.
        if let pair = peer.conversation as? ForwardedPair { return try await pair.end(peer) }
        switch try await receive(peer) {
        case .ended: return .byPeer
        case .turnedAway(let reason):
            reporter.report(PeerRefusedEvent(ends: peer.ends, reason: reason))
            try await peer.settle(until: .now + Self.patience)
            return .byUs
        case .wish(let wish):
            do throws(ProxyFailure) {
                return try await fulfil(wish, for: peer)
            } catch {
                switch error {
                case .network(let error): throw error
                case .refusal(let refusal): return try await refuse(peer, wish.language, refusal)
                }
            }
        }
    }

    private func fulfil(_ wish: ProxyWish, for peer: Peer) async throws(ProxyFailure) -> ServiceEnd {
        switch wish.kind {
        case .connect: return try await connect(peer, wish)
        case .bind: return try await bind(peer, wish)
        case .associate: return try await associate(peer, wish)
        case .request(let parser): return try await pass(parser, of: peer, wish)
        case .other(let command):
            throw .refusal(
                TargetRefusal(.unsupported, "it asks for \(command), which is not done over \(wish.language.name)"))
        }
    }

    // MARK: - The handshake

    private func receive(_ peer: Peer) async throws(NetworkError) -> ProxyReception.Outcome {
        let end = peer.start + limits.handshake
        let before = (read: peer.readDeadline, write: peer.writeDeadline)
        peer.readDeadline = min(before.read ?? .never, end)
        peer.writeDeadline = min(before.write ?? .never, end)
        do throws(NetworkError) {
            let outcome = try await ProxyReception(peer.connection, through: peer.stream, authentication).run()
            restore(peer, before)
            return outcome
        } catch {
            restore(peer, before)
            if error.cause == .timeout, end.hasPassed {
                let span = Quantity.duration(limits.handshake)
                throw peer.names.failure(.read, .noAnswer("no whole request came within \(span)"))
            }
            // It has been told what is wrong with what it said, and is to read that.
            if case .message = error.cause { try await peer.settle(until: .now + Self.patience) }
            throw error
        }
    }

    /// The deadlines from before, unless the peer was told to end meanwhile.
    private func restore(_ peer: Peer, _ deadlines: (read: Deadline?, write: Deadline?)) {
        guard !peer.isFinishing, peer.failure == nil else { return }
        peer.readDeadline = deadlines.read
        peer.writeDeadline = deadlines.write
    }

    private func refuse(
        _ peer: Peer, _ language: ProxyWish.Language, _ refusal: TargetRefusal
    ) async throws(NetworkError) -> ServiceEnd {
        if refusal.error?.cause == .cancelled {
            if peer.isFinishing || Task.isCancelled { throw peer.names.failure(.read, .cancelled) }
            return ServiceEnd(by: .reset)
        }
        report(refusal, peer)
        try? await peer.stream.write(ProxyAnswer.refused(language, refusal))
        try await peer.settle(until: .now + Self.patience)
        return .byUs
    }

    @inline(never)
    private func report(_ refusal: TargetRefusal, _ peer: Peer) {
        guard let error = refusal.error else {
            return reporter.report(PeerRefusedEvent(ends: peer.ends, reason: refusal.description))
        }
        var failure = Failure(error, connection: peer.number)
        // Which destination it was, the message says; whose wish it was, only these tell.
        let ends = peer.ends
        (failure.network, failure.local, failure.remote) = (ends.network, ends.local, ends.remote)
        failure.hint = nil
        reporter.report(FailedEvent(failure))
    }

    // MARK: - CONNECT

    private func connect(_ peer: Peer, _ wish: ProxyWish) async throws(ProxyFailure) -> ServiceEnd {
        let start = Deadline.now
        let target = try await dial(peer, wish.destination)
        return try await join(peer, target, wish, tells: target.localEndpoint, after: .now - start)
    }

    /// Reaches a destination, unless the peer goes away meanwhile.
    private func dial(_ peer: Peer, _ destination: SOCKSDestination) async throws(ProxyFailure) -> Connection {
        let targets = targets
        let task = Netpoller.spawn { () -> Result<Connection, TargetRefusal> in
            do throws(TargetRefusal) { return .success(try await targets.dial(destination)) } catch {
                return .failure(error)
            }
        }
        peer.onStop = { task.cancel() }
        let watch = Netpoller.spawn {
            if (try? await peer.connection.waitUntilGone()) != nil { task.cancel() }
        }
        defer {
            watch.cancel()
            peer.onStop = nil
        }
        switch await Netpoller.join(task) {
        case .success(let connection): return connection
        case .failure(let refusal): throw .refusal(refusal)
        }
    }

    /// Tells the peer that it is led there, and leads it; `end` is the one that it is told of.
    private func join(
        _ peer: Peer, _ target: Connection, _ wish: ProxyWish, tells end: Endpoint, after time: Duration
    ) async throws(ProxyFailure) -> ServiceEnd {
        do throws(NetworkError) {
            try await peer.stream.write(ProxyAnswer.granted(wish.language, end))
            let pair = ForwardedPair.join(
                peer, as: peer.stream, target, name: wish.destination.description, after: time)
            if peer.policy.lifetime == nil { return .rest }
            _ = await pair.junction.wait()
            return try await pair.end(peer)
        } catch {
            target.close()
            throw .network(error)
        }
    }

    // MARK: - BIND and UDP ASSOCIATE

    private func bind(_ peer: Peer, _ wish: ProxyWish) async throws(ProxyFailure) -> ServiceEnd {
        let near = try address(peer, wish)
        let wait = try await refusing { () async throws(TargetRefusal) in
            try await BindWait(for: wish.destination, near: near, targets)
        }
        wait.onStranger = { [reporter] stranger, reason in
            reporter.report(PeerRefusedEvent(ends: Ends(stranger, number: nil), reason: reason))
        }
        try await send(ProxyAnswer.granted(wish.language, wait.endpoint), to: peer)
        let start = Deadline.now
        peer.onStop = { wait.close() }
        let watch = Netpoller.spawn {
            if (try? await peer.connection.waitUntilGone()) != nil { wait.close() }
        }
        defer { watch.cancel() }
        let span = limits.bind
        let other = try await refusing { () async throws(TargetRefusal) in try await wait.accept(within: span) }
        watch.cancel()
        return try await join(peer, other, wish, tells: other.remoteEndpoint, after: .now - start)
    }

    private func associate(_ peer: Peer, _ wish: ProxyWish) async throws(ProxyFailure) -> ServiceEnd {
        let near = try address(peer, wish)
        guard let client = peer.connection.remoteEndpoint.address else { return .byUs }
        let association = try await refusing { () async throws(TargetRefusal) in
            try await DatagramAssociation(of: client, announcing: wish.destination, at: near, targets)
        }
        association.onRefusal = { self.report($0, peer) }
        if peer.policy.keepsTime { association.onMove = { peer.renew() } }
        let task = Netpoller.spawn { await association.run() }
        defer {
            association.close()
            task.cancel()
        }
        try await send(ProxyAnswer.granted(wish.language, association.endpoint), to: peer)
        do throws(NetworkError) {
            // The association lasts as long as this connection does.
            while try await peer.stream.discard() != nil { await Task.yield() }
        } catch {
            throw .network(error)
        }
        return .byPeer
    }

    /// The address by which the peer reached us.
    private func address(_ peer: Peer, _ wish: ProxyWish) throws(ProxyFailure) -> IPAddress {
        guard let address = peer.connection.localEndpoint.address else {
            throw .refusal(
                TargetRefusal(.unsupported, "it came over \(peer.connection.network), where nothing else can"))
        }
        return address.unmapped
    }

    private func refusing<Value>(
        _ body: () async throws(TargetRefusal) -> Value
    ) async throws(ProxyFailure) -> Value {
        do throws(TargetRefusal) { return try await body() } catch { throw .refusal(error) }
    }

    // MARK: - Requests of HTTP

    private func pass(
        _ parser: RequestParser, of peer: Peer, _ wish: ProxyWish
    ) async throws(ProxyFailure) -> ServiceEnd {
        let start = Deadline.now
        let target = try await dial(peer, wish.destination)
        defer { target.close() }
        report(target, of: peer, after: .now - start)
        let exchange = PassedExchange(peer.stream, target, parser)
        do throws(NetworkError) { try await exchange.run() } catch {
            guard error.remote == target.remoteEndpoint, peer.failure == nil, !peer.isFinishing else {
                throw .network(error)
            }
            guard exchange.hasAnswered else { throw .refusal(TargetRefusal(error)) }
            // The client is to see that what it has is not all.
            peer.isCutOff = true
            throw .network(error)
        }
        do throws(NetworkError) { try await peer.settle(until: .now + Self.patience) } catch { throw .network(error) }
        return .byUs
    }

    @inline(never)
    private func report(_ target: Connection, of peer: Peer, after time: Duration) {
        guard reporter.isReported(.verbose) else { return }
        reporter.report(JoinedEvent(ends: peer.ends, target: target.remoteEndpoint, time: time))
    }

    private func send(_ bytes: [UInt8], to peer: Peer) async throws(ProxyFailure) {
        do throws(NetworkError) { try await peer.stream.write(bytes) } catch { throw .network(error) }
    }
}

/// Why a peer is led nowhere: the destination, which it is told, or its own connection.
private enum ProxyFailure: Error {
    case refusal(TargetRefusal)
    case network(NetworkError)
}
