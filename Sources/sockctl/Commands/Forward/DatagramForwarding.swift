import SockKit

/// What `forward` does between networks of datagrams.
@Netpoller
struct DatagramForwarding {
    let arguments: ForwardArguments
    let conductor: Conductor
    let targets: TargetList
    let configuration: ListenConfiguration
    let faults: FaultDesk?

    /// How long nothing may come or go between a sender and its target, unless something else was asked for.
    static let silence = Duration.seconds(60)

    func run(_ place: ForwardPlace, _ gate: Gate?) async throws(NetworkError) -> ExitStatus {
        let reporter = conductor.reporter
        let socket = try await configuration.listenDatagram(place.network, at: place.destination)
        defer { socket.close() }
        // Not before: who cannot have the address empties no file of whoever has it.
        guard let copies = conductor.copies(arguments.transfer) else { return .cannotCreate }
        let recorder = try conductor.recorder(arguments.record)
        let forwarder = try DatagramForwarder(
            socket, targets(for: socket, reporter), limits: limits, copies, reporter)
        (forwarder.gate, forwarder.recorder, forwarder.faults) = (gate, recorder, faults)
        if reporter.isReported(.veryVerbose), let facts = socket.socketFacts {
            reporter.report(
                SocketOptionsEvent(ends: Ends(place.network, local: socket.localEndpoint), facts: facts))
        }
        reporter.report(ListeningEvent(socket))
        conductor.onFinish = { forwarder.finish($0.deed) }
        conductor.onInquiry = { forwarder.reportProgress() }
        let task = Netpoller.spawn { await forwarder.run() }
        var override: ExitStatus?
        let fail: @Netpoller (NetworkError) -> Void = { error in
            guard override == nil else { return }
            override = reporter.fail(error)
            task.cancel()
        }
        copies.onFailure = fail
        recorder?.onFailure = fail
        let status = await Netpoller.join(task)
        forwarder.summarize()
        return override ?? status
    }

    private func targets(for socket: DatagramSocket, _ reporter: Reporter) -> DatagramTargets {
        let opening = DatagramConfiguration(options: arguments.socket.options, resolver: configuration.resolver)
        return DatagramTargets(
            targets, opening, timeout: arguments.timeout, listening: socket.localEndpoint, reporter)
    }

    private var limits: DatagramForwarder.Limits {
        DatagramForwarder.Limits(
            accepts: arguments.maximumAccepts, senders: arguments.maximumConnections,
            silence: arguments.namesSilence ? arguments.deadlines.idleTimeout : Self.silence,
            lifetime: arguments.ending.closeAfter)
    }
}
