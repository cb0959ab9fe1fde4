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
            return await run(gate)
        } catch {
            return reporter.fail(error)
        }
    }

    private func run(_ gate: Gate?) async -> ExitStatus {
        guard let copies = PayloadCopies(arguments.transfer, reporter: reporter) else { return .cannotCreate }
        do throws(NetworkError) {
            let listener = try await configuration.listen(place.network, at: place.destination)
            defer { listener.close() }
            listener.onRetry = { [reporter] error, attempt, pause in
                reporter.report(RetryingEvent(attempt: attempt, delay: pause, failure: Failure(error)))
            }
            let faults = arguments.faults.desk(on: place.network, seed: arguments.seed, reporter)
            let control = try await faults?.open(controlPlace)
            defer { control?.close() }
            try faults?.slowDown(listener)
            defer { faults?.close() }
            reporter.report(ListeningEvent(listener, tellsBacklog: reporter.isReported(.verbose)))
            return await serve(listener, copies, gate, faults)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func serve(
        _ listener: Listener, _ copies: PayloadCopies, _ gate: Gate?, _ faults: FaultDesk?
    ) async -> ExitStatus {
        let service = ForwardService(dialer, copies, reporter)
        service.faults = faults
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
        copies.onFailure = { [reporter] error in
            override = reporter.fail(error)
            task.cancel()
        }
        let status = await Netpoller.join(task)
        return override ?? status
    }

    private var dialer: TargetDialer {
        let list = TargetList(
            targets.map { ForwardTarget($0.network, $0.destination) }, arguments.balance, seed: arguments.seed)
        return TargetDialer(
            targets: list,
            dialer: Dialer(timeout: arguments.timeout, options: arguments.socket.options, resolver: resolver),
            persistence: arguments.persistence, reporter: reporter)
    }
}
