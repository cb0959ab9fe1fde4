/// What a transport has worked out about a request before it is sent: the bytes of its head, and where they go.
struct RequestPlan: Sendable {
    /// Kept alive with the plan, for the host's sake.
    let transport: Transport
    let host: HostPool
    /// The head, as it goes over the wire.
    let head: [UInt8]
    /// Whether the content goes in chunks; else its length is in the head.
    let isChunked: Bool
    /// The head asks for permission to send the content.
    let expectsContinue: Bool
    /// The connection ends with the exchange: the request says so.
    let closes: Bool
    /// It may be sent again although it may have arrived.
    let isReplayable: Bool
}

extension HTTPRequest {
    /// The head, through a proxy where there is one.
    @Netpoller
    func encodeHead(for transport: Transport, _ host: HostPool) throws(NetworkError) -> RequestPlan {
        let proxy = host.proxy
        let disableKeepAlives = transport.rules.disableKeepAlives
        let framing = try framing()
        var writer = MessageWriter()
        do throws(HTTPRefusal) {
            let target = proxy == nil ? url.target : url.absoluteTarget
            try writer.appendRequestLine(method, target, version)
            if !fields.contains("host") { try writer.append("Host", url.authority) }
            try writer.append(fields)
            if let credentials = proxy?.credentials, !fields.contains("proxy-authorization") {
                try writer.append("Proxy-Authorization", credentials.field)
            }
            if disableKeepAlives, !fields.contains("connection") { try writer.append("Connection", "close") }
            if let name = framing.name, let value = framing.value { try writer.append(name, value) }
        } catch {
            throw NetworkError(.write, network: nil, cause: .init(error))
        }
        writer.endHead()
        return RequestPlan(
            transport: transport, host: host, head: writer.bytes, isChunked: framing.isChunked,
            expectsContinue: version >= .http11 && body.length != 0 && fields.contains("100-continue", in: "expect"),
            closes: disableKeepAlives || !fields.keepsConnection(version), isReplayable: isReplayable)
    }

    /// How the length of the content is told: the field that says it, if it is not there already.
    private func framing() throws(NetworkError) -> (name: String?, value: String?, isChunked: Bool) {
        if fields.contains("transfer-encoding") {
            guard fields["transfer-encoding"]?.lowercased() == "chunked" else {
                throw Self.senseless("Transfer-Encoding: no coding but chunked is spoken here")
            }
            guard version >= .http11 else { throw Self.senseless("HTTP/1.0 has no Transfer-Encoding") }
            guard !fields.contains("content-length") else {
                throw Self.senseless("a request cannot have both Content-Length and Transfer-Encoding")
            }
            return (nil, nil, true)
        }
        guard let length = body.length else {
            guard version >= .http11 else {
                throw Self.senseless("HTTP/1.0 has no chunks, so content of unknown length cannot be sent")
            }
            guard !fields.contains("content-length") else {
                throw Self.senseless("Content-Length: how long the content is, is not known before it is read")
            }
            return ("Transfer-Encoding", "chunked", true)
        }
        if let said = fields["content-length"] {
            guard Int(said) == length else {
                throw Self.senseless("Content-Length: the content has \(length) bytes, and not \(said)")
            }
            return (nil, nil, false)
        }
        // A server may take a request of these methods without a length for one whose content it cannot find the end of.
        switch method {
        case .post, .put, .patch: return ("Content-Length", String(length), false)
        default: return length == 0 ? (nil, nil, false) : ("Content-Length", String(length), false)
        }
    }

    private static func senseless(_ text: String) -> NetworkError {
        NetworkError(.write, network: nil, cause: .invalid(text))
    }
}
