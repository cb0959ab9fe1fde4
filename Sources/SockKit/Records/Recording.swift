/// What a record holds: connections and associations, and what happened on each of them, in its order.
public struct Recording: Sendable {
    /// A connection between a client and a target, or an association of datagrams.
    public struct Conversation: Sendable {
        /// Counted from 1, in the order in which they began; or as the record itself numbers them.
        public let number: Int
        /// What the record calls the two ends.
        public let client: String
        public let target: String
        /// Each piece of bytes is a datagram.
        public let hasDatagrams: Bool
        /// When it began, in nanoseconds from the record's beginning.
        public let start: Int64
        public internal(set) var steps: [Step] = []
    }

    /// What happened.
    public struct Step: Sendable {
        public enum Deed: Sendable, Hashable {
            /// Bytes went by, which are these of the record's; `isWhole` says that a message ends with them, where there
            /// are messages.
            case bytes(Range<Int>, isWhole: Bool)
            case end
            case reset
        }

        /// In nanoseconds from the record's beginning.
        public let time: Int64
        /// Who did it: up is the client.
        public let direction: RecordDirection
        public let deed: Deed
    }

    /// All that went by, in the order in which it did.
    public internal(set) var bytes: [UInt8] = []
    public internal(set) var conversations: [Conversation] = []

    /// The bytes that went in one direction, as ranges of `bytes`.
    public func ranges(_ direction: RecordDirection, of conversation: Conversation) -> [Range<Int>] {
        conversation.steps.compactMap { step in
            guard step.direction == direction, case .bytes(let range, _) = step.deed else { return nil }
            return range
        }
    }
}

/// How much of a record is taken into memory.
public struct RecordLimits: Sendable, Hashable {
    /// All bytes that went by.
    public var payload = 1 << 30
    public var conversations = 1 << 16
    public var steps = 1 << 22
    /// The longest line of JSON: a message of a Unix socket, all of it spelled out.
    public var line = 2 << 20
    /// The longest packet of a capture.
    public var packet = 1 << 18
    /// What came before bytes that it follows, and waits for them.
    public var held = 16 << 20

    public init() {}
}
