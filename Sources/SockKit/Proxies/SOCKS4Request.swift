/// The one message of a SOCKS4 client, and of a SOCKS4a client, which may name a host for the server to look up.
///
/// Version, command, port, IPv4 address, the user's name and a zero. An address of 0.0.0.x with x not zero says that a
/// host's name and a zero follow.
public struct SOCKS4Request: SOCKSMessage {
    public static let subject = "SOCKS4 request"
    public static let version: UInt8 = 4
    /// The longest name of a user. No standard has a limit; this is SOCKS5's.
    public static let longestUser = 255
    /// The longest request.
    public static let longest = fixed + longestUser + 1 + SOCKSName.longest + 1

    private static let fixed = 8
    /// 0.0.0.1, the address that stands for a name.
    private static let nameFollows: UInt32 = 1

    public let command: SOCKSCommand
    public let destination: SOCKSDestination
    /// Who the client says that it is for; nobody can know.
    public let user: [UInt8]

    /// Nil for an address that it cannot carry, which is an IPv6 one or 0.0.0.1 to 0.0.0.255, and for a user's name that is
    /// too long or has a zero in it.
    public init?(_ command: SOCKSCommand, _ destination: SOCKSDestination, user: [UInt8] = []) {
        if case .address(let address) = destination.host {
            guard address.family == .v4, !Self.standsForName(address.v4Bits) else { return nil }
        }
        guard user.count <= Self.longestUser, !user.contains(0) else { return nil }
        self.command = command
        self.destination = destination
        self.user = user
    }

    public static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        try check(version, bytes)
        // The zero behind the user is the ninth byte at least.
        guard bytes.count > fixed else { return fixed + 1 }
        guard let zero = try end(of: "user's name", from: fixed, in: bytes, limit: longestUser) else {
            return bytes.count + 1
        }
        guard namesHost(bytes) else { return zero + 1 }
        guard let end = try end(of: "host's name", from: zero + 1, in: bytes, limit: SOCKSName.longest) else {
            return bytes.count + 1
        }
        guard end > zero + 1 else { throw fault(.empty("host's name")) }
        return end + 1
    }

    /// Where the zero stands that ends a text, if it has come.
    private static func end(
        of field: String, from start: Int, in bytes: Span<UInt8>, limit: Int
    ) throws(SOCKSFault) -> Int? {
        let zero = ByteSearch.first([0], in: bytes, from: start)
        guard (zero ?? bytes.count) - start <= limit else { throw fault(.tooLong(field, limit: limit)) }
        return zero
    }

    private static func namesHost(_ bytes: Span<UInt8>) -> Bool { standsForName(bytes.bigEndian(at: 4)) }

    private static func standsForName(_ address: UInt32) -> Bool { 1..<256 ~= address }

    public init(whole bytes: Span<UInt8>) throws(SOCKSFault) {
        guard bytes.count > Self.fixed, let zero = ByteSearch.first([0], in: bytes, from: Self.fixed) else {
            throw Self.fault(.cut(bytes.count))
        }
        command = SOCKSCommand(rawValue: bytes[1])
        let port: UInt16 = bytes.bigEndian(at: 2)
        user = (Self.fixed..<zero).map { bytes[$0] }
        guard Self.namesHost(bytes) else {
            destination = SOCKSDestination(IPAddress(v4Bits: bytes.bigEndian(at: 4)), port: port)
            return
        }
        guard bytes.count - zero > 2 else { throw Self.fault(.cut(bytes.count)) }
        guard let name = SOCKSName(utf8: bytes.extracting(zero + 1..<bytes.count - 1)) else {
            throw Self.fault(.badName)
        }
        destination = SOCKSDestination(name, port: port)
    }

    public func append(to bytes: inout [UInt8]) {
        bytes += [Self.version, command.rawValue]
        bytes.append(bigEndian: destination.port)
        switch destination.host {
        case .address(let address):
            bytes.append(bigEndian: address.v4Bits)
            bytes += user + [0]
        case .name(let name):
            bytes.append(bigEndian: Self.nameFollows)
            bytes += user + [0]
            bytes += name.text.utf8
            bytes.append(0)
        }
    }
}
