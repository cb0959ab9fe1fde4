/// What is wrong with a protocol's message that came: whose it was, and where and how it breaks the rules.
public struct MessageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is; it decides the word for machines.
    public enum Kind: Sendable, Hashable {
        /// The grammar was broken.
        case malformed
        /// The grammar was kept, but the connection ended inside the message.
        case truncated
        /// A limit of ours was broken, not the grammar.
        case tooLong
        /// It would be taken of others, and not of whom it came from.
        case refused
    }

    public let kind: Kind
    /// Whose message it is: `HTTP answer`.
    public let subject: String
    /// Where the fault is, and what it is: `field line 3: a space stands before the colon`.
    public let text: String

    package init(_ kind: Kind, _ subject: String, _ text: String) {
        self.kind = kind
        self.subject = subject
        self.text = text
    }

    /// The word for machines.
    public var code: String {
        switch kind {
        case .malformed: "message"
        case .truncated: "truncated"
        case .tooLong: "limit"
        case .refused: "denied"
        }
    }

    public var description: String {
        kind == .malformed ? "malformed \(subject): \(text)" : "\(subject): \(text)"
    }
}
