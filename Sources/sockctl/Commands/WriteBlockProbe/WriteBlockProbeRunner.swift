import SockKit

/// What `write-block-probe` does.
@Netpoller
struct WriteBlockProbeRunner {
    private let arguments: WriteBlockProbeArguments
    private let reporter: Reporter
    private let probe: WriteBlockProbe

    init(_ arguments: WriteBlockProbeArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        reporter = conductor.reporter
        var probe = WriteBlockProbe()
        if arguments.address.isEmpty {
            probe.network = try arguments.network.ownNetwork()
        } else {
            let (network, destination) = try arguments.network.destination(arguments.address, .dialing)
            (probe.network, probe.destination) = (network, destination)
        }
        try arguments.check(for: probe.network)
        probe.dialer = Dialer(
            timeout: arguments.timeout, options: arguments.options, resolver: try arguments.network.resolver())
        (probe.chunk, probe.writes, probe.duration) = (arguments.chunk, arguments.writes, arguments.duration)
        (probe.isBlocking, probe.bothWrite) = (arguments.isBlocking, arguments.bothWrite)
        probe.writeTimeout = arguments.writeTimeout
        probe.reading = arguments.readAfter.map {
            WriteBlockProbe.Reading(after: $0, every: arguments.readEvery, size: arguments.readSize ?? 60000)
        }
        probe.ending = arguments.then.flatMap { WriteBlockProbe.PeerEnding(rawValue: $0.rawValue) }
        self.probe = probe
    }

    func run() async -> ExitStatus {
        guard let path = arguments.picture.svg else { return await measure(nil) }
        // A file that cannot be written is better known before the experiment than after it.
        guard let picture = PictureFile(path, reporter) else { return .cannotCreate }
        return await measure(picture)
    }

    private func measure(_ picture: consuming PictureFile?) async -> ExitStatus {
        let log = WriteBlockProbeLog(reporter, probe.network, showsReads: probe.reading?.every != nil)
        var probe = probe
        if arguments.picture.draws(reporter) || arguments.picture.svg != nil {
            probe.samplingInterval = .milliseconds(10)
        }
        probe.onEvent = { event in log.take(event) }
        probe.pace = { [reporter] in if reporter.isTargetBusy { await reporter.finish() } }
        let task = Netpoller.spawn { [probe] () async -> Result<WriteBlockResult, NetworkError> in
            do throws(NetworkError) { return .success(try await probe.run()) } catch { return .failure(error) }
        }
        log.onGone = { task.cancel() }
        let outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        log.finish()
        switch outcome {
        case .success(let result):
            let plot = WriteBlockChart(result, probe: probe).plot
            report(result, plot)
            if let picture, !picture.write(plot, reporter) { return .cannotCreate }
            return .success
        case .failure(let error): return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func report(_ result: WriteBlockResult, _ plot: Plot) {
        if arguments.picture.draws(reporter) {
            reporter.tell(
                plot.text(on: reporter.targetTerminal, columns: min(reporter.targetTerminal.columns, 120)),
                isPicture: true)
        }
        reporter.report(SummaryEvent(measures: result.measures))
        reporter.tell("\n" + reporter.targetTerminal.paragraph(WriteBlockProse(result, probe).text))
    }
}

extension WriteBlockProbeArguments {
    fileprivate var options: SocketOptions {
        var options = SocketOptions()
        (options.sendBuffer, options.receiveBuffer, options.noDelay) = (sendBuffer, receiveBuffer, nodelay ?? true)
        return options
    }

    /// Refuses what cannot be, or has no effect, on this network.
    fileprivate func check(for network: Network) throws(UsageError) {
        if network.isUDP {
            throw UsageError(
                "a write to \(network) never blocks: what has no room is lost",
                hint: "datagrams that do block are a Unix socket's: --network unixgram")
        }
        if !network.isTCP, let nodelay {
            throw UsageError("'--\(nodelay ? "" : "no-")nodelay' has no meaning for \(network)")
        }
        if network.kind == .datagram, bothWrite {
            throw UsageError("'--both' needs a connection, and \(network) has none")
        }
        if network.kind == .datagram, then == .reset {
            throw UsageError("'--then reset' needs a connection, and \(network) has none")
        }
    }
}
