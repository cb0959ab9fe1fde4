/// How a proxy answers, in the protocol that the client speaks.
public enum ProxyAnswer {
    /// What this program is called where a proxy names itself.
    static let name = "sockctl"

    /// That it is done; `bound` is the end that the proxy has for it, where the client may want to know. `nil` where
    /// nothing is said.
    public static func granted(_ language: ProxyWish.Language, _ bound: Endpoint?) -> [UInt8] {
        let end = bound.flatMap { SOCKSDestination($0) } ?? .none
        return switch language {
        case .socks4: SOCKS4Reply(.granted, bound: end).bytes
        case .socks5: SOCKS5Reply(.succeeded, bound: end).bytes
        case .http: Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)
        }
    }

    /// That it is not done, and why; the connection is closed afterwards.
    public static func refused(_ language: ProxyWish.Language, _ refusal: TargetRefusal) -> [UInt8] {
        switch language {
        case .socks4: SOCKS4Reply(.rejected).bytes
        case .socks5: SOCKS5Reply(refusal.kind.code).bytes
        case .http:
            page(
                refusal.kind.status, refusal.description,
                ["Proxy-Status": "\(name); error=\(refusal.kind.word)"])
        }
    }

    /// An answer of HTTP with a line of text. With `keeps` the connection goes on.
    static func page(
        _ status: HTTPStatus, _ text: String, _ fields: Fields = [:], keeps: Bool = false, isHead: Bool = false
    ) -> [UInt8] {
        let content = Array("\(text)\n".utf8)
        var all = fields
        all.append("Content-Type", "text/plain; charset=utf-8")
        all.append("Content-Length", String(content.count))
        if !keeps { all.append("Connection", "close") }
        var writer = MessageWriter()
        // The fields are ours, and have nothing in them that could be refused.
        guard (try? writer.append(ResponseHead(status, fields: all))) != nil else { return [] }
        return isHead ? writer.bytes : writer.bytes + content
    }
}

extension SOCKSDestination {
    /// The end of a connection as SOCKS tells it; nil where it has no address.
    init?(_ endpoint: Endpoint) {
        guard case .ip(let address, let port) = endpoint else { return nil }
        self.init(address, port: port)
    }
}
