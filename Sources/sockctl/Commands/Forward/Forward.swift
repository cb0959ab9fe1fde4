import SockKit

/// What `forward` does.
@Netpoller
struct Forward {
    private let arguments: ForwardArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let place: ForwardPlace
    private let targets: [ForwardPlace]
    private let controlPlace: Destination?
    private let resolver: Resolver
    private let configuration: ListenConfiguration

    init(_ arguments: ForwardArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        place = try arguments.listeningPlace()
        targets = try arguments.targetPlaces(for: place.network)
        try arguments.checkHeaders(for: targets)
        try arguments.faults.check(on: place.network)
        controlPlace = try arguments.faults.controlPlace()
        var options = arguments.socket.options
        options.reusesPort = arguments.reusesPort
        resolver = try arguments.network.resolver()
        configuration = ListenConfiguration(
            backlog: arguments.backlog.map(Int32.init), options: options, resolver: resolver,
            unixMode: UInt32(arguments.mode ?? 0o600))
        try ForwardCommand.command.check(arguments.given, on: place.network.traits)
    }

    func run() async -> ExitStatus {
        arguments.waiting.apply()
        do throws(RuleFailure) {
            let gate = try await conductor.gate(arguments.gate, place.network, resolver)
            let trusted = try await Gate.open(
                arguments.proxyHeader.gate, place.network, resolver, reporter, options: ("--trust", "--deny"))
            return await run(gate, ProxyIntroduction(arguments.proxyHeader, trusted: trusted, reporter))
        } catch {
            return error.isCancelled ? .success : reporter.fail(error)
        }
    }

    private func run(_ gate: Gate?, _ introduction: ProxyIntroduction) async -> ExitStatus {
        do throws(NetworkError) {
            let faults = arguments.faults.desk(on: place.network, seed: arguments.seed, reporter)
            let control = try await faults?.open(controlPlace)
            defer { control?.close() }
            if let control { conductor.leftovers.append { control.close() } }
            guard place.network.kind != .datagram else {
                let forwarding = DatagramForwarding(
                    arguments: arguments, conductor: conductor, targets: arguments.list(of: targets),
                    configuration: configuration, faults: faults)
                return try await forwarding.run(place, gate)
            }
            let dialer = try await arguments.dialer(to: targets, resolver, reporter)
            let listener = try await configuration.listen(place.network, at: place.destination)
            defer { listener.close() }
            // Not before: who cannot have the address empties no file of whoever has it.
            guard let copies = conductor.copies(arguments.transfer) else { return .cannotCreate }
            let recorder = try conductor.recorder(arguments.record)
            let service = ForwardService(dialer, copies, introduction, recorder, reporter)
            service.faults = faults
            dialer.targets.listening = listener.endpoint
            listener.onRetry = { [reporter] error, attempt, pause in
                reporter.report(RetryingEvent(attempt: attempt, delay: pause, failure: Failure(error)))
            }
            try faults?.slowDown(listener)
            defer { faults?.close() }
            service.security = try PeerSecurity(
                arguments.tls, isOn: arguments.tls.accepts, forwards: true, at: listener.endpoint, place.destination,
                reporter)
            conductor.rereads(gate, service.security)
            reporter.report(ListeningEvent(listener, tellsBacklog: reporter.isReported(.verbose)))
            return await serve(listener, service, copies, recorder, gate)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func serve(
        _ listener: Listener, _ service: ForwardService, _ copies: PayloadCopies, _ recorder: Recorder?, _ gate: Gate?
    ) async -> ExitStatus {
        let server = Server(
            listener, service,
            limits: Server.Limits(
                accepts: arguments.maximumAccepts, connections: arguments.maximumConnections,
                connectionsPerHost: arguments.gate.mostPerHost),
            policy: PeerPolicy(arguments.peer), reporter: reporter)
        server.gate = gate
        server.onAccept = { [reporter] peer in
            if reporter.isReported(.veryVerbose), let facts = peer.connection.socketFacts {
                reporter.report(SocketOptionsEvent(ends: peer.ends, facts: facts))
            }
        }
        conductor.onFinish = { server.finish($0.deed) }
        conductor.onInquiry = { server.reportProgress() }
        let task = Netpoller.spawn { await server.run() }
        var override: ExitStatus?
        let fail: @Netpoller (NetworkError) -> Void = { [reporter] error in
            guard override == nil else { return }
            override = reporter.fail(error)
            task.cancel()
        }
        copies.onFailure = fail
        recorder?.onFailure = fail
        let status = await Netpoller.join(task)
        return override ?? status
    }

}

extension ForwardArguments {
    /// The targets, and which of them a connection gets.
    @Netpoller
    func list(of targets: [ForwardPlace]) -> TargetList {
        TargetList(targets.map { ForwardTarget($0.network, $0.destination) }, balance, seed: seed)
    }

    /// What connects to the targets.
    @Netpoller
    func dialer(
        to targets: [ForwardPlace], _ resolver: Resolver, _ reporter: Reporter
    ) async throws(NetworkError) -> TargetDialer {
        // A certificate is for the peers, where TLS is spoken with them.
        let security = try TargetSecurity.make(
            tls, isOn: tls.isOn, forwards: true, withIdentities: !tls.accepts, reporter)
        return TargetDialer(
            targets: list(of: targets), dialer: Dialer(timeout: timeout, options: socket.options, resolver: resolver),
            proxies: try await proxy.openDialer(), security: security, persistence: persistence, reporter: reporter)
    }
}
