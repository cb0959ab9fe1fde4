/// When an exchange is repeated.
///
/// An answer that is no last word, and a dial that failed, are repeated whatever the method: nothing was done, or the server
/// asks for it. An exchange that broke off is repeated only if the request may be sent twice. In each case its content must
/// be there to be sent again.
public struct RetryRules: Sendable, Hashable {
    /// How many times beyond the first.
    public var count: Int
    /// Before the first repetition; each further one waits twice as long, up to `longestPause`. What Retry-After says
    /// counts instead.
    public var firstPause = Duration.seconds(1)
    public var longestPause = Duration.seconds(600)
    /// No server is obeyed whose Retry-After asks for more than this.
    public var longestWait = Duration.seconds(3600)
    /// Nor one that asks to wait beyond this moment.
    public var end: Deadline?
    /// Answers that are no last word.
    public var statuses: Set<HTTPStatus> = [408, 429, 500, 502, 503, 504]

    public init(count: Int) {
        self.count = count
    }

    public static let none = RetryRules(count: 0)

    /// Whether an error may pass, and the request may be sent again after it.
    func mayRepeat(_ request: HTTPRequest, after error: NetworkError) -> Bool {
        guard request.body.isRewindable else { return false }
        switch (error.operation, error.cause) {
        case (_, .cancelled), (_, .invalid), (_, .message), (_, .limit), (_, .closed): return false
        case (_, .proxy(let refusal)): return refusal.mayPass
        case (_, .tls(let failure)): return failure.mayPass && request.isReplayable
        case (.dial, .noSuitableAddress), (.dial, .unknownService), (.dial, .option): return false
        case (.dial, _): return true
        default: return error.stream == nil && request.isReplayable
        }
    }

    /// What Retry-After asks for: seconds, or a moment (RFC 9110 section 10.2.3); nil if it says neither.
    static func retryAfter(_ head: ResponseHead, now: Timestamp = .now) -> Duration? {
        guard let text = head.fields["retry-after"] else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ Int(decimal: $0) != nil }) {
            return Int32(text).map { .seconds($0) } ?? .seconds(Int32.max)
        }
        guard let date = HTTPDate(text, now: HTTPDate(secondsSinceEpoch: Int(now.seconds))) else { return nil }
        return .seconds(max(0, date.secondsSinceEpoch - Int(now.seconds)))
    }
}
