import SockKit

/// What `udp-send` does.
@Netpoller
struct UDPSend {
    private let arguments: UDPSendArguments
    private let reporter: Reporter
    private let network: Network
    private let destinations: [Destination]
    private let resolver: Resolver
    private let texts: [[UInt8]]
    private let source: SourceAddress?
    /// TLS with the peer; nil where none is to be spoken.
    private let security: Result<TargetSecurity?, NetworkError>

    init(_ arguments: UDPSendArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        reporter = conductor.reporter
        let words = arguments.address[0].split(by: ",")
        let places = try words.map { (word) throws(UsageError) in
            try arguments.datagrams.network.datagramDestination([word], .dialing)
        }
        network = places[0].network
        guard places.allSatisfy({ $0.network.isUnix == places[0].network.isUnix }) else {
            throw UsageError("one socket cannot send to IP addresses and to Unix sockets")
        }
        destinations = places.map(\.destination)
        resolver = try arguments.datagrams.network.resolver()
        texts = try arguments.texts.map(EscapedText.bytes)
        source = try network.isUnix ? nil : arguments.source.map(SourceAddress.init)
        security = Result { () throws(NetworkError) in
            try TargetSecurity.make(arguments.tls, isOn: arguments.tls.isOn, datagrams: true, conductor.reporter)
        }
        try UDPSendCommand.command.check(arguments.given, on: network.traits)
    }

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            let input = try texts.isEmpty && arguments.size == nil ? ByteSource.standardInput() : nil
            var configuration = DatagramConfiguration(options: options, resolver: resolver, receivesErrors: true)
            configuration.source = try await source(configuration)
            configuration.receivesErrors = !arguments.isUnconnected
            let (socket, receivers) = try await open(configuration)
            defer { socket.close() }
            if reporter.isReported(.veryVerbose), let facts = socket.socketFacts {
                let ends = Ends(network, local: socket.localEndpoint, remote: socket.remoteEndpoint)
                reporter.report(SocketOptionsEvent(ends: ends, facts: facts))
            }
            let status = try await send(socket, receivers, input)
            // The relay may look after the end of our connection to it before it looks after what was sent last.
            if arguments.proxy.isGiven, !arguments.waits { await Netpoller.sleep(for: .milliseconds(100)) }
            return status
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func send(
        _ socket: DatagramSocket, _ receivers: [Endpoint], _ input: ByteSource?
    ) async throws(NetworkError) -> ExitStatus {
        let cadence = Cadence(interval: arguments.interval, rate: arguments.rate)
        let waits = arguments.waits
        let sender = try DatagramSender(socket, to: receivers, pace: cadence, singly: waits, inRuns: isBulk, reporter)
        let isNumbered = (arguments.size ?? 0) >= GeneratedPayload.headerSize
        let watch = waits ? ReplyWatch(socket, receivers, numbered: isNumbered, reporter) : nil
        if let watch { sender.onSend = { place in watch.noteSend(place) } }
        sender.onRefusal = { place in watch?.noteRefusal(place) }
        watch?.onRefusal = { sender.takeErrors() }
        var status = ExitStatus.success
        do throws(NetworkError) {
            try await sendAll(sender, input)
            try await sender.flush()
        } catch {
            if error.cause != .cancelled { status = fail(error, sender) }
        }
        sender.takeErrors()
        if let watch, status == .success, !reporter.isTargetGone {
            await watch.wait(for: sender.sent, limit: arguments.wait)
            if let failure = watch.failure { status = reporter.fail(failure) }
        }
        sender.takeErrors()
        if status == .success { status = sender.status }
        // Who reads no reports may still ask for the status.
        if reporter.isTargetGone { return status }
        if let watch, watch.replies == 0, status == .success, !Task.isCancelled { status = noReply(socket) }
        summarize(sender, watch)
        return status
    }

    private func sendAll(_ sender: DatagramSender, _ input: ByteSource?) async throws(NetworkError) {
        if let size = arguments.size {
            for sequence in 0..<(arguments.count ?? 1) {
                try await unsafe sender.send(count: size) { room in
                    unsafe GeneratedPayload(sequence: sequence, sent: Timestamp.now.total).write(to: room)
                }
            }
        } else if let input {
            var datagrams = DatagramInput(input, cut: cut)
            while let complete = try await datagrams.next() {
                for payload in complete { try await sender.send(payload) }
                try await sender.flush()
            }
        } else {
            for _ in 0..<(arguments.count ?? 1) {
                for text in texts { try await sender.send(text) }
            }
        }
    }

    /// A run that the kernel cuts takes more room in a receiver's buffer than its datagrams one by one: a burst is to fill
    /// it as single sends do, and only what goes on for long is worth the difference.
    private var isBulk: Bool {
        arguments.chunk != nil || arguments.size != nil && arguments.count ?? 1 >= 10_000
    }

    private var cut: DatagramInput.Cut {
        if arguments.isWhole { return .whole }
        return arguments.chunk.map { .pieces($0) } ?? .lines(chomps: arguments.chomps)
    }

    // MARK: - The socket

    private func open(
        _ configuration: DatagramConfiguration
    ) async throws(NetworkError) -> (DatagramSocket, [Endpoint]) {
        if let security = try security.get() { return try await open(configuration, security) }
        if arguments.proxy.isGiven {
            let reporter = reporter
            var dialer = Dialer(timeout: .seconds(10), options: SocketOptions(), resolver: resolver)
            let log = DialLog(.tcp, reporter, number: 1)
            dialer.onEvent = { event in log.take(event) }
            let socket = try await arguments.proxy.openDialer()
                .openDatagrams(network, to: destinations[0], configuration, with: dialer)
            return (socket, socket.remoteEndpoint.map { [$0] } ?? [])
        }
        var receivers: [Endpoint] = []
        for destination in destinations { receivers.append(try await configuration.resolve(network, destination)) }
        return (try configuration.open(network, to: receivers, connected: connects(receivers)), receivers)
    }

    /// A socket whose datagrams only that one peer can read.
    private func open(
        _ configuration: DatagramConfiguration, _ security: TargetSecurity
    ) async throws(NetworkError) -> (DatagramSocket, [Endpoint]) {
        let log = DialLog(network, reporter, number: 1)
        let dialer = Dialer(
            source: configuration.source, options: options, resolver: resolver, onEvent: { event in log.take(event) })
        let receiver = try await configuration.resolve(network, destinations[0])
        if receiver.address?.isMulticast ?? false {
            throw NetworkError(
                .dial, network: network, remote: receiver,
                cause: .invalid("'--tls' is agreed on with one peer, and this is the address of a group"))
        }
        let connection = try await dialer.dial(network, to: destinations[0])
        try await security.secure(connection, to: destinations[0], number: 1)
        return (DatagramSocket(secured: connection), [connection.remoteEndpoint])
    }

    private var options: SocketOptions {
        var options = arguments.datagrams.socket.options
        options.broadcasts = arguments.broadcasts
        options.multicastInterface = arguments.multicastInterface
        options.forbidsFragments = arguments.forbidsFragments
        return options
    }

    /// Answers to what a group or a broadcast was sent come from addresses of their own, which a connected socket would
    /// not hear.
    private func connects(_ receivers: [Endpoint]) -> Bool {
        guard receivers.count == 1, !arguments.isUnconnected else { return false }
        return !(receivers[0].address?.isMulticast ?? false) && !arguments.broadcasts
    }

    private func source(_ configuration: DatagramConfiguration) async throws(NetworkError) -> Endpoint? {
        if network.isUnix {
            guard let path = arguments.source else { return arguments.waits ? .unix(.unnamed) : nil }
            return try await configuration.resolve(network, destination(path))
        }
        guard let source else { return nil }
        guard !source.host.isEmpty else { return .ip(.v4Any, port: source.port ?? 0) }
        let place = Destination.Place.host(source.host, service: "\(source.port ?? 0)")
        return try await configuration.resolve(network, Destination(network: network, place: place))
    }

    private func destination(_ path: Word) throws(NetworkError) -> Destination {
        do throws(AddressError) {
            return try Destination.parse([path.byteString], role: .dialing, network: network)
        } catch {
            throw NetworkError(.dial, network: network, cause: .invalid("'--source': \(error.message)"))
        }
    }

    // MARK: - The end

    private func fail(_ error: NetworkError, _ sender: DatagramSender) -> ExitStatus {
        guard error.errno == .messageTooLong else { return reporter.fail(error) }
        var failure = Failure(error)
        failure.hint = sender.limit(of: error, isWhole: arguments.forbidsFragments)
        reporter.report(FailedEvent(failure))
        return .data
    }

    private func noReply(_ socket: DatagramSocket) -> ExitStatus {
        let place = socket.remoteEndpoint.map { " \($0)" } ?? ""
        reporter.fail(code: "timeout", message: "read \(network)\(place): no reply came in time")
        return .timedOut
    }

    private func summarize(_ sender: DatagramSender, _ watch: ReplyWatch?) {
        let trips = watch.flatMap { RoundTripSummary(from: $0.roundTrips) }
        reporter.report(
            SummaryEvent(measures: [
                Measure("sent", .count(sender.sent)), Measure("bytes", .bytes(sender.bytes)),
                Measure("refused", .count(sender.refused)), Measure("replies", .count(watch?.replies ?? 0)),
                Measure("lost", watch.map { .count(max(0, sender.sent - $0.replies)) } ?? .nothing),
                Measure("round_trip", trips?.value ?? .nothing),
            ]))
    }
}
