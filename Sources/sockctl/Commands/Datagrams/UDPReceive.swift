import SockKit

/// What `udp-recv` does.
@Netpoller
struct UDPReceive {
    private let arguments: UDPReceiveArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let network: Network
    private let destination: Destination
    private let configuration: ListenConfiguration
    private let resolver: Resolver
    private let groups: [Group]

    private struct Group {
        let address: IPAddress
        let source: IPAddress?
        let interface: String?
    }

    init(_ arguments: UDPReceiveArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        groups = try arguments.joins.map(Self.group)
        let words: [Word] = arguments.address.isEmpty ? ["127.0.0.1:0"] : arguments.address
        let (network, place) = try arguments.datagrams.network.datagramDestination(words, .listening)
        self.network = groups.isEmpty ? network : try Self.network(network, of: groups)
        destination = groups.isEmpty ? place : try Self.everyInterface(place, words, groups[0].address)
        var options = arguments.datagrams.socket.options
        options.reusesPort = arguments.reusesPort
        options.sharesAddress = !groups.isEmpty
        resolver = try arguments.datagrams.network.resolver()
        configuration = ListenConfiguration(
            options: options, resolver: resolver)
        try UDPReceiveCommand.command.check(arguments.given, on: network.traits)
    }

    func run() async -> ExitStatus {
        let gate: Gate?
        do throws(RuleFailure) {
            gate = try await conductor.gate(arguments.gate, network, resolver)
        } catch {
            return error.isCancelled ? .success : reporter.fail(error)
        }
        do throws(NetworkError) {
            let output = try ByteSink.standardOutput()
            if arguments.tls.isOn { return try await receiveSecured(gate, output) }
            let socket = try await configuration.listenDatagram(network, at: destination)
            defer { socket.close() }
            for group in groups { try socket.join(group.address, source: group.source, interface: group.interface) }
            // Not before: who cannot have the address empties no file of whoever has it.
            guard let copies = conductor.copies(arguments.transfer) else { return .cannotCreate }
            let received = ReceivedDatagrams(arguments, output, copies, reporter)
            let receiver = try DatagramReceiver(socket, received)
            receiver.gate = gate
            if reporter.isReported(.veryVerbose), let facts = socket.socketFacts {
                reporter.report(SocketOptionsEvent(ends: Ends(network, local: socket.localEndpoint), facts: facts))
            }
            reporter.report(ListeningEvent(socket))
            let status = await receive(output, received) { await receiver.run() }
            received.summarize(drops: receiver.reportDrops(), denied: gate?.deniedCount)
            return status
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    /// Runs to the end, or until nobody reads the output any more.
    private func receive(
        _ output: ByteSink, _ received: ReceivedDatagrams, _ body: @escaping @Netpoller () async -> ExitStatus
    ) async -> ExitStatus {
        conductor.onInquiry = { received.reportProgress() }
        let task = Netpoller.spawn { await body() }
        let watch = Netpoller.spawn { if (try? await output.waitUntilGone()) != nil { task.cancel() } }
        let status = await Netpoller.join(task)
        watch.cancel()
        received.finish()
        return status
    }

    /// Under TLS each sender has a socket of its own.
    private func receiveSecured(_ gate: Gate?, _ output: ByteSink) async throws(NetworkError) -> ExitStatus {
        let (listener, security, event) = try await PeerSecurity.listen(
            configuration, network, at: destination, arguments.tls, reporter)
        defer { listener.close() }
        guard let copies = conductor.copies(arguments.transfer) else { return .cannotCreate }
        reporter.report(event)
        let received = ReceivedDatagrams(arguments, output, copies, reporter)
        let service = SecuredReceiver(received)
        let limits = Server.Limits(connectionsPerHost: arguments.gate.mostPerHost)
        let server = Server(listener, service, limits: limits, policy: PeerPolicy(), reporter: reporter)
        (server.gate, server.security) = (gate, security)
        conductor.rereads(gate, security)
        let own = listener.endpoint
        let status = await receive(output, received) { await run(server, service, received, at: own) }
        received.summarize(drops: nil, denied: gate?.deniedCount)
        return status
    }

    /// Runs until as many have come as were wanted, or none for too long.
    private func run(
        _ server: Server, _ service: SecuredReceiver, _ received: ReceivedDatagrams, at own: Endpoint
    ) async -> ExitStatus {
        let task = Netpoller.spawn { await server.run() }
        var override: ExitStatus?
        service.onComplete = { task.cancel() }
        service.onFailure = { [reporter] error in
            override = error.isOutputGone ? .success : reporter.fail(error)
            task.cancel()
        }
        received.copies.onFailure = { [reporter] failure in
            override = reporter.fail(failure)
            task.cancel()
        }
        let silence = arguments.timeout.map { span in
            Netpoller.spawn {
                guard await service.waitForSilence(span) else { return }
                override = reporter.fail(.silence(network, at: own))
                task.cancel()
            }
        }
        let status = await Netpoller.join(task)
        silence?.cancel()
        service.close()
        return override ?? status
    }

    // MARK: - Groups

    private static func group(_ membership: GroupMembership) throws(UsageError) -> Group {
        guard let address = IPAddress(membership.group), address.isMulticast else {
            throw UsageError("'--join': \(membership.group) is not the address of a multicast group")
        }
        let source = try membership.source.map { (text) throws(UsageError) in
            guard let source = IPAddress(text), source.family == address.family, !source.isMulticast else {
                throw UsageError("'--join': \(text) cannot be a source of \(address)")
            }
            return source
        }
        return Group(address: address, source: source, interface: membership.interface ?? address.zone)
    }

    /// One socket hears the groups of one version of IP.
    private static func network(_ network: Network, of groups: [Group]) throws(UsageError) -> Network {
        let family = groups[0].address.family
        guard groups.allSatisfy({ $0.address.family == family }) else {
            throw UsageError("'--join': IPv4 and IPv6 groups need a receiver each")
        }
        guard network.isUDP, network.family ?? family == family else {
            throw UsageError("'--join \(groups[0].address)' has no meaning for \(network)")
        }
        return family == .v4 ? .udp4 : .udp6
    }

    /// A socket that is bound to an address of this machine hears no group: without a host it is bound to none.
    private static func everyInterface(
        _ place: Destination, _ words: [Word], _ group: IPAddress
    ) throws(UsageError) -> Destination {
        guard case .host(let host, let service) = place.place else { return place }
        let namesHost = words.count == 2 || words.first?.text.split(separator: "/").last?.contains(":") == true
        let any = group.family == .v4 ? "0.0.0.0" : "::"
        guard namesHost, !host.isEmpty else { return Destination(place: .host(any, service: service)) }
        if let address = IPAddress(host), !address.isUnspecified, !address.isMulticast {
            throw UsageError(
                "a socket that is bound to \(host) receives nothing that is sent to \(group)",
                hint: "give the port alone: \(service)")
        }
        return place
    }
}
