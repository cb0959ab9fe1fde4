import SockKit

/// One request, with its redirects and retries, and what becomes of the answer.
@Netpoller
final class Download {
    private let request: HTTPRequest
    private let arguments: HTTPGetArguments
    private let client: HTTPClient
    private let place: AnswerPlace
    private let conductor: Conductor
    private let reporter: Reporter
    private var log: ExchangeLog?
    /// The heads that came on the way, of the redirects too.
    private var heads: [UInt8] = []
    /// How long the file is to be in the end, where that is known.
    private var expected: Int?
    /// How much of the body of the last try has come.
    private var received = 0
    /// What the file has is the beginning of what was asked for: no head, no page about a failure, no other part.
    private var holdsBeginning = false

    init(
        _ request: HTTPRequest, _ arguments: HTTPGetArguments, _ client: HTTPClient, _ place: AnswerPlace,
        _ conductor: Conductor
    ) {
        self.request = request
        self.arguments = arguments
        self.client = client
        self.place = place
        self.conductor = conductor
        reporter = conductor.reporter
    }

    private var answer: HTTPAnswerArguments { arguments.answer }

    /// The file that has a part of this body and nothing else.
    private var partialFile: OutputFile? {
        guard let file = place.file, holdsBeginning, request.method == .get else { return nil }
        return isAlone ? file : nil
    }

    /// Whether no other URL's body is in its file.
    private var isAlone: Bool { answer.usesRemoteName || arguments.urls.count == 1 }

    func run() async -> ExitStatus {
        var resumption = answer.continues ? place.file.flatMap { Resumption(of: $0) } : nil
        var backoff = Backoff(first: .seconds(1), most: .seconds(600))
        while true {
            do throws(NetworkError) {
                return try await get(resumption)
            } catch {
                if error.isOutputGone { return .success }
                if error.cause == .cancelled {
                    log?.breakOff(after: received)
                    tellPart()
                    return .success
                }
                log?.fail(error, after: received)
                // The client itself tries again what broke before its answer; here it is a body, of which a file has a part.
                guard error.isLoss || error.isCutOff, backoff.count < answer.retries, let file = partialFile,
                    let part = Resumption(of: file), resumption.map({ $0.isOlder(than: part) }) ?? true
                else { return fail(error) }
                // What has no name may be something else by now: all of it is asked for, unless it is to be gone on with
                // in any case.
                let goesOn = part.isOfKnownVersion || answer.continues
                let pause = backoff.next()
                reporter.report(RetryingEvent(attempt: backoff.count, delay: pause, failure: Failure(error)))
                guard await Netpoller.sleep(for: pause) else { return .success }
                file.restart()
                resumption = goesOn ? part : nil
            }
        }
    }

    // MARK: - One try

    private func get(_ resumption: Resumption?) async throws(NetworkError) -> ExitStatus {
        var request = request
        received = 0
        resumption?.add(to: &request.fields)
        let response = try await client.send(request, observer: observer(request))
        log?.note(response.framing)
        if answer.firstLineOnly {
            try await printFirstLine(response)
            return status(of: response)
        }
        if response.status == 101 {
            let text = "the server goes on in another protocol (101), which nobody asked for"
            throw response.failure(.message(MessageError(.malformed, "HTTP answer", text)))
        }
        // All of it, as it is or as somebody on the way made it, or the part that was asked for.
        let isWelcome = resumption == nil || [200, 203, 206].contains(response.status.code)
        if !isWelcome || answer.failure == .fails && response.status.isFailure {
            return await refuse(response, resumption)
        }
        let sink = try sink(for: response, resumption)
        if answer.includesHead || arguments.request.isHead { try await write(heads, to: sink) }
        try await copy(response, to: sink)
        if let file = place.file {
            try checkEnd(response, resumption, file)
            file.validator = nil
        }
        return status(of: response)
    }

    private func observer(_ request: HTTPRequest) -> ExchangeObserver? {
        heads = []
        let showsHeads = answer.includesHead || arguments.request.isHead
        let log = reporter.isReported(.verbose) ? ExchangeLog(request, client.transport, reporter) : nil
        self.log = log
        let upload = uploadProgress(request)
        guard showsHeads || log != nil || upload != nil || answer.retries > 0 || answer.follows else { return nil }
        return { event in
            if case .head = event { upload?.finish() }
            switch event {
            case .sending(let count): upload?.tick(count)
            case .head(let head), .interim(let head): if showsHeads { self.heads += head.received }
            case .retrying(let reason, let count, let pause):
                self.heads = []
                // Without -v nobody else says so.
                if log == nil {
                    self.reporter.report(
                        RetryingEvent(attempt: count, delay: pause, failure: Failure(reason, request)))
                }
            case .notRetrying(let reason, let pause, let limit):
                let failure = Failure(reason, request)
                self.reporter.report(NotRetriedEvent(delay: pause, limit: limit, failure: failure))
            case .notRedirecting(let status, let reason):
                self.reporter.report(NotRedirectedEvent(status: status, reason: reason))
            default: break
            }
            log?.take(event)
        }
    }

    /// Shows how far the content of a request is, if it comes from a file or a stream: what was typed is sent at once.
    private func uploadProgress(_ request: HTTPRequest) -> Progress? {
        guard arguments.request.uploads != nil else { return nil }
        let progress = Progress(reporter, total: request.body.length)
        progress.begin()
        return progress
    }

    /// What the answer's status means for the shell.
    private func status(of response: HTTPResponse) -> ExitStatus {
        guard answer.failure != .none, response.status.isFailure else { return .success }
        reporter.report(FailedEvent(Failure(response.status, response.head.reason, response.request)))
        return .notSo
    }

    // MARK: - Output

    private func sink(for response: HTTPResponse, _ resumption: Resumption?) throws(NetworkError) -> ByteSink {
        switch place {
        case .standard(let sink): return sink
        case .file(let file):
            let kept = try resumption?.kept(of: response) ?? 0
            expected = resumption?.whole(of: response) ?? response.length.map { kept + $0 }
            holdsBeginning = holdsBeginning(response, isResumed: kept > 0)
            if let resumption {
                reporter.report(resumption.event(kept > 0 ? .appended : .rewritten))
            }
            let sink = try file.begin(keeping: kept)
            // A part need not name again what it is a part of.
            if kept == 0 || response.validator != nil { file.validator = response.validator }
            return sink
        }
    }

    private func holdsBeginning(_ response: HTTPResponse, isResumed: Bool) -> Bool {
        !answer.includesHead && !request.fields.contains("range") && (isResumed || response.status == 200)
    }

    /// A server may send less than it was asked for, and only Content-Range says so.
    private func checkEnd(
        _ response: HTTPResponse, _ resumption: Resumption?, _ file: OutputFile
    ) throws(NetworkError) {
        guard let whole = resumption?.whole(of: response), let size = file.size, size != whole else { return }
        let text = "\(Quantity.count(size, "byte")) have come of \(whole)"
        throw response.failure(
            .message(MessageError(size < whole ? .truncated : .malformed, "HTTP answer", text)))
    }

    private func printFirstLine(_ response: HTTPResponse) async throws(NetworkError) {
        guard case .standard(let sink) = place else { return }
        try await sink.write(Array("\(response.head)\n".utf8))
        await response.finishUnread()
    }

    private func write(_ bytes: [UInt8], to sink: ByteSink) async throws(NetworkError) {
        do throws(NetworkError) { try await sink.write(bytes) } catch { throw named(error) }
    }

    private func copy(_ response: HTTPResponse, to sink: ByteSink) async throws(NetworkError) {
        guard !response.isOver else { return }
        let progress = Progress(reporter, total: response.length, sharesTerminal: place.file == nil && sink.isTerminal)
        conductor.onInquiry = { [reporter] in reporter.writeProgressLine(Quantity.bytes(response.received)) }
        progress.begin()
        defer { progress.finish() }
        defer { received = response.received }
        do throws(NetworkError) {
            _ = try await response.copyBody(to: PairedStream(source: nil, sink: sink)) { progress.tick($0) }
        } catch {
            // Of a file its length says how much it has; of a reader that has gone nobody expects that it had all.
            if response.untaken > 0, place.file == nil, !error.isOutputGone {
                reporter.report(OutputDroppedEvent(bytes: response.untaken, received: response.received))
            }
            throw named(error)
        }
    }

    private func named(_ error: NetworkError) -> NetworkError { place.file?.name(error) ?? error }

    // MARK: - Failures

    /// An answer that is none of what was asked for: what it says of itself is not printed, nor put behind a file's bytes.
    private func refuse(_ response: HTTPResponse, _ resumption: Resumption?) async -> ExitStatus {
        await response.finishUnread()
        if let resumption, response.status == 416 {
            if resumption.isWhole(response) {
                reporter.report(resumption.event(.whole))
                resumption.file.validator = nil
                return .success
            }
            reporter.fail(
                code: "range",
                message:
                    "\(resumption.file.path) has \(Quantity.count(resumption.size, "byte")), more than \(request.url) has",
                hint: "to get it anew, leave out --continue")
            return .data
        }
        reporter.report(FailedEvent(Failure(response.status, response.head.reason, response.request)))
        return .notSo
    }

    private func fail(_ error: NetworkError) -> ExitStatus {
        let status = reporter.fail(error)
        if error.stream == nil { tellPart() }
        return status
    }

    /// Says what a body that did not come to its end has left in its file.
    private func tellPart() {
        guard let file = place.file, file.hasBegun, let size = isAlone ? file.size : received, size > 0 else { return }
        reporter.report(
            PartialFileEvent(
                path: file.path.text, bytes: size, length: expected, canGoOn: partialFile != nil))
    }
}

extension HTTPResponse {
    /// What tells this version of the body from others: for If-Range (RFC 9110 section 13.1.5).
    fileprivate var validator: String? {
        if let tag = head.fields["etag"], let parsed = EntityTag(parsing: tag), !parsed.isWeak { return tag }
        return head.fields["last-modified"]
    }
}

extension NetworkError {
    /// The connection ended inside an answer.
    fileprivate var isCutOff: Bool { if case .message(let error) = cause { error.kind == .truncated } else { false } }
}
