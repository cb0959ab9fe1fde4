/// When a relay is over. The defaults are those of `dial`.
public struct RelayRules: Sendable {
    public enum HalfClose: Sendable {
        /// The input's end is passed on as a FIN.
        case always
        /// Likewise, unless the input ended without a single byte and the peer has not ended: a one-way receiver must
        /// not turn its sender away.
        case unlessEmpty
        case never
    }

    public var halfClose = HalfClose.always
    /// No longer than this after the input's end.
    public var quitAfter: Duration?
    /// After the peer's end, how long an input that may go on is waited for; nil is for ever.
    public var inputGrace: Duration? = .seconds(1)
    /// Only the input's end is the end.
    public var isHalfOpen = false
    /// A silence in both directions that ends it.
    public var idleTimeout: Duration?
    /// The input's end is the end; the peer's is not waited for.
    public var endsWithInput = false
    /// The peer's end is the end, although the input may have more to give.
    public var endsWithPeer = false
    /// Whether the connection is read at all; if not, only a peer that is gone for good is noticed.
    public var reads = true
    /// How many tasks read the connection at once; each byte goes to one of them, and to the output in the order read.
    public var readers = 1
    /// What one read of the input may give; on networks of messages each becomes one.
    public var inputSize = 64 * 1024
    /// How the connection is read and written.
    public var pace = Pace()
    /// Messages instead of mere bytes, both ways.
    public var frames: FrameRules?

    public init() {}
}

/// How a relay ended.
public struct RelayResult: Sendable {
    public enum Ending: Sendable {
        /// Both directions had ended, or the rules said that one was enough.
        case done
        /// The peer had ended, and nothing came from the input for the grace.
        case inputStayedOpen
        /// The time after the input's end was over.
        case quit
        /// Whoever reads the output has gone.
        case outputGone
        case idle
        case failed(NetworkError)
        case cancelled
    }

    public var ending: Ending
    public var bytesReceived: Int
    public var bytesSent: Int
    /// Taken from the input, but never by the kernel.
    public var bytesStranded: Int
    /// Taken by the kernel and not acknowledged by the peer's.
    public var bytesUnacknowledged: Int
    /// The peer's end was seen before ours was said.
    public var peerEnded: Bool
    public var inputEnded: Bool
    /// Our end was said (FIN).
    public var saidEnd = false
    /// When the first byte came, if one did.
    public var firstByteAt: Deadline?
}

/// What happens while a relay runs.
public enum RelayEvent: Sendable {
    /// With whether our end is said now.
    case inputEnded(saysEnd: Bool)
    case peerEnded
}
