import SockKit

/// What `backlog-probe` does.
@Netpoller
struct BacklogProbeRun {
    private let picture: PictureArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let probe: BacklogProbe

    init(_ arguments: BacklogProbeArguments, _ conductor: Conductor) throws(UsageError) {
        picture = arguments.picture
        self.conductor = conductor
        reporter = conductor.reporter
        probe = try BacklogProbe(arguments)
    }

    func run() async -> ExitStatus { await picture.run(conductor) { await measure() } }

    private func measure() async -> (status: ExitStatus, plot: Plot?) {
        let narrator = BacklogNarrator(reporter, probe)
        conductor.onInquiry = { narrator.reportProgress() }
        let result: BacklogResult
        do throws(BacklogProbeError) { result = try await narrator.accompany(probe) } catch {
            return (fail(error), nil)
        }
        let plot = BacklogChart(result, narrator.story, probe).plot
        reporter.report(SummaryEvent(measures: result.measures))
        if let drawing = picture.drawing(of: plot, for: reporter, columns: 100) {
            reporter.tell("\n\(drawing)\n", isPicture: true)
        }
        reporter.tell(reporter.targetTerminal.paragraph(BacklogConclusion(result, probe).text))
        return (.success, plot)
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

extension BacklogProbe {
    /// What the command line asks for.
    fileprivate init(_ arguments: BacklogProbeArguments) throws(UsageError) {
        let (network, destination) = try arguments.network.probed(arguments.address)
        guard network.kind != .datagram else {
            throw UsageError(
                "\(network) has no queue of connections: datagrams are received, not accepted",
                hint: "the networks to probe are tcp, tcp4, tcp6, unix and unixpacket")
        }
        let backlog = Int32(arguments.backlog ?? BacklogProbeArguments.defaultBacklog)
        self.init(network: network, target: destination.map(Target.server) ?? .own(backlog: backlog))
        resolver = try arguments.network.resolver()
        dials = arguments.dials
        acceptEvery = arguments.acceptEvery
        timeout = arguments.timeout
        isConcurrent = arguments.isConcurrent
        closesListener = arguments.then == .close
    }
}
