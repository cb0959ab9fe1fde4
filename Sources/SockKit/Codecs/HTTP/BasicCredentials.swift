/// A user's name and password, as Authorization has them: `Basic dXNlcjpwYXNz` (RFC 7617).
public struct BasicCredentials: Sendable {
    public let user: [UInt8]
    public let password: [UInt8]

    /// The name must have no colon.
    public init(user: [UInt8], password: [UInt8]) {
        self.user = user
        self.password = password
    }

    /// `user:password`; the name has no colon, the password may.
    public init?(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    /// Reads the value of Authorization; nil for another scheme, and for what is not encoded as it must be.
    public init?(field value: String) {
        let words = value.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = Base64.decode(words[1]) else {
            return nil
        }
        self.init(bytes: bytes)
    }

    /// As `user:password`, which need not be text.
    public init?(bytes: [UInt8]) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        user = Array(bytes[..<colon])
        password = Array(bytes[(colon + 1)...])
    }

    /// The value of Authorization.
    public var field: String { "Basic " + Base64.encode(user + [UInt8(ascii: ":")] + password) }

    /// Whether both are the same. The time it takes does not tell how much of them is right.
    public func matches(_ other: BasicCredentials) -> Bool {
        let name = Self.differences(user, other.user)
        let word = Self.differences(password, other.password)
        return name | word == 0
    }

    private static func differences(_ given: [UInt8], _ wanted: [UInt8]) -> UInt8 {
        var found: UInt8 = given.count == wanted.count ? 0 : 1
        for index in given.indices { found |= given[index] ^ (wanted.isEmpty ? 1 : wanted[index % wanted.count]) }
        return found
    }
}
