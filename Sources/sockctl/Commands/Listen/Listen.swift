import SockKit

/// What `listen` does.
@Netpoller
struct Listen {
    private let arguments: ListenArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let network: Network
    private let destination: Destination?
    private let resolver: Resolver
    /// A socket that was given, where there is no address to listen on.
    private let given: GivenSocket?
    /// Why the one that was given cannot be had.
    private let refusal: NetworkError?
    private let configuration: ListenConfiguration

    init(_ arguments: ListenArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        var options = arguments.peer.socket.options
        options.reusesPort = arguments.reusesPort
        resolver = try arguments.peer.network.resolver()
        configuration = ListenConfiguration(
            backlog: arguments.backlog.map(Int32.init), options: options,
            resolver: resolver,
            unixMode: UInt32(arguments.mode ?? 0o600))
        if arguments.givenSocket.isWanted {
            destination = nil
            switch try arguments.givenSocket.take(named: arguments.address.first, options: options) {
            case .success(let taken):
                if case .connection = taken { try arguments.checkThatOnePeerWillDo() }
                (given, network, refusal) = (taken, taken.network, nil)
            case .failure(let error): (given, network, refusal) = (nil, error.network ?? .tcp, error)
            }
        } else {
            let words: [Word] = arguments.address.isEmpty ? ["127.0.0.1:0"] : arguments.address
            (network, destination) = try arguments.peer.network.destination(words, .listening)
            (given, refusal) = (nil, nil)
        }
        try ListenCommand.command.check(arguments.given, on: network.traits)
    }

    func run() async -> ExitStatus {
        if let refusal { return reporter.fail(refusal) }
        if let given { conductor.leftovers.append { given.leaveAsFound() } }
        // Not all ways to the end close it.
        defer { given?.leaveAsFound() }
        arguments.peer.waiting.apply()
        do throws(RuleFailure) {
            let gate = try await conductor.gate(arguments.gate, network, resolver)
            let proxy = arguments.serve == .proxy ? try await ProxyPlan(arguments.proxy, resolver, reporter) : nil
            return await run(gate, proxy)
        } catch {
            return error.isCancelled ? .success : reporter.fail(error)
        }
    }

    private func run(_ gate: Gate?, _ proxy: ProxyPlan?) async -> ExitStatus {
        do throws(NetworkError) {
            if network.kind == .datagram {
                return try await arguments.tls.isOn ? serveSecured(gate) : receiveDatagrams(gate)
            }
            let modelServer = try modelServer()
            if case .connection(let connection) = given {
                if let proxy {
                    return await serve(
                        OnePeer(connection), gate, proxy, at: connection.localEndpoint,
                        try security(at: connection.localEndpoint))
                }
                return try await serve(OnePeer(connection), gate, try security(at: connection.localEndpoint), {})
            }
            let listener = try await listener()
            defer { listener.close() }
            // Before anybody is told of it.
            if let refusal = proxy?.refusal(at: listener.endpoint, arguments.gate) { return reporter.fail(refusal) }
            listener.onRetry = { [reporter] error, attempt, pause in
                reporter.report(RetryingEvent(attempt: attempt, delay: pause, failure: Failure(error)))
            }
            let security = try security(at: listener.endpoint)
            let announce: @Netpoller () -> Void = { [reporter] in
                reporter.report(ListeningEvent(listener, tellsBacklog: reporter.isReported(.verbose)))
            }
            if arguments.neverAccepts || modelServer != nil || proxy != nil { announce() }
            if arguments.neverAccepts { return await leaveWaiting(listener) }
            if let modelServer { return await serve(listener, modelServer) }
            if let proxy { return await serve(listener, gate, proxy, at: listener.endpoint, security) }
            return try await serve(listener, gate, security, announce)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func listener() async throws(NetworkError) -> Listener {
        if case .listener(let listener) = given { return listener }
        return try await configuration.listen(network, at: place)
    }

    private func security(at endpoint: Endpoint) throws(NetworkError) -> PeerSecurity? {
        try PeerSecurity(
            arguments.tls, isOn: arguments.tls.isOn, forwards: arguments.serve == .proxy, at: endpoint, destination,
            reporter)
    }

    private var place: Destination {
        guard let destination else { preconditionFailure("there is an address, or a socket that was given") }
        return destination
    }

    // MARK: - Nobody, or not yet

    /// Peers connect, as far as they and the kernel know, and wait in the queue until the program is interrupted.
    private func leaveWaiting(_ listener: Listener) async -> ExitStatus {
        let interruption = Parking()
        if arguments.goesOn { conductor.onFinish = { _ in interruption.wake() } }
        _ = await interruption.wait()
        if let queue = listener.acceptQueue {
            reporter.report(StoppingEvent(reason: "\(Quantity.count(queue.length, "peer")) waited in the queue"))
        }
        return .success
    }

    // MARK: - Many

    /// What serves the peers, and what it counts where that is asked for.
    private var service: (any Service, ReadTally?) {
        if let rules = arguments.peer.frame.rules(sendsCRLF: false) {
            let echoes = arguments.serve == .echo
            return (MessageService { FrameResponder(rules, echoes: echoes) }, nil)
        }
        switch arguments.serve {
        case .frames:
            let maximum = arguments.peer.frame.maximum
            return (MessageService { PacketResponder(maximum: maximum) }, nil)
        case .pipe, .chat, .broker, .echo: return (EchoService(), nil)
        case .discard:
            guard arguments.reading.isWanted else { return (DiscardService(), nil) }
            let tally = ReadTally(arguments.reading, reporter: reporter)
            return (CountingService(tally: tally), tally)
        case .chargen: return (ChargenService(), nil)
        case .time: return (TimeService(), nil)
        case .proxy: preconditionFailure("a proxy has a plan")
        }
    }

    private func serve(
        _ source: any PeerSource, _ gate: Gate?, _ proxy: ProxyPlan, at own: Endpoint,
        _ security: PeerSecurity?
    ) async -> ExitStatus {
        if let refusal = proxy.refusal(at: own, arguments.gate) { return reporter.fail(refusal) }
        return await runServer(source, proxy.service(at: own), gate, security)
    }

    /// The server of an I/O model; what the kernel refuses to it is said before anybody can come.
    private func modelServer() throws(NetworkError) -> IOModelServer? {
        guard let model = arguments.ioModel else { return nil }
        let server = IOModelServer(model, bufferSize: arguments.peer.pace.readSize)
        try server.prepare()
        return server
    }

    private func serve(_ listener: Listener, _ server: IOModelServer) async -> ExitStatus {
        let limits = Server.Limits(accepts: arguments.maximumAccepts, firstPeer: arguments.timeout)
        let session = IOModelSession(listener, server, limits: limits, reporter: reporter)
        conductor.onFinish = { session.finish($0.deed) }
        return await session.run()
    }

    /// `announce` tells that peers may come, once all is open that they are joined to.
    private func serve(
        _ listener: any PeerSource, _ gate: Gate?, _ security: PeerSecurity?, _ announce: @Netpoller () -> Void
    ) async throws(NetworkError) -> ExitStatus {
        if arguments.peer.program.isWanted { return await runPrograms(listener, gate, security, announce) }
        guard arguments.serve.isHosted else {
            announce()
            let (service, tally) = service
            let status = await runServer(listener, service, gate, security)
            tally?.reportSummary()
            return status
        }
        guard let copies = conductor.copies(arguments.peer.transfer) else { return .cannotCreate }
        let streams = try PairedStream.standard(arguments.peer.transfer)
        announce()
        if arguments.serve != .pipe { return await runServer(listener, room(streams, copies), gate, security) }
        if arguments.goesOn {
            let hub = PeerHub(
                streams, arguments.peer, copies, limits: limits(waitsForLast: true),
                keepsMessages: network.kind != .stream, reporter: reporter)
            return await runServer(listener, hub, gate, security)
        }
        let tally = arguments.reading.isWanted ? ReadTally(arguments.reading, reporter: reporter) : nil
        let session = PipeSession(arguments.peer, streams, copies, reporter, isListening: true, tally: tally)
        defer { session.finish() }
        let status = await runServer(listener, session, gate, security)
        tally?.reportSummary()
        return status
    }

    private func runPrograms(
        _ listener: any PeerSource, _ gate: Gate?, _ security: PeerSecurity?, _ announce: @Netpoller () -> Void
    ) async -> ExitStatus {
        guard let copies = conductor.copies(arguments.peer.transfer) else { return .cannotCreate }
        announce()
        let programs = ProgramService(arguments.peer, copies, reporter, isForOne: !arguments.goesOn)
        conductor.onResize = { programs.resize() }
        conductor.onAbort = { programs.kill() }
        let status = await runServer(listener, programs, gate, security)
        guard arguments.goesOn else { return await programs.finish(status) }
        // Told to finish, a server does not wait for long; else the last peers' programs have their time.
        let grace: Duration? = conductor.onFinish == nil ? .seconds(5) : nil
        if grace == nil { conductor.onFinish = { _ in programs.hangUp() } }
        let last = await programs.finish(status, within: grace)
        return status == .success && programs.hasFailed ? last : status
    }

    private func room(_ streams: PairedStream, _ copies: PayloadCopies) -> Room {
        Room(
            arguments.serve == .chat ? .chat : .broker, streams, arguments.peer, copies, limits: limits(),
            keepsMessages: network.kind != .stream, reporter: reporter)
    }

    private func limits(waitsForLast: Bool = false) -> Fanout.Limits {
        Fanout.Limits(bound: arguments.queue.size, slow: arguments.queue.slow, waitsForLast: waitsForLast)
    }

    private func runServer(
        _ listener: any PeerSource, _ service: any Service, _ gate: Gate?, _ security: PeerSecurity?
    ) async -> ExitStatus {
        let limits = Server.Limits(
            accepts: arguments.goesOn && !(listener is OnePeer) ? arguments.maximumAccepts : 1,
            connections: arguments.maximumConnections,
            connectionsPerHost: arguments.gate.mostPerHost, firstPeer: arguments.timeout,
            acceptDelay: arguments.acceptDelay)
        let server = Server(
            listener, service, limits: limits, policy: PeerPolicy(arguments.peer), reporter: reporter)
        server.gate = gate
        server.security = security
        conductor.rereads(gate, security)
        server.onAccept = { [reporter, conductor, arguments] peer in
            if reporter.isReported(.veryVerbose), let facts = peer.connection.socketFacts {
                reporter.report(SocketOptionsEvent(ends: peer.ends, facts: facts))
            }
            if !arguments.goesOn { conductor.onInquiry = { peer.reportProgress() } }
        }
        if arguments.goesOn || arguments.serve != .pipe {
            conductor.onFinish = { server.finish($0.deed) }
            conductor.onInquiry = { server.reportProgress() }
        }
        let task = Netpoller.spawn { await server.run() }
        var override: ExitStatus?
        var feeder: Task<Void, Never>?
        let hub = service as? any HostedService
        if let hub {
            feeder = Netpoller.spawn { await hub.distribute() }
            hub.onOutputGone = {
                override = .success
                task.cancel()
            }
            hub.onFailure = { status in
                override = status
                task.cancel()
            }
        }
        (service as? ProgramService)?.onFailure = { task.cancel() }
        let status = await Netpoller.join(task)
        feeder?.cancel()
        if override == nil { await hub?.finish() }
        return override ?? (arguments.goesOn || status != .success ? status : server.lastStatus)
    }

    // MARK: - Datagrams

    /// Under TLS there are connections of datagrams, which have a beginning and an end.
    private func serveSecured(_ gate: Gate?) async throws(NetworkError) -> ExitStatus {
        let (listener, security, event) = try await PeerSecurity.listen(
            configuration, network, at: place, arguments.tls, reporter)
        defer { listener.close() }
        return try await serve(listener, gate, security) { reporter.report(event) }
    }

    private func receiveDatagrams(_ gate: Gate?) async throws(NetworkError) -> ExitStatus {
        let socket = try await datagramSocket()
        defer { socket.close() }
        guard arguments.serve == .pipe else {
            reporter.report(ListeningEvent(socket))
            let server = DatagramServer(socket, arguments.serve, count: arguments.peer.ending.count, reporter: reporter)
            server.gate = gate
            defer { tellDenied(gate) }
            conductor.onFinish = { server.finish($0.deed) }
            return await server.run(timeout: arguments.timeout)
        }
        // Not before: who cannot have the address empties no file of whoever has it.
        guard let copies = conductor.copies(arguments.peer.transfer) else { return .cannotCreate }
        let streams = try PairedStream.standard(arguments.peer.transfer)
        reporter.report(ListeningEvent(socket))
        let session = DatagramSession(arguments.peer, streams, copies, reporter)
        session.gate = gate
        conductor.onInquiry = { session.reportProgress() }
        defer { tellDenied(gate) }
        if arguments.keepsOpen { conductor.onFinish = { session.finish($0.deed) } }
        return await session.run(
            .open(socket, everyone: arguments.keepsOpen), Ends(network, local: socket.localEndpoint),
            longest: socket.longestMessage, firstTimeout: arguments.timeout)
    }

    private func datagramSocket() async throws(NetworkError) -> DatagramSocket {
        if case .datagrams(let socket) = given { return socket }
        return try await configuration.listenDatagram(network, at: place)
    }

    private func tellDenied(_ gate: Gate?) {
        guard let gate, reporter.isReported(.verbose) else { return }
        reporter.report(SummaryEvent(measures: [Measure("denied", .count(gate.deniedCount))]))
    }
}
