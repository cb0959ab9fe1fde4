/// What a SOCKS5 server says to a request (RFC 1928 section 6): once for each, and twice for BIND.
public struct SOCKS5Reply: SOCKSMessage {
    /// Whether it does what was asked, and if not, why.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let succeeded = Code(rawValue: 0)
        public static let generalFailure = Code(rawValue: 1)
        public static let notAllowed = Code(rawValue: 2)
        public static let networkUnreachable = Code(rawValue: 3)
        public static let hostUnreachable = Code(rawValue: 4)
        public static let connectionRefused = Code(rawValue: 5)
        /// A TTL that expired is what the standard calls an answer that did not come in time.
        public static let expired = Code(rawValue: 6)
        public static let commandUnsupported = Code(rawValue: 7)
        public static let addressTypeUnsupported = Code(rawValue: 8)

        /// In the standard's words.
        public var description: String {
            switch self {
            case .succeeded: "succeeded"
            case .generalFailure: "general SOCKS server failure"
            case .notAllowed: "connection not allowed by ruleset"
            case .networkUnreachable: "network unreachable"
            case .hostUnreachable: "host unreachable"
            case .connectionRefused: "connection refused"
            case .expired: "TTL expired"
            case .commandUnsupported: "command not supported"
            case .addressTypeUnsupported: "address type not supported"
            default: "reply code \(rawValue), which no standard has"
            }
        }
    }

    public static let subject = "SOCKS5 reply"
    private static let fixed = 3

    public let code: Code
    /// Which end the server uses: for CONNECT its own towards the destination, for BIND where it listens and then who came,
    /// for UDP ASSOCIATE where datagrams are to be sent.
    public let bound: SOCKSDestination

    public init(_ code: Code, bound: SOCKSDestination = .none) {
        self.code = code
        self.bound = bound
    }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        try check(SOCKS5Greeting.version, bytes)
        // Servers that have no name to tell send one of no bytes.
        if bytes.count >= 5, isNameless(bytes) { return fixed + 4 }
        return try fixed + SOCKSDestination.leastLength(bytes, from: fixed, of: subject)
    }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        code = Code(rawValue: bytes.count > 1 ? bytes[1] : Code.generalFailure.rawValue)
        guard bytes.count < Self.fixed + 4 || !Self.isNameless(bytes) else {
            bound = SOCKSDestination(.v4Any, port: bytes.bigEndian(at: 5))
            return
        }
        bound = try SOCKSDestination(bytes, from: Self.fixed, of: Self.subject)
    }

    private static func isNameless(_ bytes: Span<UInt8>) -> Bool { bytes[fixed] == 3 && bytes[fixed + 1] == 0 }

    public func append(to bytes: inout [UInt8]) {
        bytes += [SOCKS5Greeting.version, code.rawValue, 0]
        bound.append(to: &bytes)
    }
}
