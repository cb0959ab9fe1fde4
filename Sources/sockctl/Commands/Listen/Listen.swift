import SockKit

/// What `listen` does.
@Netpoller
struct Listen {
    private let arguments: ListenArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let network: Network
    private let destination: Destination?
    /// A socket that was given, where there is no address to listen on.
    private let given: GivenSocket?
    private let configuration: ListenConfiguration

    init(_ arguments: ListenArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        var options = arguments.peer.socket.options
        options.reusesPort = arguments.reusesPort
        configuration = ListenConfiguration(
            backlog: arguments.backlog.map(Int32.init), options: options,
            resolver: try arguments.peer.network.resolver(),
            unixMode: UInt32(arguments.mode ?? 0o600))
        if arguments.givenSocket.isWanted {
            let taken = try arguments.givenSocket.take(named: arguments.address.first, options: options)
            (given, network, destination) = (taken, taken.network, nil)
        } else {
            let words: [Word] = arguments.address.isEmpty ? ["127.0.0.1:0"] : arguments.address
            (network, destination) = try arguments.peer.network.destination(words, .listening)
            given = nil
        }
        try ListenCommand.command.check(arguments.given, on: network.traits)
    }

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            if network.kind == .datagram { return try await receiveDatagrams() }
            if case .connection(let connection) = given { return try await serve(OnePeer(connection)) }
            let listener = try await listener()
            defer { listener.close() }
            listener.onRetry = { [reporter] error, attempt, pause in
                reporter.report(RetryingEvent(attempt: attempt, delay: pause, failure: Failure(error)))
            }
            reporter.report(ListeningEvent(listener, tellsBacklog: reporter.isReported(.verbose)))
            if arguments.neverAccepts { return await leaveWaiting(listener) }
            if let model = arguments.ioModel { return await serve(listener, model) }
            return try await serve(listener)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func listener() async throws(NetworkError) -> Listener {
        if case .listener(let listener) = given { return listener }
        return try await configuration.listen(network, at: place)
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
        case .pipe, .echo: return (EchoService(), nil)
        case .discard:
            guard arguments.reading.isWanted else { return (DiscardService(), nil) }
            let tally = ReadTally(arguments.reading, reporter: reporter)
            return (CountingService(tally: tally), tally)
        case .chargen: return (ChargenService(), nil)
        case .time: return (TimeService(), nil)
        }
    }

    private func serve(_ listener: Listener, _ model: IOModel) async -> ExitStatus {
        let limits = Server.Limits(accepts: arguments.maximumAccepts, firstPeer: arguments.timeout)
        let session = IOModelSession(
            listener, model, limits: limits, readSize: arguments.peer.pace.readSize, reporter: reporter)
        conductor.onFinish = { session.finish($0.deed) }
        return await session.run()
    }

    private func serve(_ listener: any PeerSource) async throws(NetworkError) -> ExitStatus {
        guard arguments.serve == .pipe else {
            let (service, tally) = service
            let status = await runServer(listener, service)
            tally?.reportSummary()
            return status
        }
        guard let copies = PayloadCopies(arguments.peer.transfer, reporter: reporter) else { return .cannotCreate }
        let streams = try PairedStream.standard(arguments.peer.transfer)
        if arguments.goesOn {
            return await runServer(listener, PeerHub(streams, arguments.peer, copies, reporter: reporter))
        }
        let tally = arguments.reading.isWanted ? ReadTally(arguments.reading, reporter: reporter) : nil
        let session = PipeSession(arguments.peer, streams, copies, reporter, isListening: true, tally: tally)
        defer { session.finish() }
        let status = await runServer(listener, session)
        tally?.reportSummary()
        return status
    }

    private func runServer(_ listener: any PeerSource, _ service: any Service) async -> ExitStatus {
        let limits = Server.Limits(
            accepts: arguments.goesOn && !(listener is OnePeer) ? arguments.maximumAccepts : 1,
            connections: arguments.maximumConnections, firstPeer: arguments.timeout, acceptDelay: arguments.acceptDelay)
        let server = Server(
            listener, service, limits: limits, policy: PeerPolicy(arguments.peer), reporter: reporter)
        server.onAccept = { [reporter, conductor, arguments] peer in
            if reporter.isReported(.veryVerbose), let facts = peer.connection.socketFacts {
                reporter.report(SocketOptionsEvent(ends: peer.ends, facts: facts))
            }
            if !arguments.goesOn { conductor.onInquiry = { peer.reportProgress() } }
        }
        if arguments.goesOn {
            conductor.onFinish = { server.finish($0.deed) }
            conductor.onInquiry = { server.reportProgress() }
        }
        let task = Netpoller.spawn { await server.run() }
        var override: ExitStatus?
        var feeder: Task<Void, Never>?
        if let hub = service as? PeerHub {
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
        let status = await Netpoller.join(task)
        feeder?.cancel()
        return override ?? (arguments.goesOn || status != .success ? status : server.lastStatus)
    }

    // MARK: - Datagrams

    private func receiveDatagrams() async throws(NetworkError) -> ExitStatus {
        guard let copies = PayloadCopies(arguments.peer.transfer, reporter: reporter) else { return .cannotCreate }
        let streams = try PairedStream.standard(arguments.peer.transfer)
        let socket = try await datagramSocket()
        defer { socket.close() }
        reporter.report(ListeningEvent(socket))
        guard arguments.serve == .pipe else {
            let server = DatagramServer(socket, arguments.serve, count: arguments.peer.ending.count, reporter: reporter)
            conductor.onFinish = { server.finish($0.deed) }
            return await server.run(timeout: arguments.timeout)
        }
        let session = DatagramSession(arguments.peer, streams, copies, reporter)
        if arguments.keepsOpen { conductor.onFinish = { session.finish($0.deed) } }
        return await session.run(
            .open(socket, everyone: arguments.keepsOpen), Ends(network, local: socket.localEndpoint),
            longest: socket.longestMessage, firstTimeout: arguments.timeout)
    }

    private func datagramSocket() async throws(NetworkError) -> DatagramSocket {
        if case .datagrams(let socket) = given { return socket }
        return try await configuration.listenDatagram(network, at: place)
    }
}
