/// When a relay is over: what each side's end means. The defaults pass ends on and wait for both.
public struct RelayRules: Sendable {
    /// What the end of what one side gives means.
    public struct End: Sendable {
        /// Whether the other side is told, by the end of what is written to it.
        public enum Notice: Sendable {
            case always
            /// Unless nothing was ever given and the other side has not ended: a one-way receiver must not turn its
            /// sender away.
            case unlessEmpty
            case never
        }

        /// What is waited for after it.
        public enum Wait: Sendable {
            /// This end is the end of all.
            case nothing
            case otherSide
            /// The other side, but no longer than this.
            case atMost(Duration)
            /// The other side, until it has given nothing for so long.
            case silence(Duration)
        }

        public var notice: Notice
        public var wait: Wait

        public init(_ notice: Notice = .always, then wait: Wait = .otherSide) {
            self.notice = notice
            self.wait = wait
        }
    }

    /// What the near side's end means; of two sides that are alike, the first one's.
    public var nearEnd = End()
    public var farEnd = End()
    /// Whether the near side gives anything; if not, its end is as good as seen.
    public var readsNear = true
    /// Whether the near side goes on giving once it takes nothing more: a program that has closed its input.
    public var givesWhenGone = false
    /// What one read of the near side may give; on networks of messages each becomes one.
    public var chunkSize: Int?

    public init() {}
}

/// The two sides of a relay.
public enum RelaySide: Sendable, Hashable {
    case near, far
}

/// How a relay ended.
public struct RelayResult: Sendable {
    public enum Ending: Sendable {
        /// Both sides had ended, or the rules said that one was enough.
        case done
        /// A side had ended, and the other gave nothing for as long as the rules wait.
        case otherStayedOpen
        /// The time after a side's end was over.
        case quit
        /// Nobody takes any more what the near side is given.
        case nearGone
        case failed(NetworkError)
        case cancelled
    }

    public var ending: Ending
    public var bytesToFar: Int
    public var bytesToNear: Int
    /// Taken from the near side, and never by the far one.
    public var unsent: [UInt8]
    /// How many bytes were taken from the far side, and never by the near one.
    public var ungiven: Int
    public var nearEnded: Bool
    public var farEnded: Bool
    /// The far side was told of the near one's end (FIN).
    public var saidEnd: Bool
}

/// What happens while a relay runs: a side has ended; `isPassedOn` says whether the other one is told now.
public struct RelayEvent: Sendable {
    public let ended: RelaySide
    public let isPassedOn: Bool
}
