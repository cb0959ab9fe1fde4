/// Makes many requests by a plan, over one transport, and measures what comes of them.
@Netpoller
public final class HTTPLoad {
    public let plan: LoadPlan
    /// What is known so far; complete when `run` has returned.
    public internal(set) var result: LoadResult
    /// Where bodies go, each whole; asked once something of one has come. nil drops them.
    public var sink: (@Netpoller () throws(NetworkError) -> ByteSink)?
    /// How long one exchange may take; nil is no limit.
    public var timeout: Duration?
    /// Asked for each request whether somebody wants to follow it.
    public var onBegin: (@Netpoller (HTTPRequest) -> LoadWitness?)?
    /// Told of the first failure of each kind.
    public var onFailure: (@Netpoller (NetworkError) -> Void)?

    let transport: Transport
    private let requests: [HTTPRequest]
    private var next = 0
    private(set) var start = Deadline.now
    private var isOver = false
    private var sinkTurn = Turn()
    /// Why bodies can no longer be written: the end of all.
    public private(set) var sinkFailure: NetworkError?
    private var workers: [Task<Void, Never>] = []

    /// With several requests they are made in turn.
    public init(_ plan: LoadPlan, _ requests: [HTTPRequest], over transport: Transport) throws(NetworkError) {
        self.plan = plan
        self.transport = transport
        var prepared: [HTTPRequest] = []
        for request in requests { prepared.append(try transport.prepared(request)) }
        self.requests = prepared
        result = LoadResult(plan)
    }

    /// Returns when all that is planned has been done, the time is up, or the task was cancelled.
    public func run() async -> LoadResult {
        start = .now
        let processorTime = ProcessCalls.processorTime
        let tasks = min(plan.parallel, plan.planned ?? .max)
        workers = (0..<tasks).map { _ in Netpoller.spawn { await LoadWorker(self).run() } }
        let limit = plan.duration.map { span in
            Netpoller.spawn {
                if await Netpoller.sleep(until: self.start + span) { self.stop() }
            }
        }
        await withTaskCancellationHandler {
            for worker in workers { await worker.value }
        } onCancel: {
            Netpoller.spawn { self.stop() }
        }
        limit?.cancel()
        result.elapsed = .now - start
        result.processorTime = ProcessCalls.processorTime - processorTime
        return result
    }

    /// Begins no more requests, and cuts those that run.
    public func stop() {
        isOver = true
        for worker in workers { worker.cancel() }
    }

    /// How long it has been going on.
    public var elapsed: Duration { .now - start }

    // MARK: - For its workers

    /// The next request and the moment at which it is to begin; nil if there is none.
    func take() -> (request: HTTPRequest, moment: Deadline)? {
        guard !isOver, next < plan.planned ?? .max else { return nil }
        defer { next += 1 }
        let moment = start + plan.moment(of: next)
        return (requests.count == 1 ? requests[0] : requests[next % requests.count], moment)
    }

    /// Gives the sink to one body, until `giveSink`.
    func takeSink() async -> Bool {
        guard sinkTurn.isHeld else {
            sinkTurn.isHeld = true
            return true
        }
        return await sinkTurn.queue().wait() == .ready
    }

    func giveSink() {
        if sinkTurn.hasLine { sinkTurn.give() } else { sinkTurn.isHeld = false }
    }

    func fail(sink error: NetworkError) {
        if sinkFailure == nil { sinkFailure = error }
        stop()
    }

    @inline(never)
    func note(_ error: NetworkError, _ phase: LoadPhase) {
        let isNew = result.failures.counts[LoadFailures.Kind(phase, error.code)] == nil
        result.failures.note(phase, error.code)
        if isNew { onFailure?(error) }
    }
}

/// Somebody who follows one exchange of a load.
public struct LoadWitness: Sendable {
    public let observer: ExchangeObserver
    /// Told if it comes to nothing.
    public let onFailure: @Netpoller @Sendable (NetworkError) -> Void

    public init(
        observer: @escaping ExchangeObserver, onFailure: @escaping @Netpoller @Sendable (NetworkError) -> Void
    ) {
        self.observer = observer
        self.onFailure = onFailure
    }
}
