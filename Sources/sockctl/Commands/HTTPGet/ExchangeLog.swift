import SockKit

/// Follows one exchange, and tells of it: the connection, both heads, and at its end what took how long.
@Netpoller
final class ExchangeLog {
    private let reporter: Reporter
    private let transport: Transport
    private let showsHeads: Bool
    private var request: HTTPRequest
    private var clock = ExchangeClock()
    private var facts: ConnectionFacts?
    private var attempt = 1
    private var dialFailure: AttemptFailedEvent?
    private var proxied: [ProxiedEvent] = []
    private var secured: TLSReport?
    private var head: ResponseHead?
    private var bytes = 0
    private var fate: ExchangeEndedEvent.Fate?
    private var framing: BodyFraming?
    private var isTold = false

    /// Of many exchanges the heads would be too much to read.
    init(_ request: HTTPRequest, _ transport: Transport, _ reporter: Reporter, showsHeads: Bool = true) {
        self.request = request
        self.showsHeads = showsHeads
        self.transport = transport
        self.reporter = reporter
    }

    func take(_ event: ExchangeEvent) {
        switch event {
        case .waiting: clock.waits = .now
        case .dial(let event): take(event)
        case .secured(let time, let report): (clock.tls, secured) = (time, report)
        case .insecure(let names, let time, let report):
            clock.tls = time
            reportUnsecured(names, report)
        case .connection(let facts): take(facts)
        case .wroteHead: reportRequest()
        case .wroteContent: clock.sent = .now
        // The last two are told also to those who do not ask for details.
        case .awaitsContinue, .sending, .notRedirecting, .notRetrying: break
        case .firstByte: clock.firstByte = .now
        case .interim(let head):
            clock.firstByte = nil
            report(head)
        case .head(let head):
            self.head = head
            // What came before was an interim answer.
            if clock.firstByte == nil { clock.firstByte = .now }
            report(head)
        case .end(let count): bytes = count
        case .released(_, let fate): finish(fate)
        case .retryingStale(let error):
            reporter.report(StaleConnectionEvent(failure: Failure(error, connection: facts?.number)))
            begin(request)
        case .redirecting(let status, let next):
            reporter.report(RedirectedEvent(status: status, method: next.method.description, url: next.url.description))
            begin(next)
        case .retrying(let reason, let count, let pause):
            if case .error(let error) = reason { fail(error) }
            reporter.report(RetryingEvent(attempt: count, delay: pause, failure: Failure(reason, request)))
            begin(request)
            // The pause belongs to neither exchange.
            clock.start = .now + pause
        }
    }

    /// How the body's length is known, once the answer is there.
    func note(_ framing: BodyFraming) { self.framing = framing }

    /// Tells of an exchange that came to nothing, unless it has been told of.
    func fail(_ error: NetworkError, after received: Int = 0) {
        guard !isTold, error.cause != .cancelled else { return }
        // Those of an error of writing are the request's, or somebody else's.
        bytes = max(bytes, received, error.operation == .write ? 0 : error.bytesTransferred)
        report(reporter.failure(error, connection: facts?.number))
    }

    /// Tells of an exchange that this side has broken off, unless it has been told of.
    func breakOff(after received: Int) {
        guard !isTold, facts != nil else { return }
        bytes = max(bytes, received)
        if head != nil { fate = ExchangeEndedEvent.Fate(.closed(.unread)) }
        report(nil)
    }

    // MARK: - The course of things

    private func begin(_ request: HTTPRequest) {
        self.request = request
        clock = ExchangeClock()
        (facts, head, fate, framing) = (nil, nil, nil, nil)
        (bytes, isTold) = (0, false)
        (proxied, secured) = ([], nil)
    }

    private func take(_ event: DialEvent) {
        let network = transport.rules.network
        switch event {
        case .resolved(let host, let addresses, let time):
            clock.resolve = time
            reporter.report(ResolvedEvent(host: host, addresses: addresses, time: time))
        case .connecting(let remote, let attempt):
            if let dialFailure { reporter.report(dialFailure) }
            dialFailure = nil
            if clock.connects == nil { clock.connects = .now }
            reporter.report(ConnectingEvent(ends: Ends(network, remote: remote), attempt: attempt))
        case .attemptFailed(let error, let attempt):
            if error.cause != .cancelled { dialFailure = AttemptFailedEvent(failure: Failure(error), attempt: attempt) }
        case .connected(_, let attempt, _):
            if let dialFailure { reporter.report(dialFailure) }
            dialFailure = nil
            self.attempt = attempt
            clock.connected = .now
        case .proxied(let proxy, let target, let time):
            // Until then there is no connection to the server.
            clock.connected = .now
            proxied.append(ProxiedEvent(ends: Ends(network), proxy: proxy, target: target, time: time))
        }
    }

    private func take(_ facts: ConnectionFacts) {
        self.facts = facts
        clock.connection = .now
        guard !facts.isReused else { return }
        reporter.report(
            ConnectedEvent(
                ends: ends, attempt: attempt, resolve: clock.resolve, connect: clock.connect ?? .zero))
        for event in proxied { reporter.report(event) }
        if let secured { reporter.report(TLSEvent(ends: ends, report: secured)) }
    }

    /// There was a connection, though no request went by it.
    private func reportUnsecured(_ names: StreamNames, _ report: TLSReport?) {
        let ends = Ends(names.network ?? transport.rules.network, local: names.local, remote: names.remote)
        reporter.report(
            ConnectedEvent(ends: ends, attempt: attempt, resolve: clock.resolve, connect: clock.connect ?? .zero))
        for event in proxied { reporter.report(event) }
        if let report { reporter.report(TLSFailedEvent(ends: ends, report: report)) }
    }

    private var ends: Ends {
        Ends(
            facts?.names.network ?? transport.rules.network, local: facts?.names.local, remote: facts?.names.remote,
            connection: facts?.number)
    }

    private func reportRequest() {
        guard showsHeads, reporter.isReported(.verbose), let head = transport.head(of: request) else { return }
        reporter.report(RequestSentEvent(ends: ends, head: head))
    }

    private func report(_ head: ResponseHead) {
        if showsHeads { reporter.report(ResponseReceivedEvent(ends: ends, head: head)) }
    }

    private func finish(_ fate: ConnectionFate) {
        // What is read in the background of an answer that was broken off belongs to no account.
        guard !isTold else { return }
        self.fate = ExchangeEndedEvent.Fate(fate)
        // What failed may be sent again in the same breath, and is told with its reason.
        if case .closed(.failed) = fate { return }
        report(nil)
    }

    /// What the connection leads to, or through.
    private var proxy: String? {
        if let proxy = facts?.proxy { return proxy.description }
        let (url, tunnels) = (request.url, transport.rules.tunnels)
        let place = Destination.Place.host(url.host, service: "\(url.effectivePort)")
        guard facts != nil, !tunnels.isDirect(to: Destination(place: place), transport.rules.network) else {
            return nil
        }
        return tunnels.route.proxies.map(\.description).joined(separator: ", ")
    }

    private func report(_ failure: Failure?) {
        isTold = true
        let end = Deadline.now
        clock.start = min(clock.start, end)
        var event = ExchangeEndedEvent(
            ends: ends, method: request.method.description, url: request.url.description, duration: end - clock.start)
        event.answer = head.map { ($0.status, $0.reason) }
        event.isReused = facts?.isReused
        event.idle = facts?.idle
        event.phases = clock.phases(until: end)
        event.bytes = bytes
        event.framing = head == nil ? nil : showsHeads ? (framing ?? .none).word : nil
        event.fate = fate
        event.proxy = proxy
        event.failure = failure
        reporter.report(event)
    }
}
