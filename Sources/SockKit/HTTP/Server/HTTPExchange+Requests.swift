/// One request after another.
extension HTTPExchange {
    /// So many requests may be answered, or reads be made, before others have their turn.
    private static let turn = 64

    /// Answers what was read, and what belongs to it. Nil says that all has been answered, and nothing of another request
    /// has come; else the conversation is over.
    func answerAll() async throws(NetworkError) -> HTTPConversation.Ending? {
        var rounds = 0
        while true {
            switch nextHead() {
            case .head:
                try await answerOne()
                if answer.isLast { return try await end() }
            case .nothing:
                if try !flushNow() { try await flushRest() }
                return nil
            case .part:
                if let ending = try await readMoreHead() { return ending }
            case .refused(let refusal):
                return try await end(with: refusal)
            }
            rounds += 1
            if rounds % Self.turn == 0 { await Task.yield() }
        }
    }

    private enum Found {
        case head, part, nothing
        case refused(RequestRefusal)
    }

    private func nextHead() -> Found {
        do throws(HTTPRefusal) {
            guard try nextEvent() == .head else {
                input.release()
                return parser.isIdle ? .nothing : .part
            }
        } catch {
            return .refused(RequestRefusal(error))
        }
        do throws(HTTPRefusal) {
            try beginRequest()
            return .head
        } catch {
            // Its head was whole: it is known what it asked for.
            var refusal = RequestRefusal(error)
            refusal.isForHead = answer.isForHead
            return .refused(refusal)
        }
    }

    /// Notes what the head says of the connection and the content.
    private func beginRequest() throws(HTTPRefusal) {
        conversation.requests += 1
        let head = parser.head
        answeredBefore &+= answer.count
        answer = AnswerState()
        content = ContentState()
        answer.isForHead = head.method == .head
        answer.isForOldClient = head.version < .http11
        answer.isLast = !head.fields.keepsConnection(head.version)
        if !commonFields.isEmpty { commonFields = Fields() }
        if user != nil { user = nil }
        headDeadline = nil
        hasRequest = true
        if observer != nil { answer.start = .now }
        let hasContent = parser.framing != .none
        if hasContent { parser.limits = limits.message } else { content.isAtEnd = try nextEvent() == .end }
        if head.fields.contains("expect") { try noteExpectation(head, hasContent) }
    }

    @inline(never)
    private func noteExpectation(_ head: RequestHead, _ hasContent: Bool) throws(HTTPRefusal) {
        let expectation = try Expectation(head.fields, head.version)
        content.isAwaited = hasContent && expectation == .continue
    }

    // MARK: - The answer

    @inline(__always)
    private func answerOne() async throws(NetworkError) {
        observer?.didReceiveHead(self)
        do throws(NetworkError) {
            if parser.head.form == .asterisk { try await answerForServer() }
            if !answer.isWhole { try await conversation.site.handler.answer(self) }
            if !answer.isWhole { try await finishForHandler() }
        } catch {
            try await recover(from: error)
        }
        observer?.didAnswer(self)
        if !content.isAtEnd, !answer.isLast { answer.isLast = try await !dropContent() }
    }

    /// A handler that said nothing has failed.
    @inline(never)
    private func finishForHandler() async throws(NetworkError) {
        if !hasBegun { try await refuse(500, reason: "no answer was given") }
        try await finish()
    }

    /// `OPTIONS *` asks what the server as a whole can do (RFC 9110 section 9.3.7).
    @inline(never)
    private func answerForServer() async throws(NetworkError) {
        try await respond(204, ["Allow": "GET, HEAD, POST, PUT, DELETE, OPTIONS"], body: [])
    }

    /// Says what went wrong, if that can still be said.
    @inline(never)
    private func recover(from error: NetworkError) async throws(NetworkError) {
        if !isBroken, !hasBegun {
            guard let refusal = content.refusal else { return try await fail(error) }
            answer.isLast = true
            try await refuse(refusal.status, reason: refusal.reason)
            observer?.didRefuse(self, refusal.status, reason: refusal.reason)
            return
        }
        isBroken = true
        observer?.didAnswer(self)
        // The answers before this one are whole, and so far they may only have been gathered.
        _ = try? flushNow()
        // Without a length or chunks, an end would look like a whole answer.
        if case .untilClose = answer.framing { stream.reset() }
        throw error
    }

    /// The handler's own failure. One that was cancelled had no more time.
    private func fail(_ error: NetworkError) async throws(NetworkError) {
        guard error.cause == .cancelled else { return try await refuse(500, reason: error.description) }
        answer.isLast = true
        try await refuse(503, reason: "the server ends")
    }

    // MARK: - Heads that come in parts

    private func readMoreHead() async throws(NetworkError) -> HTTPConversation.Ending? {
        try await flush()
        if headDeadline == nil { headDeadline = limits.header.map { .now + $0 } }
        stream.readDeadline = headDeadline
        do throws(NetworkError) {
            let chunk = try await stream.readChunk(maximum: nil)
            if !chunk.isEnd {
                input.take(chunk)
                return nil
            }
        } catch {
            guard error.cause == .timeout else { throw error }
            return try await end(with: .late("the head did not come in time"))
        }
        return try await end(with: .cutOff(.head))
    }

    // MARK: - The end

    /// Says why nothing more is taken from the client.
    @inline(never)
    private func end(with refusal: RequestRefusal) async throws(NetworkError) -> HTTPConversation.Ending {
        hasRequest = false
        // A head that was taken may have been refused for what it expects; of any other nothing is known.
        answer = AnswerState()
        answer.isForHead = refusal.isForHead
        answer.isLast = true
        content = ContentState()
        content.refusal = refusal
        try await refuse(refusal.status, reason: refusal.reason)
        observer?.didRefuse(self, refusal.status, reason: refusal.reason)
        return try await end()
    }

    /// Sends what is left, and the end. Closing while bytes come in that nobody reads would reset the connection, and the
    /// answer with it might be lost: those are dropped for a while.
    @inline(never)
    private func end() async throws(NetworkError) -> HTTPConversation.Ending {
        try await flush()
        guard mayBeReset() else { return .local }
        input.release()
        try? stream.closeWrite()
        stream.readDeadline = .now + limits.drainTime
        var left = limits.drain
        while left > 0, let count = (try? await stream.discard()) ?? nil { left -= count }
        return .local
    }

    /// Whether bytes have come that nobody reads, or may come while the client has not got all of what was answered. What
    /// left in one write it has, as far as anybody knows: for that no call is made.
    private func mayBeReset() -> Bool {
        if !content.isAtEnd || !input.isEmpty || conversation.isFinishing { return true }
        return answeredBefore &+ answer.count > Self.gathered || takesMore()
    }

    /// Takes what the client has sent behind its last request; whether there was any.
    private func takesMore() -> Bool {
        do throws(NetworkError) {
            guard let chunk = try stream.readNow() else { return false }
            let isMore = !chunk.isEnd
            chunk.giveBack()
            return isMore
        } catch {
            return false
        }
    }
}
