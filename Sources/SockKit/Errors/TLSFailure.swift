/// Why TLS came to nothing, or to an end that nobody had said.
public struct TLSFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is; it decides the word for machines and the status.
    public enum Kind: Sendable, Hashable {
        /// The other side cannot be trusted, or this side was not by it.
        case untrusted
        /// The two do not agree on how to speak, or one of them speaks something else.
        case refused
        /// The connection ended in the middle of the handshake, or without the end that TLS has.
        case cutOff
        /// The library that speaks TLS is not there, or cannot do what was asked.
        case unavailable
        /// What was asked for makes no sense: a key that is not the certificate's, a file that holds none.
        case configuration
        /// The command line asks for what cannot be.
        case invalid
        /// A file that is needed cannot be read.
        case unreadable
        /// A file that is to be written cannot be.
        case unwritable
    }

    public let kind: Kind
    /// What is wrong: `the certificate expired 12 days ago`.
    public let text: String
    /// What to do about it, without a full stop.
    public let hint: String?
    /// The other side spoke in clear, and can be answered so.
    public let isPlainText: Bool

    public init(_ kind: Kind, _ text: String, hint: String? = nil, isPlainText: Bool = false) {
        self.kind = kind
        self.text = text
        self.hint = hint
        self.isPlainText = isPlainText
    }

    /// The word for machines.
    public var code: String {
        switch kind {
        case .untrusted: "certificate"
        case .refused: "handshake"
        case .cutOff: "truncated"
        case .unavailable: "unavailable"
        case .configuration: "configuration"
        case .invalid: "usage"
        case .unreadable: "unreadable"
        case .unwritable: "unwritable"
        }
    }

    /// Whether time may mend it.
    public var mayPass: Bool { kind == .cutOff }

    public var description: String { "tls: \(text)" }
}
