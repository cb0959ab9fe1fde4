/// What a SOCKS4 server says: whether it does what was asked, and for BIND where it listens, and then who came.
public struct SOCKS4Reply: SOCKSMessage {
    /// Whether the request is granted.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let granted = Code(rawValue: 90)
        public static let rejected = Code(rawValue: 91)
        /// The server asked the client's machine who it is for, and found no identd there.
        public static let noIdentd = Code(rawValue: 92)
        public static let wrongUser = Code(rawValue: 93)

        /// In words.
        public var description: String {
            switch self {
            case .granted: "request granted"
            case .rejected: "request rejected or failed"
            case .noIdentd: "request rejected: the proxy cannot reach an identd on the client"
            case .wrongUser: "request rejected: the client's identd reports another user"
            default: "reply code \(rawValue), which no standard has"
            }
        }
    }

    public static let subject = "SOCKS4 reply"
    /// A reply's first byte is zero, not the protocol's version.
    public static let version: UInt8 = 0
    private static let length = 8

    public let code: Code
    /// For BIND where the server listens; 0.0.0.0 stands for the server's own address. Else it means nothing.
    public let bound: SOCKSDestination

    /// An end that is not IPv4 is told as 0.0.0.0 with its port, since there is no room for more.
    public init(_ code: Code, bound: SOCKSDestination = .none) {
        self.code = code
        if case .address(let address) = bound.host, address.unmapped.family == .v4 {
            self.bound = SOCKSDestination(address, port: bound.port)
        } else {
            self.bound = SOCKSDestination(.v4Any, port: bound.port)
        }
    }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        try check(version, bytes)
        return length
    }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        guard bytes.count >= Self.length else { throw Self.fault(.cut(bytes.count)) }
        code = Code(rawValue: bytes[1])
        bound = SOCKSDestination(IPAddress(v4Bits: bytes.bigEndian(at: 4)), port: bytes.bigEndian(at: 2))
    }

    public func append(to bytes: inout [UInt8]) {
        bytes += [Self.version, code.rawValue]
        bytes.append(bigEndian: bound.port)
        let address = if case .address(let address) = bound.host { address } else { IPAddress.v4Any }
        bytes.append(bigEndian: address.v4Bits)
    }
}
