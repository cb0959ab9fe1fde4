/// What a listener does with a peer.
enum ServeMode: String, CaseIterable, Sendable {
    case pipe, echo, discard, chargen, time, frames, chat, broker, proxy
}

extension ServeMode {
    /// Whether standard input and output take part.
    var isHosted: Bool {
        switch self {
        case .pipe, .chat, .broker: true
        case .echo, .discard, .chargen, .time, .frames, .proxy: false
        }
    }
}
