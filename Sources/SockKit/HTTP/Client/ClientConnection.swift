/// A connection to a server or a proxy: one exchange at a time, and idle between two.
@Netpoller
final class ClientConnection {
    /// Connections of a transport count from 1.
    let number: Int
    let host: HostPool
    let stream: any ByteStream
    /// What the stream is of, in the end.
    private let socket: Connection?

    var parser: ResponseParser
    /// What was read, and how much of it the parser has taken.
    var buffer: [UInt8] = []
    var position = 0
    var end = 0

    /// How many exchanges have begun.
    private(set) var requests = 0
    /// When its last exchange was over; when it was made, before the first.
    private(set) var idleSince = Deadline.now
    /// The server may have given it up before it heard of the request.
    private var hasBeenIdle = false
    /// How long it had been idle before this exchange.
    private(set) var idle = Duration.zero
    private var watcher: Parking?
    private(set) var isClosed = false

    // The exchange that is going on.
    var plan: RequestPlan?
    var observer: ExchangeObserver?
    var deadline: Deadline?
    /// Sends the content, where that goes on beside the reading.
    var writer: BodyWriter?
    /// Why the head could not be written. There may be an answer all the same.
    var writeError: NetworkError?
    /// How much of the request the kernel has taken, as far as that is known.
    var written = 0
    var hasAnswerBegun = false
    /// The head of the final answer has come.
    var isReadingContent = false
    /// The content has come to its end.
    var hasEnded = false
    /// Something stands behind the answer, which nobody asked for.
    var isMoreThere = false
    /// The response header timeout counts now, and not the end of the exchange.
    var awaitsHead = false

    init(_ stream: any ByteStream, _ socket: Connection?, _ host: HostPool, number: Int, limits: MessageLimits) {
        self.stream = stream
        self.socket = socket
        self.host = host
        self.number = number
        parser = ResponseParser(limits: limits)
    }

    var facts: ConnectionFacts {
        ConnectionFacts(
            number: number, names: stream.names, requestsBefore: requests - 1, idle: requests > 1 ? idle : nil,
            proxy: host.proxy)
    }

    // MARK: - Between two exchanges

    /// It has nothing to do from now on.
    func fallAsleep() {
        (idleSince, hasBeenIdle) = (.now, true)
    }

    /// Whether it can be used again: it was not idle too long, and the server has neither ended it nor said something
    /// unasked, as an idle 408. `looksTwice` asks the kernel even where the loop has not heard of anything.
    func wakeUp(within most: Duration?, looksTwice: Bool) -> Bool {
        idle = .now - idleSince
        if let most, idle >= most { return false }
        if watcher != nil { stopWatching() }
        return socket?.isQuiet(looksTwice: looksTwice) ?? true
    }

    /// Has somebody woken when the server ends it; false if it has.
    func watch(_ watcher: Parking) -> Bool {
        guard let socket else { return true }
        guard socket.isQuiet(looksTwice: false) else { return false }
        if self.watcher == nil {
            socket.descriptor.add(watcher: watcher)
            self.watcher = watcher
        }
        return true
    }

    private func stopWatching() {
        if let watcher { socket?.descriptor.remove(watcher: watcher) }
        watcher = nil
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        writer?.cancel()
        stream.close()
        giveBackBuffer()
        host.transport?.noteClosed(host)
    }

    /// It is somebody else's to close.
    func isReleased() {
        isClosed = true
    }

    // MARK: - Exchanges

    /// Sends a request and reads the head of the final answer. If that fails the connection is closed.
    func exchange(
        _ request: HTTPRequest, _ plan: RequestPlan, _ observer: ExchangeObserver?
    ) async throws(NetworkError) -> HTTPResponse {
        begin(request, plan, observer)
        do throws(NetworkError) {
            try await send(request.body, plan)
            parser.method = request.method
            try await readHead()
        } catch {
            // The writer has the same limit, and knows how far it came.
            if error.cause == .timeout, let writer, writer.outcome == nil { await writer.wait(for: Self.mostForWriter) }
            throw fail(error)
        }
        isReadingContent = true
        let response = HTTPResponse(self, request)
        if parser.framing == .none, !parser.isTunnel {
            // What is left is the parser's word that this was all; nothing is read for that.
            _ = try? takeContent()
            response.finish(await settle(0))
        }
        return response
    }

    private func begin(_ request: HTTPRequest, _ plan: RequestPlan, _ observer: ExchangeObserver?) {
        requests += 1
        self.plan = plan
        self.observer = observer
        writer = nil
        writeError = nil
        written = 0
        hasAnswerBegun = false
        isReadingContent = false
        hasEnded = false
        isMoreThere = false
        awaitsHead = false
        if deadline != request.deadline {
            deadline = request.deadline
            stream.setDeadline(deadline)
        }
        observer?(.connection(facts))
    }

    /// Ends the exchange, and the connection with it; returns the error that is to be told.
    @inline(never)
    func fail(_ error: NetworkError) -> NetworkError {
        let told = explained(error)
        observer?(.released(facts, .closed(.failed(told))))
        close()
        forgetExchange()
        return told
    }

    func forgetExchange() {
        plan = nil
        observer = nil
    }

    /// Whether a request that failed here may be sent again on another connection: Go's rule.
    func mayRetry(_ request: HTTPRequest, _ plan: RequestPlan, _ error: NetworkError) -> Bool {
        guard requests > 1 || hasBeenIdle, !hasAnswerBegun, error.isConnectionLoss else { return false }
        if written == 0 { return request.body.isRewindable || writer?.hasBegun != true }
        return plan.isReplayable
    }
}

extension Connection {
    /// Whether a read would have to wait: the peer has neither sent something nor ended.
    fileprivate func isQuiet(looksTwice: Bool) -> Bool {
        if descriptor.isClosed { return false }
        guard looksTwice || descriptor.isReady(.read) else { return true }
        if layer != nil {
            // What came may be about TLS alone: tickets for the next session.
            do throws(NetworkError) {
                guard let chunk = try readNow() else { return true }
                chunk.giveBack()
            } catch {}
            return false
        }
        let outcome = try? descriptor.withNumber { number throws(Errno) in try TransferCalls.peek(number) }
        guard case .wouldBlock = outcome else { return false }
        descriptor.noteBlocked(.read)
        return true
    }
}

extension NetworkError {
    /// The connection is no more: the other side closed or aborted it.
    var isConnectionLoss: Bool {
        switch cause {
        case .peerEnded: true
        case .system(let number, _): Self.losses.contains(number)
        default: false
        }
    }

    /// The kernel would not send, for a reason that the peer never learns of: out of memory, for one.
    var isOfThisSide: Bool {
        if case .system = cause { return !isConnectionLoss && !endsConnection }
        return false
    }

    private static let losses: Set<Errno> = [.connectionReset, .brokenPipe, .connectionAborted, .notConnected]
}
