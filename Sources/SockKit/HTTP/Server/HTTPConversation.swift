/// The requests of one connection and their answers, in order, until one side has enough (RFC 9112 section 9).
///
/// While nothing is asked it holds next to nothing, not even a task: a task has its stack, and keeps the memory of its
/// deepest call. So a conversation comes to a rest, and goes on when its stream wakes whoever runs it.
@Netpoller
public final class HTTPConversation {
    /// How a conversation came to its end, where nothing failed.
    public enum Ending: Sendable {
        /// The client ended it.
        case peer
        /// This side did: it was asked to, or told to finish, or refused what came.
        case local
        /// The client was silent for too long.
        case timeout
    }

    /// The connection.
    public let stream: any ByteStream
    let site: HTTPSite
    /// Requests that came so far.
    public internal(set) var requests = 0
    /// No request is being answered, and nothing of the next has come.
    public private(set) var isIdle = false
    /// The order to finish has been given: the answer that is under way is the last.
    private(set) var isFinishing = false
    /// Whoever runs it lets it rest.
    private var mayRest = true
    private var isResting = false
    /// One request has followed soon on another: the next may, too, and a task waits for it.
    private var isBusy = false
    private var idleSince = Deadline.past
    private var exchange: HTTPExchange?

    /// What is soon.
    private static let patience = Duration.seconds(1)

    /// A conversation over a connection that was just accepted. Whoever runs it closes the stream afterwards.
    public init(_ stream: any ByteStream, _ site: HTTPSite) {
        self.stream = stream
        self.site = site
    }

    /// What is to be done next.
    public enum Step: Sendable {
        /// Nothing is asked: `advance` again when the stream has something to be read (`ByteStream.rest`).
        case rest
        case end(Ending)
    }

    /// Answers requests as long as they come. Where the stream cannot wake anybody, that is to the end.
    public func advance() async throws(NetworkError) -> Step {
        defer { exchange = nil }
        while true {
            switch try await nextRequest() {
            case .request: break
            case .silence: return .rest
            case .end(let ending): return .end(ending)
            }
            guard let exchange else { return .rest }
            if let ending = try await exchange.answerAll() { return .end(ending) }
            // One who asks again before it has read never makes us wait: the others are to have their turn all the same.
            if requests % 64 == 0 { await Task.yield() }
        }
    }

    /// Answers requests until the client ends, asks for the end, is silent for too long or cannot be understood, or
    /// until this side is told to finish; one task does it all, idle or not.
    public func run() async throws(NetworkError) -> Ending {
        mayRest = false
        while true {
            if case .end(let ending) = try await advance() { return ending }
        }
    }

    /// Ends the conversation: at once if it is idle, and else behind the answer that is under way.
    public func finish() {
        isFinishing = true
        if isIdle { stream.readDeadline = .past }
    }

    // MARK: - Waiting

    private enum Next {
        case request
        case silence
        case end(Ending)
    }

    /// Finds or waits for the first bytes of a request.
    @inline(__always)
    private func nextRequest() async throws(NetworkError) -> Next {
        do throws(NetworkError) {
            let mayBeThere = beginWait()
            if mayBeThere, let chunk = try stream.readNow() { return take(chunk) }
            if !isBusy, canRest { return rest() }
            return take(try await stream.readChunk(maximum: nil))
        } catch {
            return try await concludeWait(error)
        }
    }

    /// Sets the time limit, which a rest does not renew. Says whether bytes may be there: behind an answer to one who asks
    /// again and again they hardly are.
    private func beginWait() -> Bool {
        isIdle = true
        if isResting {
            isBusy = .now - idleSince < Self.patience
            isResting = false
            return true
        }
        let now = Deadline.now
        idleSince = now
        let idle = site.limits.idle
        let span = isBusy && canRest ? min(Self.patience, idle ?? Self.patience) : idle
        // What has been told to finish is woken at once.
        stream.readDeadline = isFinishing ? .past : span.map { now + $0 }
        return !isBusy
    }

    /// Whether somebody would be woken.
    private var canRest: Bool { mayRest && stream.canRest }

    private func rest() -> Next {
        isResting = true
        return .silence
    }

    @inline(never)
    private func take(_ chunk: consuming Chunk) -> Next {
        isIdle = false
        if chunk.isEnd { return .end(.peer) }
        let exchange = exchange ?? HTTPExchange(self)
        self.exchange = exchange
        // Who asks again has read what was answered before, as far as anybody knows.
        exchange.answeredBefore = 0
        exchange.answer.count = 0
        exchange.input.take(chunk)
        return .request
    }

    /// A time-out is no failure: it was the idle limit's, the order to finish, or the end of what is soon.
    @inline(never)
    private func concludeWait(_ error: NetworkError) async throws(NetworkError) -> Next {
        guard error.cause == .timeout else {
            isIdle = false
            throw error
        }
        if isFinishing { return await finishWait() }
        let end = site.limits.idle.map { idleSince + $0 }
        guard isBusy, canRest, !(end?.hasPassed ?? false) else {
            isIdle = false
            return .end(.timeout)
        }
        isBusy = false
        stream.readDeadline = end
        return rest()
    }

    /// A request that has come before the order to finish is answered still, as the last one: were it left unread, closing
    /// would reset the connection, and the answer before it might be lost.
    private func finishWait() async -> Next {
        // The loop may not have looked since.
        await Netpoller.sleep(until: .now)
        stream.readDeadline = nil
        do throws(NetworkError) {
            if let chunk = try stream.readNow() { return take(chunk) }
        } catch {
            // It is gone: there is nobody whom anything could be lost to.
        }
        return .end(.local)
    }
}
