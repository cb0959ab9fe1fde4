/// What is wrong, on purpose, with the way of a stream's bytes from its source: nothing, unless it is said.
///
/// Sizes and times count from when the faults begin to apply.
public struct StreamFaults: Sendable, Hashable {
    /// How much a latency varies.
    public struct Jitter: Sendable, Hashable {
        /// The most that a uniform one is off, the deviation of a normal one.
        public var span: Duration
        public var isNormal: Bool

        public init(_ span: Duration, isNormal: Bool = false) {
            self.span = span
            self.isNormal = isNormal
        }
    }

    /// Pieces of at most so many bytes, and a pause between two of them.
    public struct Slice: Sendable, Hashable {
        public var size: Int
        public var pause: Duration

        public init(_ size: Int, _ pause: Duration) {
            self.size = size
            self.pause = pause
        }
    }

    /// One pause, after so many bytes.
    public struct Stall: Sendable, Hashable {
        public var pause: Duration
        public var after: Int

        public init(_ pause: Duration, after: Int) {
            self.pause = pause
            self.after = after
        }
    }

    /// When something happens: once so many bytes have passed, or at a time, whatever goes on.
    public enum Moment: Sendable, Hashable {
        case bytes(Int)
        case time(Duration)
    }

    /// What arrives, the end and a failure too, is given so much later.
    public var latency = Duration.zero
    public var jitter: Jitter?
    /// So many bytes a second.
    public var rate: Int?
    public var slice: Slice?
    public var stall: Stall?
    /// What comes after so many bytes is thrown away, the end too.
    public var dropAfter: Int?
    public var resetAfter: Moment?
    public var closeAfter: Moment?
    /// The chance of each byte to have one of its bits changed.
    public var corruption = 0.0

    public init() {}

    /// Whether bytes pass as they would without any.
    public var isNone: Bool {
        latency == .zero && (jitter?.span ?? .zero) == .zero && rate == nil && slice == nil && stall == nil
            && dropAfter == nil && resetAfter == nil && closeAfter == nil && corruption == 0
    }

    /// Whether what arrives has to wait, so that more has to be read meanwhile.
    var delays: Bool { latency > .zero || (jitter?.span ?? .zero) > .zero }
}

/// The end that a fault makes of a connection.
public struct FaultyCut: Sendable, Hashable {
    /// With a reset instead of an end.
    public var resets: Bool
    /// What was given before is to arrive: it is the end of so many bytes, and not of a time.
    public var isExact: Bool
    /// Whose fault it was: the number that its faults were given under.
    public var id: Int
}
