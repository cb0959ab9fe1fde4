import SockKit

extension ExchangeEndedEvent.Fate {
    init(_ fate: ConnectionFate) {
        switch fate {
        case .kept, .handedOver: self.init(isKept: true)
        case .upgraded: self.init(isKept: false, reason: "it speaks another protocol now")
        case .closed(let reason): self.init(isKept: false, reason: reason.text)
        }
    }
}

extension ConnectionFate.Reason {
    fileprivate var text: String {
        switch self {
        case .saidClose: "one side said close"
        case .endedContent: "the body ended with it"
        case .doubtfulFraming: "the answer says its length twice"
        case .unasked: "more came than was asked for"
        case .unread: "the body was not read to its end"
        case .unsent: "the request was not sent to its end"
        case .tooManyIdle: "as many as may be are kept already"
        case .failed(let error): error.description
        }
    }
}

extension BodyFraming {
    /// How it is called in reports.
    var word: String {
        switch self {
        case .none: "none"
        case .length: "length"
        case .chunked: "chunked"
        case .untilClose: "close"
        }
    }
}

extension Failure {
    /// Why an exchange is tried again.
    init(_ reason: RetryReason, _ request: HTTPRequest) {
        switch reason {
        case .error(let error): self.init(error)
        case .status(let status, let phrase): self.init(status, phrase, request)
        }
    }

    /// An answer that is a failure.
    init(_ status: HTTPStatus, _ phrase: String, _ request: HTTPRequest) {
        let reason = phrase.isEmpty ? status.reason : phrase
        self.init(
            code: "status",
            message: "\(request.method) \(request.url): \(status)\(reason.isEmpty ? "" : " \(reason)")")
    }
}
