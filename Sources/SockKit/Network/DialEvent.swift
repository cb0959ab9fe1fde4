/// What happens while a dial goes on, for whoever wants to show it.
public enum DialEvent: Sendable {
    /// A name has its addresses.
    case resolved(host: String, addresses: [IPAddress], Duration)
    /// An attempt begins; attempts count from 1.
    case connecting(Endpoint, attempt: Int)
    /// An attempt came to nothing; another may follow.
    case attemptFailed(NetworkError, attempt: Int)
    /// The attempt that won, and how long it took.
    case connected(Connection, attempt: Int, Duration)
    /// A proxy that was reached has a connection to its target, which may be the next proxy; how long it took to do so.
    case proxied(proxy: String, target: String, Duration)
}

/// Told of each event as it happens.
public typealias DialObserver = @Netpoller @Sendable (DialEvent) -> Void
