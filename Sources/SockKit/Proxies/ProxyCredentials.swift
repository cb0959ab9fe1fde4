/// Who a proxy is to believe that we are. What is secret in it is in no description.
public struct ProxyCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    public let user: [UInt8]
    /// Nil where only a name is told.
    public let password: [UInt8]?

    public init(user: [UInt8], password: [UInt8]?) {
        self.user = user
        self.password = password
    }

    /// `USER:PASS` as it stands in a file: the name has no colon, the password may.
    public init?(line: some Sequence<UInt8>) {
        let bytes = Array(line)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        self.init(user: Array(bytes[..<colon]), password: Array(bytes[(colon + 1)...]))
    }

    public var description: String { "credentials" }
    public var debugDescription: String { description }
}
