/// What a proxy answered in the place of a connection.
public struct ProxyRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of answer it is; it decides the word for machines.
    public enum Kind: Sendable, Hashable {
        /// Its rules forbid it.
        case rules
        /// It wants to know who asks, or does not believe it.
        case authentication
        /// Where the connection was to lead, nobody listens.
        case refused
        /// No way leads there.
        case unreachable
        /// Nothing came back from there in time.
        case noAnswer
        /// The proxy does not do such a thing.
        case unsupported
        /// It did not work, and the proxy does not say more, or knows no word for it.
        case failed
    }

    public let kind: Kind
    /// What it said, in words: `connection refused by ruleset`.
    public let text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// The word for machines.
    public var code: String {
        switch kind {
        case .rules, .authentication: "denied"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .noAnswer: "timeout"
        case .unsupported, .failed: "proxy"
        }
    }

    /// Whether time may mend it.
    public var mayPass: Bool {
        switch kind {
        case .rules, .authentication, .unsupported: false
        case .refused, .unreachable, .noAnswer, .failed: true
        }
    }

    public var description: String { text }
}
