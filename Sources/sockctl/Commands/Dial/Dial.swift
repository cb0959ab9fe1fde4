import SockKit

/// What `dial` does.
@Netpoller
struct Dial {
    private let arguments: DialArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let network: Network
    private let destination: Destination
    private let resolver: Resolver
    private let source: SourceAddress?
    private let policy: PeerPolicy
    /// One for all dials: it knows what it has learnt of the proxies.
    private let proxies: Task<Result<ProxyDialer, NetworkError>, Never>
    /// TLS with whom is reached; nil where none is to be spoken.
    private let security: Result<TargetSecurity?, NetworkError>

    init(_ arguments: DialArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        (network, destination) = try arguments.peer.network.destination(arguments.address, .dialing)
        resolver = try arguments.peer.network.resolver()
        try DialCommand.command.check(arguments.given, on: network.traits)
        source = try network.isIP ? arguments.nearEnd : nil
        // With --send the idle limit is one on each answer.
        policy = PeerPolicy(arguments.peer, watchesIdleness: arguments.roundTrips.text == nil)
        proxies = Netpoller.spawn { [proxy = arguments.proxy] () async -> Result<ProxyDialer, NetworkError> in
            do throws(NetworkError) { return .success(try await proxy.openDialer()) } catch { return .failure(error) }
        }
        let isDatagram = network.kind == .datagram
        security = Result { () throws(NetworkError) in
            try TargetSecurity.make(
                arguments.tls, isOn: arguments.tls.isOn, datagrams: isDatagram, conductor.reporter)
        }
        try checkHeartbeat()
        if network.kind == .datagram { try destination.checkPort() }
        if arguments.passesDescriptor, !Connection.isCarrier(1) {
            throw UsageError(
                "'--pass-fd' hands the connection over a Unix socket, and standard output is none",
                hint: "ssh makes it one: ssh -o ProxyUseFdpass=yes -o ProxyCommand='sockctl dial --pass-fd %h %p' HOST")
        }
    }

    func run() async -> ExitStatus {
        arguments.peer.waiting.apply()
        do throws(NetworkError) {
            if arguments.passesDescriptor {
                let persistence = Persistence(arguments.persistence, output: nil, reporter)
                try await reach(1, persistence).connection.pass(over: 1)
                return .success
            }
            guard let copies = conductor.copies(arguments.peer.transfer) else { return .cannotCreate }
            if arguments.peer.program.isWanted { return try await runProgram(copies) }
            var transfer = arguments.peer.transfer
            // What is sent to measure round trips, or by writers, is named on the command line.
            if arguments.roundTrips.text != nil || arguments.writing.writers != nil { transfer.receivesOnly = true }
            return try await converse(try .standard(transfer), copies)
        } catch {
            return error.cause == .cancelled ? .success : fail(error)
        }
    }

    /// Of an address that nobody waited for nothing is known.
    private func fail(_ error: NetworkError) -> ExitStatus {
        guard arguments.timeout == Duration.zero, error.operation == .dial, error.cause == .timeout else {
            return reporter.fail(error)
        }
        var failure = reporter.failure(error)
        failure.hint = "no time was given for an answer: give some with -w"
        reporter.report(FailedEvent(failure))
        return ExitStatus(of: error)
    }

    private func converse(_ streams: PairedStream, _ copies: PayloadCopies) async throws(NetworkError) -> ExitStatus {
        let persistence = Persistence(arguments.persistence, output: streams.sink, reporter)
        if let text = arguments.roundTrips.text {
            let session = RoundTripSession(text, roundTripLimits, network, streams.sink, copies, reporter)
            let status = await session.run(on: try await reach(1, persistence)).status
            session.reportSummary()
            return status
        }
        if arguments.submit.isOn {
            let session = SubmitSession(window: arguments.submit.window, arguments.peer, streams, copies, reporter)
            let status = await session.run(on: try await reach(1, persistence)).status
            session.reportSummary()
            return status
        }
        if arguments.writing.writers != nil {
            let session = WriterSession(arguments.peer, arguments.writing, streams.sink, copies, reporter)
            let status = await session.run(on: try await reach(1, persistence)).status
            session.reportSummary()
            return status
        }
        if arguments.firstLineOnly {
            let session = FirstLineSession(arguments.peer, streams, copies, reporter)
            return await session.run(on: try await reach(1, persistence)).status
        }
        // Under TLS datagrams have a connection, with an end.
        if network.kind == .datagram, !arguments.tls.isOn {
            let peer = try await reach(1, persistence)
            defer { peer.close() }
            let session = DatagramSession(arguments.peer, streams, copies, reporter)
            conductor.onInquiry = { session.reportProgress() }
            return await session.run(
                .connected(peer.connection), peer.ends, longest: peer.connection.longestMessage ?? .max)
        }
        return try await stayConnected(streams, copies, persistence)
    }

    private func runProgram(_ copies: PayloadCopies) async throws(NetworkError) -> ExitStatus {
        let programs = ProgramService(arguments.peer, copies, reporter, isForOne: true)
        let peer = try await reach(1, Persistence(arguments.persistence, output: nil, reporter))
        conductor.onResize = { programs.resize() }
        conductor.onAbort = { programs.kill() }
        let conversation = Netpoller.spawn { await programs.run(on: peer).status }
        programs.onFailure = { conversation.cancel() }
        return await programs.finish(await Netpoller.join(conversation))
    }

    /// One connection after the other, of which all but the last were lost.
    private func stayConnected(
        _ streams: PairedStream, _ copies: PayloadCopies, _ persistence: Persistence
    ) async throws(NetworkError) -> ExitStatus {
        let session = PipeSession(
            arguments.peer, streams, copies, reporter, isListening: false, persistence: arguments.persistence)
        defer { session.finish() }
        var number = 0
        do throws(NetworkError) {
            while true {
                number += 1
                switch await session.run(on: try await reach(number, persistence)) {
                case .ended(let status): return status
                case .lost(let error): try await persistence.recover(from: error, connection: number)
                // A pipe has no rest: its service waits for both sides in tasks.
                case .rests: return .success
                }
            }
        } catch {
            let status = error.cause == .cancelled ? .success : fail(error)
            // Kept for a connection that never came.
            let left = session.bytesKept
            if left > 0 { reporter.report(InputDroppedEvent(bytes: left, sent: left, unsent: left)) }
            return status
        }
    }

    // MARK: - Connecting

    private func reach(_ number: Int, _ persistence: Persistence) async throws(NetworkError) -> Peer {
        let connection = try await persistence.connect { () async throws(NetworkError) in try await connect(number) }
        let peer = Peer(connection, number: number, reporter: reporter, policy: policy)
        if arguments.persistence.reconnects || arguments.persistence.heartbeat != nil || reporter.isReported(.verbose) {
            peer.clock = PeerClock()
        }
        persistence.noteConnected(peer.ends)
        peer.reportMultipath()
        if reporter.isReported(.veryVerbose), let facts = connection.socketFacts {
            reporter.report(SocketOptionsEvent(ends: peer.ends, facts: facts))
        }
        conductor.onInquiry = { peer.reportProgress() }
        return peer
    }

    private func connect(_ number: Int) async throws(NetworkError) -> Connection {
        let log = DialLog(network, reporter, number: number)
        var dialer = Dialer(
            timeout: arguments.timeout, fallbackDelay: arguments.fallbackDelay ?? .seconds(-1),
            options: arguments.peer.socket.options, resolver: resolver)
        dialer.source = try await sourceEndpoint()
        dialer.onEvent = { event in log.take(event) }
        let (proxies, security) = (try await Netpoller.join(proxies).get(), try security.get())
        let connection =
            network.isUDP
            ? try await proxies.dialDatagrams(network, to: destination, with: dialer)
            : try await proxies.dial(network, to: destination, with: dialer)
        log.report(connection, number: number)
        if let security { try await security.secure(connection, to: destination, number: number) }
        return connection
    }

    private var roundTripLimits: RoundTripSession.Limits {
        let ending = arguments.peer.ending
        // A datagram that is lost is never answered; over a stream an answer may be long in coming.
        return RoundTripSession.Limits(
            count: ending.count ?? 1, interval: arguments.roundTrips.interval,
            patience: arguments.peer.deadlines.idleTimeout ?? (network.kind == .datagram ? .seconds(1) : nil),
            rest: ending.quitAfter ?? .seconds(1))
    }

    private func checkHeartbeat() throws(UsageError) {
        guard arguments.persistence.heartbeat != nil else { return }
        let rules = arguments.peer.frame.rules(sendsCRLF: arguments.peer.transfer.isCRLF)
        do throws(FramingError) { _ = try Heartbeat.message(arguments.persistence.heartbeatText, rules) } catch {
            throw UsageError("'--heartbeat-text' makes no message of '--frame': \(error)")
        }
    }

    // MARK: - The near end

    private func sourceEndpoint() async throws(NetworkError) -> Endpoint? {
        if network.isUnix { return try arguments.source.map(unixSource) }
        return try await source?.endpoint(for: network, by: resolver, until: arguments.timeout.map { .now + $0 })
    }

    private func unixSource(_ path: Word) throws(NetworkError) -> Endpoint {
        do throws(AddressError) {
            let named = try Destination.parse([path.byteString], role: .listening, network: network)
            guard case .unix(let name) = named.place else { preconditionFailure("a Unix network has Unix addresses") }
            return .unix(name)
        } catch {
            throw NetworkError(.dial, network: network, cause: .invalid("'--source': \(error.message)"))
        }
    }
}

extension SourceAddress {
    /// The near end of a connection over that network.
    @Netpoller
    func endpoint(
        for network: Network, by resolver: Resolver, until deadline: Deadline? = nil
    ) async throws(NetworkError) -> Endpoint {
        guard !host.isEmpty else { return .ip(.v4Any, port: port ?? 0) }
        do throws(LookupFailure) {
            let found = try await resolver.addresses(of: host, for: network, until: deadline)
            return .ip(found[0], port: port ?? 0)
        } catch {
            throw NetworkError(.dial, network: network, cause: error.cause)
        }
    }
}
