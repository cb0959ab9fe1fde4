/// How a SOCKS5 client may prove who it is.
public struct SOCKS5Method: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Not at all.
    public static let none = SOCKS5Method(rawValue: 0)
    public static let gssapi = SOCKS5Method(rawValue: 1)
    /// By RFC 1929's user and password.
    public static let password = SOCKS5Method(rawValue: 2)
    /// A server's answer: none of those that the client offers.
    public static let noneAcceptable = SOCKS5Method(rawValue: 0xff)

    /// In words.
    public var description: String {
        switch self {
        case .none: "no authentication"
        case .gssapi: "GSSAPI"
        case .password: "user and password"
        case .noneAcceptable: "no acceptable methods"
        default: "method \(rawValue)"
        }
    }
}

/// What a SOCKS5 client says first: how it may prove who it is.
public struct SOCKS5Greeting: SOCKSMessage {
    public static let subject = "SOCKS5 greeting"
    public static let version: UInt8 = 5

    public let methods: [SOCKS5Method]

    /// At most 255 methods.
    public init(_ methods: [SOCKS5Method]) {
        precondition(methods.count <= 255, "a greeting counts its methods in one byte")
        self.methods = methods
    }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        try check(version, bytes)
        return bytes.count < 2 ? 2 : 2 + Int(bytes[1])
    }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        guard bytes.count >= 2 else { throw Self.fault(.cut(bytes.count)) }
        methods = (2..<bytes.count).map { SOCKS5Method(rawValue: bytes[$0]) }
    }

    public func append(to bytes: inout [UInt8]) {
        bytes += [Self.version, UInt8(methods.count)]
        bytes += methods.map(\.rawValue)
    }
}

/// What a SOCKS5 server answers to that: the method that it chose.
public struct SOCKS5Choice: SOCKSMessage {
    public static let subject = "SOCKS5 choice of a method"

    public let method: SOCKS5Method

    public init(_ method: SOCKS5Method) { self.method = method }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        try check(SOCKS5Greeting.version, bytes)
        return 2
    }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        guard bytes.count >= 2 else { throw Self.fault(.cut(bytes.count)) }
        method = SOCKS5Method(rawValue: bytes[1])
    }

    public func append(to bytes: inout [UInt8]) { bytes += [SOCKS5Greeting.version, method.rawValue] }
}
