extension Connection {
    /// The longest message that one write may be, as things stand; nil on a stream, where there are none.
    public var longestMessage: Int? {
        if network.kind != .stream, layer != nil { return LongestMessage.secured }
        return network.kind == .stream
            ? nil : LongestMessage.bytes(to: remoteEndpoint, sendBuffer: bufferSizes?.send) - messageOverhead
    }
}

extension DatagramSocket {
    /// The longest datagram that this socket can send to anybody of its network, as things stand.
    public var longestMessage: Int {
        LongestMessage.bytes(to: localEndpoint, sendBuffer: bufferSizes?.send)
    }
}

/// How long a message may be.
private enum LongestMessage {
    /// A record of TLS holds no more (RFC 8446 section 5.1).
    static let secured = 16 * 1024

    /// 65,535 bytes less the headers, which in IPv6 are not counted all; a socket of both families may send IPv4 (ip(7),
    /// ipv6(7)). On Unix sockets the kernel keeps 32 bytes of the send buffer for itself (unix(7)).
    static func bytes(to endpoint: Endpoint, sendBuffer: Int?) -> Int {
        switch endpoint {
        case .ip(let address, _): address.unmapped.family == .v6 && !address.isUnspecified ? 65527 : 65507
        // vsock has streams only.
        case .unix, .vsock: max(1, (sendBuffer ?? 212_992) - 32)
        }
    }
}
