/// Sending the request, and what becomes of the connection when its exchange is over.
extension ClientConnection {
    /// Content of so many bytes goes out with the head: the kernel takes as much although the server does not read.
    private static let mostAtOnce = 16 << 10
    /// What a server that has closed the connection may still have sent is there at once.
    private static let lastWords = Duration.seconds(1)
    /// How long an answer that has ended waits for the end of its request, as in Go.
    static let mostForWriter = Duration.milliseconds(50)

    /// Sends the head, and the content with it or on a task of its own: a server may answer before it has read all.
    func send(_ body: HTTPBody, _ plan: RequestPlan) async throws(NetworkError) {
        if case .none = body.source, !plan.isChunked {
            try await write(plan.head, content: 0)
        } else if case .bytes(let content) = body.source, !plan.isChunked, !plan.expectsContinue,
            content.count <= Self.mostAtOnce
        {
            try await write(plan.head + content, content: content.count)
        } else {
            try await write(plan.head, content: nil)
            if writeError == nil { startWriter(body, plan) }
        }
    }

    /// A content of nil is still to come.
    private func write(_ bytes: [UInt8], content: Int?) async throws(NetworkError) {
        do throws(NetworkError) { try await stream.write(bytes.span) } catch {
            return try noteWriteError(error)
        }
        written = bytes.count
        if let observer {
            observer(.wroteHead(bytes.count - (content ?? 0)))
            if let content { observer(.wroteContent(content)) }
        }
        if content != nil { noteSent() }
    }

    /// The server may have answered before it closed: that is read before anything is told.
    @inline(never)
    private func noteWriteError(_ error: NetworkError) throws(NetworkError) {
        written = error.bytesTransferred
        guard error.isConnectionLoss else { throw error }
        writeError = error
        stream.readDeadline = min(deadline ?? .never, .now + Self.lastWords)
    }

    /// The request is on its way as a whole: from now on the server has the time of the response header timeout.
    func noteSent() {
        guard let limit = plan?.transport.rules.responseHeaderTimeout, !isReadingContent else { return }
        awaitsHead = true
        stream.readDeadline = min(deadline ?? .never, .now + limit)
    }

    @inline(never)
    private func startWriter(_ body: HTTPBody, _ plan: RequestPlan) {
        let patience = plan.expectsContinue ? plan.transport.rules.expectContinueTimeout : .zero
        let writer = BodyWriter(body, stream, isChunked: plan.isChunked)
        self.writer = writer
        if let observer { writer.onSent = { observer(.sending($0)) } }
        if patience > .zero { observer?(.awaitsContinue) }
        writer.start(awaitingPermissionFor: patience) { [weak self] outcome in
            guard let self, self.writer === writer else { return }
            switch outcome {
            case .done:
                observer?(.wroteContent(writer.sent))
                noteSent()
            // The reader waits for an answer to a request that will never be whole.
            case .sourceFailed: stream.close()
            case .failed(let error) where error.isOfThisSide: stream.close()
            // The reader will see what became of the connection, and perhaps an answer before it.
            case .failed where !hasAnswerBegun: stream.readDeadline = min(deadline ?? .never, .now + Self.lastWords)
            case .failed, .withheld: break
            }
        }
    }

    /// The answer has ended: the connection is kept or closed.
    func settle(_ received: Int) async -> ConnectionFate {
        if let writer, writer.outcome == nil { await writer.wait(for: Self.mostForWriter) }
        return settleNow(received)
    }

    /// The same where the request is known to have ended, or is given up.
    func settleNow(_ received: Int) -> ConnectionFate {
        let (transport, observer) = (plan?.transport, observer)
        let facts = observer == nil ? nil : facts
        let reason = reasonToClose
        giveBackBuffer()
        forgetExchange()
        let fate: ConnectionFate
        if reason == nil, let transport {
            fate = transport.put(self)
        } else {
            close()
            fate = .closed(reason ?? .saidClose)
        }
        if let observer, let facts {
            observer(.end(received))
            observer(.released(facts, fate))
        }
        return fate
    }

    private var reasonToClose: ConnectionFate.Reason? {
        if parser.framing == .untilClose { return .endedContent }
        if plan?.closes ?? true || !parser.head.fields.keepsConnection(parser.head.version) { return .saidClose }
        if parser.isFramingDoubtful { return .doubtfulFraming }
        if isMoreThere { return .unasked }
        if writeError != nil { return .unsent }
        if let writer, writer.outcome != .done { return .unsent }
        return nil
    }
}
