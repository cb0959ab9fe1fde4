/// One end of a connection: an IP address with a port, a Unix address, or a machine and a port.
public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// An end of TCP or UDP.
    case ip(IPAddress, port: UInt16)
    /// An end of a Unix domain socket.
    case unix(UnixAddress)
    /// An end between a virtual machine and its host.
    case vsock(VsockAddress)

    /// Reads a literal IP endpoint, `127.0.0.1:80` or `[fe80::1%eth0]:80`; names, services and paths are refused.
    public init?(_ text: String) {
        let bytes = text[...].utf8
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
            case .number(let port) = Port.read(bytes[bytes.index(after: colon)...])
        else { return nil }
        var host = bytes[..<colon]
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(utf8: host), isBracketed == (address.family == .v6) else { return nil }
        self = .ip(address, port: port)
    }

    /// The IP address; nil for any other endpoint.
    public var address: IPAddress? {
        if case .ip(let address, _) = self { address } else { nil }
    }

    /// The port; nil for any other endpoint.
    public var port: UInt16? {
        if case .ip(_, let port) = self { port } else { nil }
    }

    /// The endpoint as a person types it: `127.0.0.1:80`, `[::1]:80`, `/tmp/x`, `@name`.
    public var description: String {
        switch self {
        case .ip(let address, let port): address.family == .v6 ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .unix(let address): address.description
        case .vsock(let address): address.description
        }
    }
}
