/// A SOCKS5 client's name and password (RFC 1929).
public struct SOCKS5Password: SOCKSMessage {
    public static let subject = "SOCKS5 user and password"
    /// Of this message's own protocol, not of SOCKS.
    public static let version: UInt8 = 1
    /// The longest name and the longest password.
    public static let longest = 255

    public let user: [UInt8]
    public let password: [UInt8]

    /// Nil where one of the two is longer than 255 bytes.
    ///
    /// RFC 1929 has no empty ones either; programs send them all the same, so they may be.
    public init?(user: [UInt8], password: [UInt8]) {
        guard user.count <= Self.longest, password.count <= Self.longest else { return nil }
        self.user = user
        self.password = password
    }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        try check(version, bytes)
        guard bytes.count >= 2 else { return 2 }
        let user = 2 + Int(bytes[1])
        return bytes.count <= user ? user + 1 : user + 1 + Int(bytes[user])
    }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        guard bytes.count >= 2, bytes.count > 2 + Int(bytes[1]) else { throw Self.fault(.cut(bytes.count)) }
        let end = 2 + Int(bytes[1])
        user = (2..<end).map { bytes[$0] }
        password = (end + 1..<bytes.count).map { bytes[$0] }
    }

    public func append(to bytes: inout [UInt8]) {
        bytes += [Self.version, UInt8(user.count)] + user
        bytes += [UInt8(password.count)] + password
    }
}

/// What a server answers to that; one that says no closes the connection.
public struct SOCKS5PasswordReply: SOCKSMessage {
    public static let subject = "SOCKS5 answer to user and password"

    /// 0 where they are right.
    public let status: UInt8

    public init(isRight: Bool) { status = isRight ? 0 : 1 }

    public var isRight: Bool { status == 0 }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        // Some servers send 5 for the version; nothing depends on it, and the status is what counts.
        2
    }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        guard bytes.count >= 2 else { throw Self.fault(.cut(bytes.count)) }
        status = bytes[1]
    }

    public func append(to bytes: inout [UInt8]) { bytes += [SOCKS5Password.version, status] }
}
