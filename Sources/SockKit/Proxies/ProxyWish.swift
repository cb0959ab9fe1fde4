/// What a client asks of a proxy, and in which protocol it is to be answered.
public struct ProxyWish: Sendable {
    /// How the client speaks.
    public enum Language: Sendable, Hashable {
        case socks4, socks5, http

        /// The name for people.
        public var name: String {
            switch self {
            case .socks4: "SOCKS4"
            case .socks5: "SOCKS5"
            case .http: "HTTP"
            }
        }
    }

    /// What it wants.
    public enum Kind: Sendable {
        /// To be joined to the destination.
        case connect
        /// To be joined to whoever comes from the destination.
        case bind
        /// To have datagrams passed on.
        case associate
        /// One request of HTTP, whose head the parser has and whose content is still to come.
        case request(RequestParser)
        /// What no proxy of this kind does.
        case other(SOCKSCommand)
    }

    public let language: Language
    public let kind: Kind
    public let destination: SOCKSDestination

    init(_ language: Language, _ kind: Kind, _ destination: SOCKSDestination) {
        self.language = language
        self.kind = kind
        self.destination = destination
    }

    init(_ request: SOCKS4Request) {
        // SOCKS4 has no datagrams.
        let kind: Kind = request.command == .associate ? .other(request.command) : Kind(request.command)
        self.init(.socks4, kind, request.destination)
    }

    init(_ request: SOCKS5Request) {
        self.init(.socks5, Kind(request.command), request.destination)
    }
}

extension ProxyWish.Kind {
    init(_ command: SOCKSCommand) {
        self =
            switch command {
            case .connect: .connect
            case .bind: .bind
            case .associate: .associate
            default: .other(command)
            }
    }
}
