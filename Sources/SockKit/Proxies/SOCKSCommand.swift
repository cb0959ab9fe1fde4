/// What a client of SOCKS wants of the server; the values are the same in both versions.
public struct SOCKSCommand: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// To be joined to the destination.
    public static let connect = SOCKSCommand(rawValue: 1)
    /// To be joined to whoever comes from the destination.
    public static let bind = SOCKSCommand(rawValue: 2)
    /// To have datagrams passed on; version 5 only.
    public static let associate = SOCKSCommand(rawValue: 3)

    /// The name in the standards, or the number.
    public var description: String {
        switch self {
        case .connect: "CONNECT"
        case .bind: "BIND"
        case .associate: "UDP ASSOCIATE"
        default: "command \(rawValue)"
        }
    }
}
