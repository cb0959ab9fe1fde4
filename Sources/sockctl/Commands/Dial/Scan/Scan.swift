import SockKit

/// What `dial -z` does.
@Netpoller
struct Scan {
    private let arguments: DialArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let destination: ScanDestination
    private let network: Network
    private let resolver: Resolver
    private let source: SourceAddress?

    init(_ arguments: DialArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        do throws(AddressError) {
            destination = try ScanDestination.parse(
                arguments.address.map(\.byteString), network: arguments.peer.network.named)
        } catch {
            throw UsageError(error.message)
        }
        network = destination.impliedNetwork
        resolver = try arguments.peer.network.resolver()
        try DialCommand.command.check(arguments.given, on: network.traits)
        source = try arguments.nearEnd
        try Self.check(arguments, network, hosts: destination.hostCount)
    }

    private static func check(_ arguments: DialArguments, _ network: Network, hosts: Int) throws(UsageError) {
        guard hosts <= ScanArguments.mostHosts || arguments.scan.mayBeMany else {
            throw UsageError(
                "the addresses name \(hosts) hosts, and more than \(ScanArguments.mostHosts) may be a slip",
                hint: "if they are meant, give '--yes'")
        }
        if network.kind == .datagram, arguments.choosesTimeout, arguments.timeout == nil {
            throw UsageError("'--timeout none' would wait for ever: a datagram need not be answered")
        }
        if network == .unixgram, arguments.scan.banner != nil {
            throw UsageError("'--banner' has no meaning for \(network): nobody could answer a scan there")
        }
    }

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            let proxies = try await proxies()
            let source = try await sourceAddress()
            // Through a proxy the source is for the way to that, and says nothing of the families behind it.
            let targets = try await destination.targets(
                resolver, from: proxies.route.proxies.isEmpty ? source : nil,
                leavingNames: proxies.route.resolvesThere)
            var probe = probe(targets, source)
            (probe.proxies, probe.resolver) = (proxies, resolver)
            let narrator = ScanNarrator(reporter, targets, network)
            conductor.onInquiry = { narrator.reportProgress() }
            let result = try await narrator.accompany(probe)
            // Nothing is known where it could not even begin.
            if result.failure == nil || result.scanned > 0 { narrator.conclude(result) }
            if let failure = result.failure { return reporter.fail(failure) }
            return result.open > 0 || reporter.isTargetGone ? .success : .notSo
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func probe(_ targets: ScanTargets, _ source: IPAddress?) -> ScanProbe {
        var probe = ScanProbe(network: network, targets: targets)
        probe.parallel = arguments.scan.parallel
        if arguments.choosesTimeout { probe.timeout = arguments.timeout }
        probe.banner = arguments.scan.banner
        probe.resets = arguments.peer.ending.close == .reset
        probe.source = source
        probe.sourcePort = self.source?.port ?? 0
        // A port of UDP is one socket's at a time.
        if network.isUDP, probe.sourcePort != 0 { probe.parallel = 1 }
        probe.options = arguments.peer.socket.options
        // What is found is the output: nothing of it is dropped for a reader that is slow.
        probe.pace = { [reporter] in
            while reporter.isTargetBusy, await Netpoller.sleep(for: .milliseconds(1)) {}
        }
        return probe
    }

    /// What leads there. From one port there is no second connection to a proxy: the first lingers (TIME_WAIT).
    private func proxies() async throws(NetworkError) -> ProxyDialer {
        let proxies = try await arguments.proxy.openDialer()
        guard let port = source?.port, port != 0, !proxies.route.proxies.isEmpty else { return proxies }
        let reason = "from port \(port) only one connection leads to a proxy, and a scan makes many: leave the port out"
        throw NetworkError(.dial, network: network, cause: .invalid(reason))
    }

    private func sourceAddress() async throws(NetworkError) -> IPAddress? {
        guard let source, !source.host.isEmpty else { return nil }
        let end = arguments.timeout.map { Deadline.now + $0 }
        return try await source.endpoint(for: network, by: resolver, until: end).address
    }
}
