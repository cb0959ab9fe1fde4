/// An address that cannot be what was meant: what was wrong with it and what would be right.
public struct AddressError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line, without a capital at its beginning or a full stop at its end.
    public var message: String

    /// An error that says `message`.
    public init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
