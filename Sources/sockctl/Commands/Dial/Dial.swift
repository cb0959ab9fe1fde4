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
    private let source: NearEnd?
    private let conduct: Conduct

    init(_ arguments: DialArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        (network, destination) = try arguments.peer.network.destination(arguments.address, .dialing)
        resolver = try arguments.peer.network.resolver()
        source = try Self.source(arguments, network)
        // With --send the idle limit is one on each answer.
        conduct = Conduct(arguments.peer, watchesIdleness: arguments.roundTrips.text == nil)
        try check()
    }

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            guard let copies = Copies(arguments.peer.transfer, reporter: reporter) else { return .cannotCreate }
            var transfer = arguments.peer.transfer
            // What is sent to measure round trips, or by writers, is named on the command line.
            if arguments.roundTrips.text != nil || arguments.writing.writers != nil { transfer.receivesOnly = true }
            return try await converse(try .standard(transfer), copies)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func converse(_ streams: PairedStream, _ copies: Copies) async throws(NetworkError) -> ExitStatus {
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
        if network.kind == .datagram {
            let peer = try await reach(1, persistence)
            defer { peer.close() }
            return await DatagramSession(arguments.peer, streams, copies, reporter).run(
                .connected(peer.connection), peer.ends, longest: peer.connection.longestMessage ?? .max)
        }
        return try await stayConnected(streams, copies, persistence)
    }

    /// One connection after the other, of which all but the last were lost.
    private func stayConnected(
        _ streams: PairedStream, _ copies: Copies, _ persistence: Persistence
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
                }
            }
        } catch {
            let status = error.cause == .cancelled ? .success : reporter.fail(error)
            // Kept for a connection that never came.
            let left = session.bytesKept
            if left > 0 { reporter.report(InputDroppedEvent(bytes: left, sent: left, unsent: left)) }
            return status
        }
    }

    // MARK: - Connecting

    private func reach(_ number: Int, _ persistence: Persistence) async throws(NetworkError) -> Peer {
        let connection = try await persistence.connect { () async throws(NetworkError) in try await connect(number) }
        let peer = Peer(connection, number: number, reporter: reporter, conduct: conduct)
        if arguments.persistence.reconnects || arguments.persistence.heartbeat != nil || reporter.isReported(.verbose) {
            peer.clock = PeerClock()
        }
        persistence.noteConnected(peer.ends)
        if reporter.isReported(.veryVerbose), let facts = connection.socketFacts {
            reporter.report(SocketOptionsEvent(ends: peer.ends, facts: facts))
        }
        conductor.onInquiry = { peer.reportProgress() }
        return peer
    }

    private func connect(_ number: Int) async throws(NetworkError) -> Connection {
        let log = DialLog(network, reporter)
        var dialer = Dialer(
            timeout: arguments.timeout, fallbackDelay: arguments.fallbackDelay ?? .seconds(-1),
            options: arguments.peer.socket.options, resolver: resolver)
        dialer.source = try await sourceEndpoint()
        dialer.onEvent = { event in log.take(event) }
        let connection = try await dialer.dial(network, to: destination)
        log.report(connection, number: number)
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

    /// Refuses what has no meaning on this network.
    private func check() throws(UsageError) {
        var peer = arguments.peer
        // Round trips are counted on any network.
        if arguments.roundTrips.text != nil { peer.ending.count = nil }
        try peer.check(for: network)
        if arguments.writing.writers != nil, network.kind != .stream {
            throw UsageError("'--writers' is about one stream: on \(network) each write is a message of its own")
        }
        if arguments.submit.isOn, network.kind != .stream {
            throw UsageError("'--submit' finds its answers in a stream, and \(network) has messages of its own")
        }
        try checkHeartbeat()
        guard network.kind == .datagram else { return }
        try destination.checkPort()
        if arguments.persistence.reconnects {
            throw UsageError("'--reconnect' is about connections that are lost, and \(network) has none")
        }
        if arguments.persistence.heartbeat != nil {
            throw UsageError("'--heartbeat' keeps a connection alive, and \(network) has none")
        }
    }

    private func checkHeartbeat() throws(UsageError) {
        guard arguments.persistence.heartbeat != nil else { return }
        let rules = arguments.peer.frame.rules(sendsCRLF: arguments.peer.transfer.isCRLF)
        do throws(FramingError) { _ = try Heartbeat.message(arguments.persistence.heartbeatText, rules) } catch {
            throw UsageError("'--heartbeat-text' makes no message of '--frame': \(error)")
        }
    }

    // MARK: - The near end

    /// `--source` and `--source-port` together: a host, a port, or both.
    private static func source(_ arguments: DialArguments, _ network: Network) throws(UsageError) -> NearEnd? {
        guard arguments.source != nil || arguments.sourcePort != nil else { return nil }
        if network.isUnix {
            throw UsageError("'--source' and '--source-port' are for IP addresses, and \(network) has none")
        }
        let port = UInt16(arguments.sourcePort ?? 0)
        guard let text = arguments.source else { return NearEnd(host: "", port: port) }
        let near = try NearEnd(source: text)
        guard near.port != nil else { return NearEnd(host: near.host, port: port) }
        if arguments.sourcePort != nil {
            throw UsageError("'--source \(text)' already names the port: leave out '--source-port'")
        }
        return near
    }

    private func sourceEndpoint() async throws(NetworkError) -> Endpoint? {
        guard let source else { return nil }
        guard !source.host.isEmpty else { return .ip(.v4Any, port: source.port ?? 0) }
        do throws(LookupFailure) {
            let found = try await resolver.addresses(of: source.host, for: network, until: nil)
            return .ip(found[0], port: source.port ?? 0)
        } catch {
            throw NetworkError(.dial, network: network, cause: error.cause)
        }
    }
}
