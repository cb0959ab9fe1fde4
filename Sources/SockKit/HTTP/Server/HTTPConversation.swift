/// The requests of one connection and their answers, in order, until one side has enough (RFC 9112 section 9).
///
/// While nothing is asked it holds next to nothing, and is one task whose stack is short: the requests that come are
/// answered by a second task, which ends when none has followed for a while. A task keeps the memory of its deepest call.
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
    private var exchange: HTTPExchange?

    /// So long the task that answered waits for the next request.
    private static let patience = Duration.seconds(1)

    /// A conversation over a connection that was just accepted. Whoever runs it closes the stream afterwards.
    public init(_ stream: any ByteStream, _ site: HTTPSite) {
        self.stream = stream
        self.site = site
    }

    /// Answers requests until the client ends, asks for the end, is silent for too long or cannot be understood, or
    /// until this side is told to finish.
    public func run() async throws(NetworkError) -> Ending {
        while true {
            switch try await nextRequest(within: requests == 0 ? site.limits.idle : restOfIdle) {
            case .request: break
            case .silence: return .timeout
            case .end(let ending): return ending
            }
            let outcome = await Netpoller.child { await self.converse() }
            if let ending = try outcome.get() { return ending }
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

    /// Waits for the first bytes of a request.
    @inline(__always)
    private func nextRequest(within limit: Duration?) async throws(NetworkError) -> Next {
        if isFinishing { return .end(.local) }
        stream.readDeadline = limit.map { .now + $0 }
        isIdle = true
        do throws(NetworkError) {
            let chunk = try await stream.readChunk(maximum: nil)
            isIdle = false
            if chunk.isEnd { return .end(.peer) }
            take(chunk)
            return .request
        } catch {
            isIdle = false
            guard error.cause == .timeout else { throw error }
            return isFinishing ? .end(.local) : .silence
        }
    }

    @inline(never)
    private func take(_ chunk: consuming Chunk) {
        let exchange = exchange ?? HTTPExchange(self)
        self.exchange = exchange
        exchange.input.take(chunk)
    }

    /// How long the task that answered waits for another request.
    private var patience: Duration {
        guard let idle = site.limits.idle else { return Self.patience }
        return min(Self.patience, idle / 2)
    }

    /// How long the other one waits after it.
    private var restOfIdle: Duration? { site.limits.idle.map { $0 - patience } }

    // MARK: - Answering

    /// What the second task does. Nil says that no request is under way, and none has come for a while.
    private func converse() async -> Result<Ending?, NetworkError> {
        guard let exchange else { return .success(nil) }
        defer { self.exchange = nil }
        do throws(NetworkError) {
            while true {
                if let ending = try await exchange.answerAll() { return .success(ending) }
                switch try await nextRequest(within: patience) {
                case .request: break
                case .silence: return .success(nil)
                case .end(let ending): return .success(ending)
                }
            }
        } catch {
            return .failure(error)
        }
    }
}
