/// One of the networks that can be dialled and listened on: nine by the names that Go's `net` gave them, and `vsock`.
public enum Network: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram, unixpacket
    /// Streams between a virtual machine and its host, vsock(7).
    case vsock

    /// The nine that Go's `net` has.
    public static let nine = allCases.filter { $0 != .vsock }

    /// What the sockets of a network carry.
    public enum Kind: Sendable, Hashable {
        /// Bytes in order, without boundaries.
        case stream
        /// Messages of their own, without a connection.
        case datagram
        /// Messages in order, on a connection.
        case sequenced
    }

    /// What this network's sockets carry.
    public var kind: Kind {
        switch self {
        case .tcp, .tcp4, .tcp6, .unix, .vsock: .stream
        case .udp, .udp4, .udp6, .unixgram: .datagram
        case .unixpacket: .sequenced
        }
    }

    /// Whether addresses are paths or abstract names.
    public var isUnix: Bool {
        switch self {
        case .unix, .unixgram, .unixpacket: true
        case .tcp, .tcp4, .tcp6, .udp, .udp4, .udp6, .vsock: false
        }
    }

    /// Whether addresses are those of IP, with ports.
    public var isIP: Bool { isTCP || isUDP }

    /// Whether the protocol is TCP, over either version of IP.
    public var isTCP: Bool { self == .tcp || self == .tcp4 || self == .tcp6 }

    /// Whether the protocol is UDP, over either version of IP.
    public var isUDP: Bool { self == .udp || self == .udp4 || self == .udp6 }

    /// The one version of IP that this network allows; nil where either will do, and for those that are not of IP.
    public var family: IPAddress.Family? {
        switch self {
        case .tcp4, .udp4: .v4
        case .tcp6, .udp6: .v6
        case .tcp, .udp, .unix, .unixgram, .unixpacket, .vsock: nil
        }
    }

    /// The network's name, such as `tcp4`.
    public var description: String { rawValue }
}
