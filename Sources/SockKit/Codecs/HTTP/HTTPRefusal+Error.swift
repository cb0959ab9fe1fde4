extension NetworkError.Cause {
    /// A message that was refused, as the cause of an error. One that was about to be sent is what was asked for, and that
    /// makes no sense.
    public init(_ refusal: HTTPRefusal) {
        let subject: String
        switch refusal.message {
        case .own:
            self = .invalid("HTTP message: \(refusal)")
            return
        case .request: subject = "HTTP request"
        case .response: subject = "HTTP answer"
        }
        let kind: MessageError.Kind =
            refusal.isTruncation ? .truncated : refusal.isLimit ? .tooLong : .malformed
        self = .message(MessageError(kind, subject, refusal.description))
    }
}
