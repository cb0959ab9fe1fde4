/// What is wrong with a message or its frame: which one, and why.
public struct FramingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why a frame is refused.
    public enum Reason: Sendable, Hashable {
        /// More bytes than the limit came without an end.
        case tooLong(limit: Int)
        /// The length says so many bytes, more than the limit.
        case lengthBeyondLimit(UInt64, limit: Int)
        /// The length says fewer bytes than every frame has.
        case lengthTooSmall(UInt64, least: Int)
        /// The stream ended inside the frame; the text says what was missing.
        case cut(String)
        /// The message cannot be put into a frame, or is none that may come here; the text says why.
        case invalid(String)
    }

    /// Which one: `frame 3 at byte 512`.
    public var subject: String
    public var reason: Reason

    package init(_ subject: String, _ reason: Reason) {
        self.subject = subject
        self.reason = reason
    }

    /// It is a limit of ours that was broken, not the framing.
    public var isLimit: Bool {
        switch reason {
        case .tooLong, .lengthBeyondLimit: true
        case .lengthTooSmall, .cut, .invalid: false
        }
    }

    /// The word for machines.
    public var code: String { isLimit ? "limit" : "frame" }

    public var description: String {
        switch reason {
        case .tooLong(let limit): "\(subject) is longer than the limit of \(Self.bytes(limit))"
        case .lengthBeyondLimit(let length, let limit):
            "\(subject) has a length of \(length), beyond the limit of \(Self.bytes(limit))"
        case .lengthTooSmall(let length, let least):
            "\(subject) has a length of \(length), and no frame is shorter than \(Self.bytes(least))"
        case .cut(let text), .invalid(let text): "\(subject) \(text)"
        }
    }

    private static func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
}
