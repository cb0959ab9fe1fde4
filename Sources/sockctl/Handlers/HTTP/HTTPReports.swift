import SockKit

/// How an access log is written.
enum AccessLog: String, CaseIterable, Sendable {
    case combined, json, none
}

/// Tells of the requests that a server answers: its log, and what `-v` and `--trace` show.
struct HTTPReports: HTTPObserver {
    private let reporter: Reporter
    private let log: AccessLog
    private let isTracing: Bool

    /// Nil where nothing is to be told.
    init?(_ reporter: Reporter, _ log: AccessLog) {
        guard log != .none || reporter.isReported(.verbose) || reporter.isReported(.trace) else { return nil }
        self.reporter = reporter
        self.log = log
        isTracing = reporter.isReported(.trace)
    }

    func didReceiveHead(_ exchange: HTTPExchange) {
        guard isTracing, let ends = exchange.ends else { return }
        let head = exchange.request
        let lines = [head.description] + head.fields.map { "\($0.name): \($0.reportedValue)" }
        reporter.report(HeadEvent(ends: ends, isSent: false, lines: lines))
    }

    func didMakeHead(_ exchange: HTTPExchange, head: Span<UInt8>) {
        guard isTracing, let ends = exchange.ends else { return }
        let text = unsafe head.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        let lines = text.split(separator: "\r\n").map(String.init)
        reporter.report(HeadEvent(ends: ends, isSent: true, lines: lines))
    }

    func didAnswer(_ exchange: HTTPExchange) {
        guard let ends = exchange.ends else { return }
        let head = exchange.request
        var event = AnsweredEvent(ends: ends, exchange)
        event.method = head.method.description
        event.target = head.target
        event.version = head.version.description
        event.referer = head.fields["referer"].map { HTTPURL.withoutUser(ofReference: $0) }
        event.userAgent = head.fields["user-agent"]
        write(event)
        reporter.report(event)
    }

    func didRefuse(_ exchange: HTTPExchange, _ status: HTTPStatus, reason: String) {
        guard let ends = exchange.ends else { return }
        if !exchange.hasRequest { write(AnsweredEvent(ends: ends, exchange)) }
        reporter.report(RequestRefusedEvent(ends: ends, status: Int(status.code), reason: reason))
    }

    private func write(_ event: AnsweredEvent) {
        switch log {
        case .none: break
        case .combined: reporter.writeLines(Array((event.combined(at: .now) + "\n").utf8))
        // Said already where all is.
        case .json: if !reporter.isReported(.verbose) { reporter.writeLines(reporter.json(event)) }
        }
    }
}

extension AnsweredEvent {
    /// What is known of every answer, also of one to what was no request.
    @Netpoller
    fileprivate init(ends: Ends, _ exchange: HTTPExchange) {
        self.ends = ends
        index = exchange.conversation.requests
        status = exchange.status.map { Int($0.code) }
        received = exchange.bytesReceived
        sent = exchange.bytesAnswered
        duration = exchange.duration
        user = exchange.user
        isCutOff = exchange.wasCutOff
    }
}

extension HTTPExchange {
    /// Whose request it is.
    fileprivate var ends: Ends? {
        if let peer = conversation.stream as? Peer { return peer.ends }
        let names = names
        return names.network.map { Ends($0, local: names.local, remote: names.remote) }
    }
}
