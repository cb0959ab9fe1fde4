/// What came back was not what the record has.
public struct ReplayDifference: Sendable, Hashable {
    /// What was to come, or came.
    public enum Answer: Sendable, Hashable {
        /// Bytes, of which these are the first.
        case bytes([UInt8])
        case end
        case reset
        /// Nothing, neither more bytes nor an end.
        case nothing
    }

    /// In which message it is, counted from 1, on networks of messages.
    public let message: Int?
    /// After how many bytes that were the same, of all that came back or of that message.
    public let offset: Int
    public let expected: Answer
    public let got: Answer

    /// So many bytes of what differs are kept.
    public static let shown = 16
}

/// Compares what comes back from a target with what a record has, as it comes.
struct ReplayComparison: Sendable {
    private let expected: [Range<Int>]
    private let bytes: [UInt8]
    private let hasMessages: Bool
    /// What the target is to end with, where it did in the record: its end, a reset, or its end and then a reset, which may
    /// be there before the end has been read.
    private let endings: [ReplayDifference.Answer]
    /// The piece, or message, that is to come next, and how much of it has come.
    private var index = 0
    private var place = 0
    private(set) var count = 0
    private(set) var hasEnded = false

    /// `hasMessages` says that each read gives one message.
    init(_ recording: Recording, _ conversation: Recording.Conversation, hasMessages: Bool) {
        bytes = recording.bytes
        self.hasMessages = hasMessages
        var expected: [Range<Int>] = []
        var endings: [ReplayDifference.Answer] = []
        var isWhole = true
        for step in conversation.steps where step.direction == .down {
            switch step.deed {
            case .end: endings.append(.end)
            case .reset: endings.append(.reset)
            case .bytes(let range, let endsHere):
                // The pieces of one message follow one another, unless something came between them.
                if hasMessages, !isWhole, let last = expected.last, last.upperBound == range.lowerBound {
                    expected[expected.count - 1] = last.lowerBound..<range.upperBound
                } else if hasMessages || !range.isEmpty {
                    expected.append(range)
                }
                isWhole = endsHere
            }
        }
        self.expected = expected
        self.endings = endings
    }

    /// All bytes have come that were to.
    private var hasAll: Bool { index == expected.count }

    /// The target is to break the connection off, if only after its end.
    var expectsReset: Bool { endings.contains(.reset) }

    /// Nothing more is to come, neither bytes nor an end.
    var isComplete: Bool { hasAll && (endings.isEmpty || hasEnded) }

    /// Compares what one read gave.
    mutating func take(_ got: Span<UInt8>) -> ReplayDifference? {
        if hasMessages { return takeMessage(got) }
        var start = 0
        while start < got.count {
            guard index < expected.count else { return difference(.bytes(Self.first(got, from: start))) }
            let range = expected[index]
            let step = min(got.count - start, range.count - place)
            for offset in 0..<step where bytes[range.lowerBound + place + offset] != got[start + offset] {
                place += offset
                count += offset
                return difference(.bytes(Self.first(got, from: start + offset)))
            }
            place += step
            count += step
            start += step
            if place == range.count { (index, place) = (index + 1, 0) }
        }
        return nil
    }

    private mutating func takeMessage(_ got: Span<UInt8>) -> ReplayDifference? {
        guard index < expected.count else { return difference(.bytes(Self.first(got, from: 0))) }
        let range = expected[index]
        let common = min(got.count, range.count)
        place = (0..<common).first { bytes[range.lowerBound + $0] != got[$0] } ?? common
        guard place == got.count, place == range.count else {
            let expected: ReplayDifference.Answer = place == range.count ? .end : .bytes(rest)
            return difference(place == got.count ? .end : .bytes(Self.first(got, from: place)), expecting: expected)
        }
        count += got.count
        (index, place) = (index + 1, 0)
        return nil
    }

    /// The target said that no more comes.
    mutating func end() -> ReplayDifference? {
        hasEnded = true
        return hasAll && endings.first != .reset ? nil : difference(.end)
    }

    mutating func reset() -> ReplayDifference? {
        hasEnded = true
        return hasAll && expectsReset ? nil : difference(.reset)
    }

    /// The target says nothing more, for as long as one waits for it.
    func silence() -> ReplayDifference? { isComplete ? nil : difference(.nothing) }

    private func difference(
        _ got: ReplayDifference.Answer, expecting: ReplayDifference.Answer? = nil
    ) -> ReplayDifference {
        let next = expecting ?? (hasAll ? endings.first ?? .nothing : .bytes(rest))
        return ReplayDifference(
            message: hasMessages ? index + 1 : nil, offset: hasMessages ? place : count, expected: next, got: got)
    }

    /// The first of the bytes that are to come next.
    private var rest: [UInt8] {
        var rest: [UInt8] = []
        var start = place
        for range in expected[index...].prefix(ReplayDifference.shown) where rest.count < ReplayDifference.shown {
            rest += bytes[range].dropFirst(start).prefix(ReplayDifference.shown - rest.count)
            start = 0
            if hasMessages { break }
        }
        return rest
    }

    private static func first(_ bytes: Span<UInt8>, from start: Int) -> [UInt8] {
        (start..<min(bytes.count, start + ReplayDifference.shown)).map { bytes[$0] }
    }
}
