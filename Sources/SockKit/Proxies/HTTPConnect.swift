/// CONNECT: what a client asks an HTTP proxy for that is to pass bytes on (RFC 9110 section 9.3.6).
public enum HTTPConnect {
    /// Of a head, the client's or the proxy's. Lines may end with LF alone: some proxies' do.
    public static let limits: MessageLimits = {
        var limits = MessageLimits(line: 64 << 10, head: 64 << 10, fields: 1 << 10, body: nil)
        limits.takesBareLineFeeds = true
        return limits
    }()

    /// How a place is written: `example.org:443`, `[::1]:80`.
    public static func target(_ destination: SOCKSDestination) -> String {
        switch destination.host {
        case .address(let address): Endpoint.ip(address, port: destination.port).description
        case .name(let name): "\(name):\(destination.port)"
        }
    }

    /// The head of a request, as it goes over the wire.
    public static func request(to target: String, authorization: String? = nil) throws(HTTPRefusal) -> [UInt8] {
        // Proxies of HTTP/1.1 demand a Host, and it is the target once more (RFC 9112 section 3.2).
        var fields: Fields = ["Host": target]
        if let authorization { fields.append("Proxy-Authorization", authorization) }
        var writer = MessageWriter()
        try writer.append(try RequestHead(.connect, target, fields: fields))
        return writer.bytes
    }

    /// What an answer means that is no success.
    static func refusal(_ head: ResponseHead) -> ProxyRefusal {
        let kind: ProxyRefusal.Kind =
            switch head.status {
            case 401, 407: .authentication
            case 403, 451: .rules
            case 404: .unreachable
            case 504: .noAnswer
            case 405, 501: .unsupported
            default: .failed
            }
        let reason = head.reason.isEmpty ? head.status.reason : head.reason
        return ProxyRefusal(kind, reason.isEmpty ? "\(head.status)" : "\(head.status) \(reason)")
    }
}
