/// Finding a connection, and keeping it when its exchange is over.
extension Transport {
    /// The connection that was used last, if it still looks alive; those that do not are closed.
    func takeIdle(_ plan: RequestPlan) -> ClientConnection? {
        let host = plan.host
        while let connection = host.idle.popLast() {
            idleCount -= 1
            let looksTwice = !plan.isReplayable || !rules.trustsIdleConnections
            if connection.wakeUp(within: rules.idleConnTimeout, looksTwice: looksTwice) { return connection }
            connection.close()
        }
        return nil
    }

    /// Whichever is there first: a connection that another request is done with, or a new one.
    func newConnection(
        _ plan: RequestPlan, _ deadline: Deadline?, _ observer: ExchangeObserver?
    ) async throws(NetworkError) -> ClientConnection {
        let host = plan.host
        let wish = ConnectionWish(observer)
        observer?(.waiting)
        host.waiting.append(wish)
        startDials(host)
        // A wake-up that comes before the wait is not remembered.
        let wake = wish.outcome == nil ? await wish.parking.wait(until: deadline) : .ready
        if let outcome = wish.outcome { return try outcome.get() }
        host.waiting.removeAll { $0 === wish }
        // Nobody else is there whom the dial could serve.
        if host.waiting.isEmpty { wish.dial?.cancel() }
        let cause: NetworkError.Cause =
            wake == .deadline
            ? .noAnswer("the time for the exchange was over before there was a connection") : .cancelled
        throw NetworkError(.dial, network: rules.network, cause: cause)
    }

    /// Takes a connection that has nothing to do: for a request that waits, for the next one, or to be closed.
    func put(_ connection: ClientConnection) -> ConnectionFate {
        let host = connection.host
        if !host.waiting.isEmpty {
            host.waiting.removeFirst().fulfil(.success(connection))
            return .handedOver
        }
        guard host.idle.count < rules.maxIdleConnsPerHost else {
            connection.close()
            return .closed(.tooManyIdle)
        }
        connection.fallAsleep()
        host.idle.append(connection)
        idleCount += 1
        if rules.maxIdleConns > 0, idleCount > rules.maxIdleConns { closeOldest() }
        sweeper.note(self)
        return .kept
    }

    private func closeOldest() {
        let oldest = hosts.values.filter { !$0.idle.isEmpty }.min { $0.idle[0].idleSince < $1.idle[0].idleSince }
        oldest?.idle.removeFirst().close()
        if oldest != nil { idleCount -= 1 }
    }

    /// Closes the connections that are idle now; those in use are kept or closed when they are done, as ever.
    public func closeIdle() {
        for host in hosts.values {
            let idle = host.idle
            host.idle = []
            idleCount -= idle.count
            for connection in idle { connection.close() }
        }
    }

    /// A connection is no more: there is room for another.
    func noteClosed(_ host: HostPool) {
        host.count -= 1
        if !host.waiting.isEmpty { startDials(host) }
    }

    // MARK: - Dialling

    private func startDials(_ host: HostPool) {
        for wish in host.waiting where wish.dial == nil {
            if rules.maxConnsPerHost > 0, host.count >= rules.maxConnsPerHost { return }
            host.count += 1
            wish.dial = Netpoller.spawn { await self.dial(host, wish) }
        }
    }

    private func dial(_ host: HostPool, _ wish: ConnectionWish) async {
        do throws(NetworkError) {
            let socket = try await connect(host, dialer(for: host, wish.observer))
            dialled += 1
            try await secure(socket, host, wish.observer)
            let stream = rules.watch?(socket, dialled) ?? socket
            let connection = ClientConnection(stream, socket, host, number: dialled, limits: messageLimits)
            if stopWaiting(host, wish) { wish.fulfil(.success(connection)) } else { _ = put(connection) }
        } catch {
            host.count -= 1
            let told = host.proxy.map { error.on(rules.proxies.name(of: $0)) } ?? error
            if stopWaiting(host, wish) { wish.fulfil(.failure(told)) }
            startDials(host)
        }
    }

    private func connect(_ host: HostPool, _ dialer: Dialer) async throws(NetworkError) -> Connection {
        let (network, destination) = (network(of: host), destination(of: host))
        guard case .server(let isSecure, let name, let port) = host.place else {
            return try await dialer.dial(network, to: destination)
        }
        let tunnels = isSecure ? try tunnels(to: name, port) : rules.tunnels
        return try await tunnels.dial(network, to: destination, with: dialer)
    }

    /// What leads to a server of an `https` URL: a proxy of those rules is asked for a tunnel.
    private func tunnels(to name: String, _ port: UInt16) throws(NetworkError) -> ProxyDialer {
        guard let proxy = try rules.proxies.proxy(isSecure: true, for: name, port) else { return rules.tunnels }
        if let known = secureTunnels[proxy] { return known }
        let credentials = proxy.credentials.map { ProxyCredentials(user: $0.user, password: $0.password) }
        let url = ProxyURL(.http, host: proxy.host, port: proxy.effectivePort, credentials: credentials)
        let made = ProxyDialer(ProxyRoute([url]))
        secureTunnels[proxy] = made
        return made
    }

    /// Speaks TLS with the server of an `https` URL; an error closes the connection.
    private func secure(
        _ socket: Connection, _ host: HostPool, _ observer: ExchangeObserver?
    ) async throws(NetworkError) {
        guard let name = host.securedHost else { return }
        let start = Deadline.now
        let report: TLSReport?
        var shortfall: TLSReport?
        do throws(NetworkError) {
            if security == nil { security = try rules.makeSecurity() }
            report = try await security?.secure(socket, host: name) { shortfall = $0 }
            if let report { rules.onSecured?(socket, dialled, report) }
        } catch {
            observer?(.insecure(socket.names, .now - start, shortfall))
            socket.close()
            throw error
        }
        observer?(.secured(.now - start, report))
    }

    /// False if the wish has been fulfilled otherwise, or given up.
    private func stopWaiting(_ host: HostPool, _ wish: ConnectionWish) -> Bool {
        guard let place = host.waiting.firstIndex(where: { $0 === wish }) else { return false }
        host.waiting.remove(at: place)
        return true
    }

    private func dialer(for host: HostPool, _ observer: ExchangeObserver?) -> Dialer {
        var dialer = rules.dialer
        dialer.timeout = rules.dialTimeout
        if let observer {
            let outer = dialer.onEvent
            dialer.onEvent = { event in
                outer?(event)
                observer(.dial(event))
            }
        }
        if case .server(_, let name, let port) = host.place,
            let override = rules.overrides.last(where: { $0.answers(name, port) })
        {
            dialer.resolver.overrides[name] = override.addresses
        }
        return dialer
    }

    private func network(of host: HostPool) -> Network {
        if case .unix = host.place { .unix } else { rules.network }
    }

    private func destination(of host: HostPool) -> Destination {
        switch host.place {
        case .unix(let address, _): Destination(place: .unix(address))
        case .proxy(let url): Destination(place: .host(url.host, service: String(url.effectivePort)))
        case .server(_, let name, let port): Destination(place: .host(name, service: String(port)))
        }
    }

    private var messageLimits: MessageLimits {
        let most = rules.maxResponseHeaderBytes
        return MessageLimits(line: most, head: most, fields: 4096, body: nil)
    }
}
