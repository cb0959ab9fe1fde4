/// One of those who make requests at once: one after the other, and notes what each took.
@Netpoller
final class LoadWorker {
    private let load: HTTPLoad
    private var phase = LoadPhase.connect
    private var sent = Deadline.now
    private var witness: LoadWitness?
    // What is known of a request, and in no figure unless it is answered.
    private var firstByte: Int64?
    private var connect: Duration?

    init(_ load: HTTPLoad) {
        self.load = load
    }

    func run() async {
        // One closure for all requests: to make one costs memory each time. It keeps the worker: a dial that was begun for
        // the last request, which another connection then served, may end later than the worker's run.
        let observer: ExchangeObserver = { event in self.take(event) }
        var turns = 0
        while let (request, moment) = load.take() {
            if load.plan.rate != nil, !moment.hasPassed, !(await Netpoller.sleep(until: moment)) { return }
            guard await exchange(request, moment, observer) else { return }
            turns &+= 1
            // A server on this machine may always have answered already: the others, and the clock, want their turn too.
            if turns & 15 == 0 { await Task.yield() }
        }
    }

    /// False when there is no more to be done.
    private func exchange(_ request: HTTPRequest, _ moment: Deadline, _ observer: @escaping ExchangeObserver) async
        -> Bool
    {
        var request = request
        phase = .connect
        (firstByte, connect) = (nil, nil)
        if let timeout = load.timeout { request.deadline = .now + timeout }
        witness = load.onBegin?(request)
        load.result.sent += 1
        do throws(NetworkError) {
            let response = try await load.transport.roundTrip(request, observer: observer)
            if load.sink == nil { try await response.drain() } else { try await keep(response) }
            note(response, moment)
            return true
        } catch {
            return fail(error)
        }
    }

    private func note(_ response: HTTPResponse, _ moment: Deadline) {
        let end = Deadline.now
        load.result.note(response.status.code, response.received, from: sent, to: end)
        if let firstByte { load.result.firstByte.record(nanoseconds: firstByte) }
        if let connect { load.result.connect.record(connect) }
        if load.plan.rate != nil {
            load.result.plannedLatency.record(nanoseconds: end.nanoseconds - moment.nanoseconds)
        }
    }

    @inline(never)
    private func fail(_ error: NetworkError) -> Bool {
        guard error.cause != .cancelled else {
            load.result.cut += 1
            return false
        }
        load.note(error, error.isOfName ? .resolve : phase)
        witness?.onFailure(error)
        return true
    }

    /// Writes the body behind those before it.
    @inline(never)
    private func keep(_ response: HTTPResponse) async throws(NetworkError) {
        guard let makeSink = load.sink, await load.takeSink() else {
            throw NetworkError(.write, network: nil, cause: .cancelled)
        }
        defer { load.giveSink() }
        var sink: ByteSink?
        while true {
            let chunk = try await response.readBody()
            guard !chunk.isEnd else { return }
            do throws(NetworkError) {
                if sink == nil { sink = try makeSink() }
                try await sink?.write(chunk)
            } catch {
                load.fail(sink: error)
                throw NetworkError(.write, network: nil, cause: .cancelled)
            }
            chunk.giveBack()
        }
    }

    // MARK: - What happens

    /// A dial that was begun for a request which another connection then served is none of that request's.
    private func note(_ time: Duration) {
        switch phase {
        case .resolve, .wait, .connect: connect = time
        case .send, .firstByte, .head, .body: load.result.connect.record(time)
        }
    }

    private func take(_ event: ExchangeEvent) {
        switch event {
        case .connection(let facts):
            (sent, phase) = (.now, .send)
            if load.result.firstSend == nil { load.result.firstSend = sent }
            if facts.isReused { load.result.reusedConnections += 1 } else { load.result.newConnections += 1 }
        case .wroteContent: if phase == .send { phase = .firstByte }
        case .firstByte:
            phase = .head
            firstByte = Deadline.now.nanoseconds - sent.nanoseconds
        case .interim: phase = .firstByte
        case .head: phase = .body
        case .retryingStale: load.result.staleRepeats += 1
        case .waiting: phase = load.transport.rules.maxConnsPerHost == 0 ? .resolve : .wait
        case .dial(.connecting): phase = .connect
        case .dial(.connected(_, _, let time)): note(time)
        default: break
        }
        if let witness { witness.observer(event) }
    }
}

extension NetworkError {
    /// A name has no address, or none that would do.
    fileprivate var isOfName: Bool {
        switch cause {
        case .noSuchHost, .lookupFailed, .noSuitableAddress: true
        default: false
        }
    }
}

extension LoadResult {
    /// Notes an answer.
    mutating func note(_ status: UInt16, _ count: Int, from sent: Deadline, to end: Deadline) {
        answered += 1
        statuses[status, default: 0] += 1
        bytes += count
        latency.record(nanoseconds: end.nanoseconds - sent.nanoseconds)
        if let firstSend { span = end - firstSend }
    }
}
