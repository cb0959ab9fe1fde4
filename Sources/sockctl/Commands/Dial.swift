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
    private let source: Source?

    private struct Source {
        let host: String
        let port: UInt16
    }

    init(_ arguments: DialArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        (network, destination) = try arguments.peer.network.destination(arguments.address, .dialing)
        resolver = try arguments.peer.network.resolver()
        source = try Self.source(arguments, network)
        try arguments.peer.check(for: network)
        if arguments.writing.writers != nil, network.kind != .stream {
            throw UsageError("'--writers' is about one stream: on \(network) each write is a message of its own")
        }
    }

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            guard let copies = Copies(arguments.peer.transfer, reporter: reporter) else { return .cannotCreate }
            let isWriting = arguments.writing.writers != nil
            var transfer = arguments.peer.transfer
            if isWriting { transfer.receivesOnly = true }
            let streams = try StandardStreams(transfer)
            let connection = try await connect()
            let peer = Peer(
                connection, number: 1, reporter: reporter,
                idleTimeout: isWriting ? arguments.peer.ending.idleTimeout : nil)
            if reporter.isReported(.veryVerbose), let facts = connection.socketFacts {
                reporter.report(.socketOptions(peer.ends, facts))
            }
            conductor.onInquiry = { peer.reportProgress() }
            if isWriting {
                return await WriterSession(peer, arguments.peer, arguments.writing, streams.output, copies).run()
            }
            if network.kind == .datagram { return await exchangeDatagrams(peer, streams, copies) }
            return await PipeSession(peer, arguments.peer, streams, copies).run(isListening: false)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    // MARK: - Connecting

    private func connect() async throws(NetworkError) -> Connection {
        let log = DialLog(network, reporter)
        var dialer = Dialer(
            timeout: arguments.timeout, fallbackDelay: arguments.fallbackDelay ?? .seconds(-1),
            options: arguments.peer.socket.options, resolver: resolver)
        dialer.source = try await sourceEndpoint()
        dialer.onEvent = { event in log.take(event) }
        let connection = try await dialer.dial(network, to: destination)
        log.report(connection)
        return connection
    }

    private func exchangeDatagrams(_ peer: Peer, _ streams: StandardStreams, _ copies: Copies) async -> ExitStatus {
        let session = DatagramSession(
            .connected(peer.connection), peer.ends, arguments.peer, streams, copies, reporter)
        let status = await session.run(firstTimeout: nil)
        peer.connection.close()
        return status
    }

    // MARK: - The near end

    /// `--source` and `--source-port` together: a host, a port, or both.
    private static func source(_ arguments: DialArguments, _ network: Network) throws(UsageError) -> Source? {
        guard arguments.source != nil || arguments.sourcePort != nil else { return nil }
        if network.isUnix {
            throw UsageError("'--source' and '--source-port' are for IP addresses, and \(network) has none")
        }
        guard let text = arguments.source else { return Source(host: "", port: UInt16(arguments.sourcePort ?? 0)) }
        // A host by itself, an IPv6 literal without brackets included, or HOST:PORT.
        if IPAddress(text) != nil || !text.utf8.contains(UInt8(ascii: ":")) {
            return Source(host: text, port: UInt16(arguments.sourcePort ?? 0))
        }
        let place: Destination.Place
        do throws(AddressError) { place = try Destination.parse(text, role: .listening).place } catch {
            throw UsageError("'--source': \(error.message)")
        }
        guard case .host(let host, let service) = place, let port = UInt16(service) else {
            throw UsageError("'--source': '\(text)' is not HOST or HOST:PORT")
        }
        if arguments.sourcePort != nil {
            throw UsageError("'--source \(text)' already names the port: leave out '--source-port'")
        }
        return Source(host: host, port: port)
    }

    private func sourceEndpoint() async throws(NetworkError) -> Endpoint? {
        guard let source else { return nil }
        guard !source.host.isEmpty else { return .ip(.v4Any, port: source.port) }
        do throws(LookupFailure) {
            let found = try await resolver.addresses(of: source.host, for: network, until: nil)
            return .ip(found[0], port: source.port)
        } catch {
            throw NetworkError(.dial, network: network, cause: error.cause)
        }
    }
}

/// Keeps what a dial told of itself, to be reported with the connection.
@Netpoller
private final class DialLog {
    private let network: Network
    private let reporter: Reporter
    private let start = Deadline.now
    private var resolveTime: Duration?
    private var attempt = 1
    private var failed: Event?

    init(_ network: Network, _ reporter: Reporter) {
        self.network = network
        self.reporter = reporter
    }

    func take(_ event: DialEvent) {
        switch event {
        case .resolved(let host, let addresses, let time):
            resolveTime = time
            reporter.report(.resolved(host: host, addresses: addresses, time))
        case .connecting(let remote, let attempt):
            // Another attempt follows: only then is the failure of the last one not the whole dial's.
            if let failed { reporter.report(failed) }
            failed = nil
            reporter.report(.connecting(Ends(network, remote: remote), attempt: attempt))
        case .attemptFailed(let error, let attempt):
            if error.cause != .cancelled { failed = .attemptFailed(error, attempt: attempt) }
        case .connected(_, let attempt, _):
            if let failed { reporter.report(failed) }
            self.attempt = attempt
        }
    }

    func report(_ connection: Connection) {
        let total = Deadline.now - start
        reporter.report(
            .connected(
                Ends(connection, number: 1), attempt: attempt, resolve: resolveTime,
                connect: total - (resolveTime ?? .zero)))
    }
}
