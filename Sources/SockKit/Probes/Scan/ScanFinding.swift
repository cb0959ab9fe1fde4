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

    public let remote: Endpoint
    public let state: State
    /// From the beginning of the attempt until this was known.
    public let duration: Duration
    /// What the kernel said, where it said anything else than that nobody listens.
    public var reason: Errno?
    /// The first line that came by itself, without its end; nil if none was waited for, or none came.
    public var banner: [UInt8]?

    public init(remote: Endpoint, state: State, duration: Duration, reason: Errno? = nil, banner: [UInt8]? = nil) {
        self.remote = remote
        self.state = state
        self.duration = duration
        self.reason = reason
        self.banner = banner
    }
}
