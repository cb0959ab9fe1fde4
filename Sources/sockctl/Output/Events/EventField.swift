import SockKit

/// One field of an event's object: its name, what it is, and where an event has it.
struct EventField<Owner: Event>: Sendable {
    let name: String
    /// What it is, as a sentence.
    let meaning: String
    /// Whether any event may have it, so that the manual explains it once for all.
    var isCommon = false
    /// Nil where this event does not have it.
    let value: @Sendable (Owner) -> JSONValue?

    init<Value: JSONRepresentable>(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (Owner) -> Value?
    ) {
        self.init(name, meaning) { value($0)?.json }
    }

    init(_ name: String, _ meaning: String, _ value: @escaping @Sendable (Owner) -> JSONValue?) {
        self.name = name
        self.meaning = meaning
        self.value = value
    }
}

// What any event may have.
extension EventField {
    /// What the event is about, as far as it is known.
    static func ends(_ ends: @escaping @Sendable (Owner) -> Ends) -> [Self] {
        [
            connection { ends($0).connection }, network { ends($0).network }, local { ends($0).local },
            remote { ends($0).remote },
        ]
    }

    /// As `ends`, of an event that may be about no connection at all.
    static func endsIfAny(_ ends: @escaping @Sendable (Owner) -> Ends?) -> [Self] {
        [
            connection { ends($0)?.connection }, network { ends($0)?.network }, local { ends($0)?.local },
            remote { ends($0)?.remote },
        ]
    }

    /// What the failed operation was about, and how many bytes it had moved.
    static func ends(of failure: @escaping @Sendable (Owner) -> Failure) -> [Self] {
        [
            connection { failure($0).connection }, network { failure($0).network }, local { failure($0).local },
            remote { failure($0).remote }, bytes { failure($0).bytes },
        ]
    }

    static func remote(_ value: @escaping @Sendable (Owner) -> Endpoint?) -> Self {
        common("remote", "The other end.") { value($0)?.description }
    }

    static func bytes(_ value: @escaping @Sendable (Owner) -> Int?) -> Self {
        common("bytes", "How many bytes it is about.", value)
    }

    /// The error; it stands last.
    static func error(_ value: @escaping @Sendable (Owner) -> Failure?) -> Self {
        Self("error", "What went wrong: an object of `code`, `operation`, `call`, `message` and `hint`.", value)
    }

    static func connection(_ value: @escaping @Sendable (Owner) -> Int?) -> Self {
        common("connection", "The connection's number, from 1.", value)
    }

    private static func network(_ value: @escaping @Sendable (Owner) -> Network?) -> Self {
        common("network", "The network's name.") { value($0)?.rawValue }
    }

    private static func local(_ value: @escaping @Sendable (Owner) -> Endpoint?) -> Self {
        common("local", "This end.") { value($0)?.description }
    }

    private static func common<Value: JSONRepresentable>(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (Owner) -> Value?
    ) -> Self {
        var field = Self(name, meaning, value)
        field.isCommon = true
        return field
    }
}
