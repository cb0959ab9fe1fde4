/// What a SOCKS5 client wants (RFC 1928 section 4).
public struct SOCKS5Request: SOCKSMessage {
    public static let subject = "SOCKS5 request"
    private static let fixed = 3

    public let command: SOCKSCommand
    /// For UDP ASSOCIATE where the client's datagrams will come from; 0.0.0.0:0 where it does not know.
    public let destination: SOCKSDestination

    public init(_ command: SOCKSCommand, _ destination: SOCKSDestination) {
        self.command = command
        self.destination = destination
    }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        try check(SOCKS5Greeting.version, bytes)
        return try fixed + SOCKSDestination.leastLength(bytes, from: fixed, of: subject)
    }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        command = SOCKSCommand(rawValue: bytes.count > 1 ? bytes[1] : 0)
        destination = try SOCKSDestination(bytes, from: Self.fixed, of: Self.subject)
    }

    public func append(to bytes: inout [UInt8]) {
        bytes += [SOCKS5Greeting.version, command.rawValue, 0]
        destination.append(to: &bytes)
    }
}
