/// What ended a connection.
enum ConnectionEnding: String, Sendable {
    case local, peer, reset, timeout

    var phrase: String {
        switch self {
        case .local: "from this side"
        case .peer: "by the peer"
        case .reset: "by a reset"
        case .timeout: "by a time-out"
        }
    }
}
