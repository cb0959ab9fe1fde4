/// A name for one version of a file (RFC 9110 section 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// What stands between the quotes.
    public let opaque: String
    /// It stays the same for versions that are as good as each other; parts of such cannot be put together.
    public let isWeak: Bool

    /// The tag must be made of visible characters without quotes.
    public init(_ opaque: String, isWeak: Bool = false) {
        precondition(opaque.utf8.allSatisfy(Self.isTagByte))
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Reads `"xyzzy"` or `W/"xyzzy"`.
    public init?(parsing text: some StringProtocol) {
        isWeak = text.hasPrefix("W/")
        let quoted = Array(text.dropFirst(isWeak ? 2 : 0).utf8)
        guard quoted.count >= 2, quoted.first == UInt8(ascii: "\""), quoted.last == UInt8(ascii: "\"") else {
            return nil
        }
        let inside = quoted.dropFirst().dropLast()
        guard inside.allSatisfy(Self.isTagByte) else { return nil }
        opaque = String(decoding: inside, as: UTF8.self)
    }

    /// As it is sent.
    public var description: String { "\(isWeak ? "W/" : "")\"\(opaque)\"" }

    /// The same bytes: both are strong, and equal.
    public func matchesStrongly(_ other: EntityTag) -> Bool { self == other && !isWeak }

    /// As good as each other.
    public func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    static func isTagByte(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7f && byte != UInt8(ascii: "\"") }
}
