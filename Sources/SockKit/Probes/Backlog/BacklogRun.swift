/// One run of a backlog probe: the dials that are decided and those that wait, and the sockets that stay open.
@Netpoller
final class BacklogRun {
    let probe: BacklogProbe
    var target: BacklogTarget
    /// What is being done, since the dials were about to begin.
    private(set) var plan: BacklogPlan!
    var dials: [BacklogDial] = []
    var accepts: [BacklogResult.Accept] = []
    /// The sockets of the dials that got in, with the dials' numbers; then the server's side of those it accepted.
    var held: [(index: Int, socket: HeldSocket)] = []
    var acceptedConnections: [Connection] = []
    /// The dials that are not decided; the loop watches the sockets of some of them.
    var pending: Set<Int> = []
    var waiting: [Int: PolledDescriptor] = [:]
    var retransmits: [Int: Int] = [:]
    var tasks: [Task<Void, Never>] = []
    var failure: NetworkError?
    let decided = Parking()
    var start = Deadline.now

    init(_ probe: BacklogProbe, _ target: BacklogTarget) {
        self.probe = probe
        self.target = target
    }

    func emit(_ event: BacklogEvent) { probe.onEvent?(event) }

    func execute() async throws(BacklogProbeError) -> BacklogResult {
        defer { letGo() }
        let count = probe.dials ?? defaultDials
        try checkDescriptors(for: count)
        announce(dials: count)
        start = .now
        let background = startBackground()
        if probe.isConcurrent {
            await dialConcurrently(count)
        } else {
            await dialInOrder(count)
        }
        let isPartial = await waitForAll()
        for task in background { task.cancel() }
        if let failure { throw .network(failure) }
        if !isPartial, isUnreachable {
            let cause = NetworkError.Cause.timeout
            throw .network(NetworkError(.dial, network: probe.network, remote: target.remote, cause: cause))
        }
        return await finish(isPartial: isPartial)
    }

    private var defaultDials: Int {
        if let queue = target.queue, let limit = queue.limit {
            return max(limit + queue.sockets - queue.length, 0) + BacklogProbe.surplus
        }
        return (target.capacityPredicted ?? 129) + BacklogProbe.surplus
    }

    /// Throws before the first dial, for a probe that runs out of descriptors shows that limit and not the queue.
    private func checkDescriptors(for count: Int) throws(BacklogProbeError) {
        let limit = ProcessCalls.raiseDescriptorLimit()
        let perDial = probe.acceptEvery == nil ? 1 : 2
        let (product, overflow) = count.multipliedReportingOverflow(by: perDial)
        let needed = overflow ? Int.max : product.addingReportingOverflow(Self.ownDescriptors).partialValue
        guard !overflow, needed > 0, needed <= limit else {
            throw .descriptors(needed: needed > 0 ? needed : .max, limit: limit)
        }
        // All dials go to one address and port, so each needs a local port of its own.
        if probe.network.isTCP, let ports = target.settings.localPorts, count > ports.count {
            throw .ports(needed: count, available: ports.count)
        }
    }

    /// What else the process has open: the standard streams, the loop's descriptors, the listener, files it reads.
    private static let ownDescriptors = 24

    /// Says what is about to be done, at the address that is dialled now.
    func announce(dials: Int) {
        plan = BacklogPlan(
            network: probe.network, remote: target.remote, backlogRequested: target.backlogRequested,
            settings: target.settings, queue: target.queue, capacityPredicted: target.capacityPredicted, dials: dials,
            isLocal: target.isCounted || probe.network.isUnix, counters: target.isCounted ? .now : nil)
        emit(.started(plan))
    }

    private func finish(isPartial: Bool) async -> BacklogResult {
        var result = BacklogResult(plan: plan, isPartial: isPartial)
        result.dials = dials.sorted { $0.index < $1.index }
        result.dialled = dials.count + pending.count
        result.accepts = accepts
        result.queue = target.currentQueue
        let counters = plan.counters.flatMap { _ in ListenCounters.now }
        if let before = plan.counters, let counters {
            result.overflows = counters.overflows - before.overflows
            result.drops = counters.drops - before.drops
        }
        emit(.read(result.queue, counters))
        result.bytesWritten = writeUnaccepted()
        if probe.closesListener, !isPartial { result.aftermath = await closeListener() }
        result.elapsed = .now - start
        return result
    }

    /// Nobody answered, and there is no queue to be seen that could be the reason.
    private var isUnreachable: Bool {
        target.listener == nil && !dials.isEmpty && dials.allSatisfy { $0.outcome == .timedOut }
            && target.currentQueue == nil
    }

    /// Closes everything. The listener comes first: its resets keep the clients' ports out of TIME_WAIT.
    private func letGo() {
        target.listener?.close()
        for connection in acceptedConnections { connection.close() }
        for descriptor in waiting.values { descriptor.close() }
        (held, acceptedConnections, waiting) = ([], [], [:])
    }
}
