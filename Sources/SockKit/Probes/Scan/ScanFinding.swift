/// What a scan has found out about one place.
public struct ScanFinding: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Somebody listens there; for datagrams, somebody has answered.
        case open
        /// The other end said that nobody does.
        case refused
        /// No answer came, or one that came from elsewhere.
        case filtered
        /// A datagram was not answered: there may be somebody who has nothing to say to it, or nobody.
        case silent = "open|silent"
    }

    /// Where it is; nil where only a proxy knows that.
    public let remote: Endpoint?
    /// What it was asked for by: the address, or a name and a port.
    public let place: String
    public let port: UInt16?
    public let state: State
    /// From the beginning of the attempt until this was known.
    public let duration: Duration
    /// What the kernel said, where it said anything else than that nobody listens.
    public var reason: Errno?
    /// What a proxy said, where it said anything else.
    public var answer: ProxyRefusal?
    /// The first line that came by itself, without its end; nil if none was waited for, or none came.
    public var banner: [UInt8]?

    public init(remote: Endpoint, state: State, duration: Duration, reason: Errno? = nil, banner: [UInt8]? = nil) {
        self.remote = remote
        place = remote.description
        port = remote.port
        self.state = state
        self.duration = duration
        self.reason = reason
        self.banner = banner
    }

    /// Of a place that a proxy was asked for.
    init(through destination: Destination, state: State, duration: Duration, answer: ProxyRefusal? = nil) {
        place = destination.description
        (remote, port) = Self.known(destination)
        self.state = state
        self.duration = duration
        self.answer = answer
    }

    private static func known(_ destination: Destination) -> (Endpoint?, UInt16?) {
        guard case .host(let host, let service) = destination.place, let port = UInt16(service) else {
            return (nil, nil)
        }
        return (IPAddress(host).map { .ip($0, port: port) }, port)
    }
}
