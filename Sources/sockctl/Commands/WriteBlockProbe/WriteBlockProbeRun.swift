import SockKit

/// What `write-block-probe` does.
@Netpoller
struct WriteBlockProbeRun {
    private let picture: PictureArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let probe: WriteBlockProbe

    init(_ arguments: WriteBlockProbeArguments, _ conductor: Conductor) throws(UsageError) {
        picture = arguments.picture
        self.conductor = conductor
        reporter = conductor.reporter
        var probe = try WriteBlockProbe(arguments)
        if picture.svg != nil || picture.draws(reporter) { probe.samplingInterval = .milliseconds(10) }
        probe.pace = { [reporter] in if reporter.isTargetBusy { await reporter.finish() } }
        self.probe = probe
    }

    func run() async -> ExitStatus { await picture.run(conductor) { await measure() } }

    private func measure() async -> (status: ExitStatus, plot: Plot?) {
        let narrator = WriteBlockNarrator(reporter, probe)
        let result: WriteBlockResult
        do throws(NetworkError) { result = try await narrator.accompany(probe) } catch {
            return (error.cause == .cancelled ? .success : reporter.fail(error), nil)
        }
        let plot = WriteBlockChart(result, probe: probe).plot
        if let drawing = picture.drawing(of: plot, for: reporter, columns: 120) {
            reporter.tell(drawing, isPicture: true)
        }
        reporter.report(SummaryEvent(measures: result.measures))
        reporter.tell("\n" + reporter.targetTerminal.paragraph(WriteBlockConclusion(result, probe).text))
        return (.success, plot)
    }
}

extension WriteBlockProbe {
    /// What the command line asks for.
    fileprivate init(_ arguments: WriteBlockProbeArguments) throws(UsageError) {
        let (network, destination) = try arguments.network.probed(arguments.address)
        if network.isUDP {
            throw UsageError(
                "a write to \(network) never blocks: what has no room is lost",
                hint: "datagrams that do block are a Unix socket's: --network unixgram")
        }
        try WriteBlockProbeCommand.command.check(arguments.given, on: network.traits)
        self.init(network: network)
        self.destination = destination
        dialer = Dialer(
            timeout: arguments.timeout, options: arguments.options, resolver: try arguments.network.resolver())
        (chunk, writes, duration) = (arguments.chunk, arguments.writes, arguments.duration)
        (isBlocking, bothWrite) = (arguments.isBlocking, arguments.bothWrite)
        writeTimeout = arguments.writeTimeout
        reading = arguments.readAfter.map {
            Reading(after: $0, every: arguments.readEvery, size: arguments.readSize ?? 60000)
        }
        ending = arguments.then
    }
}

extension WriteBlockProbeArguments {
    fileprivate var options: SocketOptions {
        var options = SocketOptions()
        (options.sendBuffer, options.receiveBuffer, options.noDelay) = (sendBuffer, receiveBuffer, nodelay)
        return options
    }
}
