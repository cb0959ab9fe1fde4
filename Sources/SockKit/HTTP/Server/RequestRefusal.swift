/// Why a request is not taken, as the client is told.
struct RequestRefusal: Sendable {
    let status: HTTPStatus
    let reason: String
    /// The same for the handler that was reading it.
    let cause: NetworkError.Cause
    /// The request is HEAD, and nothing but the head says why.
    var isForHead = false

    /// What the parser found.
    init(_ refusal: HTTPRefusal) {
        status = refusal.status
        reason = refusal.description
        cause = NetworkError.Cause(refusal)
    }

    private init(_ status: HTTPStatus, _ reason: String, _ cause: NetworkError.Cause) {
        self.status = status
        self.reason = reason
        self.cause = cause
    }

    /// It did not come in time.
    static func late(_ reason: String) -> RequestRefusal {
        RequestRefusal(408, reason, .noAnswer(reason))
    }

    /// The client ended before it was whole.
    static func cutOff(_ place: HTTPRefusal.Place) -> RequestRefusal {
        RequestRefusal(HTTPRefusal(.request, place, .truncated))
    }
}
