import SockKit

/// What `backlog-probe` does.
@Netpoller
struct BacklogProbeRun {
    private let arguments: BacklogProbeArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let configuration: BacklogConfiguration

    init(_ arguments: BacklogProbeArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        configuration = try BacklogConfiguration(arguments)
    }

    func run() async -> ExitStatus {
        guard let path = arguments.picture.svg else { return await probe(nil) }
        guard let picture = PictureFile(path, reporter) else { return .cannotCreate }
        return await probe(picture)
    }

    private func probe(_ picture: consuming PictureFile?) async -> ExitStatus {
        let narrator = BacklogNarrator(reporter, configuration)
        let probe = BacklogProbe(configuration) { event in narrator.take(event) }
        let task = Netpoller.spawn { await Self.outcome(of: probe) }
        // Nobody reads on: there is no use in dialling on.
        narrator.onReaderGone = { task.cancel() }
        conductor.onInquiry = { narrator.reportProgress() }
        let outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        narrator.finish()
        switch outcome {
        case .failure(let error): return fail(error)
        case .success(let result):
            let plot = BacklogPlot(result, narrator.story, configuration).plot
            reporter.report(SummaryEvent(measures: result.measures))
            if arguments.picture.draws(reporter) { draw(plot) }
            reporter.tell(reporter.targetTerminal.paragraph(BacklogConclusion(result, configuration).text))
            if let picture, !picture.write(plot, reporter) { return .cannotCreate }
            return .success
        }
    }

    private static func outcome(of probe: BacklogProbe) async -> Result<BacklogResult, BacklogProbeError> {
        do throws(BacklogProbeError) { return .success(try await probe.run()) } catch { return .failure(error) }
    }

    /// Text that is wider than this is hard to read, and a pipe has no width.
    private var columns: Int { min(reporter.targetTerminal.columns, 100) }

    private func draw(_ plot: Plot) {
        reporter.tell("\n" + plot.text(on: reporter.targetTerminal, columns: columns) + "\n", isPicture: true)
    }

    private func fail(_ error: BacklogProbeError) -> ExitStatus {
        switch error {
        case .network(let error): return error.cause == .cancelled ? .success : reporter.fail(error)
        case .descriptors(let needed, let limit):
            reporter.fail(
                code: Errno.tooManyOpenFiles.name,
                message: "the probe needs \(needed) open descriptors, and the limit is \(limit): nothing was dialled",
                hint: "make fewer '--dials', or raise the limit first: ulimit -Hn \(needed)")
            return .system
        case .ports(let needed, let available):
            reporter.fail(
                code: Errno.addressNotAvailable.name,
                message: "\(needed) dials need as many local ports, and there are \(available): nothing was dialled",
                hint: "make fewer '--dials', or widen net.ipv4.ip_local_port_range first")
            return .system
        }
    }
}

extension BacklogConfiguration {
    /// What the command line asks for.
    init(_ arguments: BacklogProbeArguments) throws(UsageError) {
        let network: Network
        if arguments.address.isEmpty {
            network = try arguments.network.ownNetwork()
            let backlog = arguments.backlog ?? BacklogProbeArguments.defaultBacklog
            self.init(network: network, target: .own(backlog: Int32(backlog)))
        } else {
            let destination: Destination
            (network, destination) = try arguments.network.destination(arguments.address, .dialing)
            self.init(network: network, target: .server(destination), resolver: try arguments.network.resolver())
        }
        guard network.kind != .datagram else {
            throw UsageError(
                "\(network) has no queue of connections: datagrams are received, not accepted",
                hint: "the networks to probe are tcp, tcp4, tcp6, unix and unixpacket")
        }
        dials = arguments.dials
        acceptEvery = arguments.acceptEvery
        timeout = arguments.timeout
        isConcurrent = arguments.isConcurrent
        closesListener = arguments.then == .close
    }
}

extension NetworkArguments {
    /// The network of a probe's own peer, which needs no name or address.
    func ownNetwork() throws(UsageError) -> Network {
        if isLiteral || !resolutions.isEmpty {
            throw UsageError("'--\(isLiteral ? "no-dns" : "resolve")' has no use without an address")
        }
        guard let name else { return .tcp }
        guard let network = Network(rawValue: name) else { throw UsageError("unknown network \(name)") }
        return network
    }
}

extension BacklogResult {
    /// The summary, under the names that scripts know.
    var measures: [Measure] {
        func known(_ value: Int?) -> Measure.Value { value.map(Measure.Value.count) ?? .nothing }
        return [
            Measure("backlog_requested", known(backlogRequested)), Measure("queue_limit", known(limit)),
            Measure("somaxconn", known(isLocal ? settings.maximumBacklog : nil)),
            Measure("capacity_predicted", known(capacityPredicted)),
            Measure("dialled", .count(dialled)), Measure("connected", .count(count(.connected))),
            Measure("timed_out", .count(count(.timedOut))), Measure("refused", .count(count(.refused))),
            Measure("would_block", .count(count(.wouldBlock))),
            Measure("accepted", known(backlogRequested == nil ? nil : accepts.count)),
            Measure("queue_length", known(queue?.length)), Measure("listen_overflows", known(overflows)),
            Measure("listen_drops", known(drops)), Measure("elapsed", .duration(elapsed)),
        ]
    }
}
