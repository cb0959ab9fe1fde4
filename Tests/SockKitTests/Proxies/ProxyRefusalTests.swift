import Testing

@testable import SockKit

/// What goes wrong with a proxy, in words.
@Suite(.timeLimit(.minutes(2))) struct ProxyRefusalTests {
    /// The error of a dial through a proxy that does this with each connection.
    private func error(
        _ scheme: ProxyURL.Scheme, to address: String = "10.0.0.1:80", timeout: Duration = patience,
        _ script: @escaping @Netpoller @Sendable (ScriptedServer.Peer) async throws -> Void
    ) async throws -> (error: NetworkError, proxy: String) {
        try await onLoop {
            let server = try await ScriptedServer(.tcp, script)
            let proxy = server.proxy(scheme)
            let error = try await failure {
                _ = try await ProxyDialer.dial(proxy, to: address, with: literalDialer(timeout: timeout))
            }
            server.close()
            return (error, proxy.name)
        }
    }

    @Test(arguments: [
        (1, "general SOCKS server failure", "proxy"), (2, "connection refused by ruleset", "denied"),
        (3, "network unreachable", "unreachable"), (4, "host unreachable", "unreachable"),
        (5, "connection refused", "refused"), (6, "TTL expired", "timeout"), (7, "command not supported", "proxy"),
        (8, "address type not supported", "proxy"), (9, "reply code 9, which no standard has", "proxy"),
    ])
    func `each code of SOCKS5 has its words`(code: Int, text: String, word: String) async throws {
        let (error, proxy) = try await error(.socks5) { peer in
            _ = try await peer.take(3)
            try await peer.send([5, 0])
            _ = try await peer.take(10)
            try await peer.send(ScriptedAnswer.refusal(UInt8(code)))
        }
        #expect(error.description == "dial tcp 10.0.0.1:80: proxy \(proxy): \(text)")
        #expect(error.code == word && error.route == "proxy \(proxy)" && error.target == "10.0.0.1:80")
    }

    @Test(arguments: [
        (91, "request rejected or failed", "proxy"), (92, "cannot reach an identd", "denied"),
        (93, "another user", "denied"), (7, "reply code 7", "proxy"),
    ])
    func `each code of SOCKS4 has its words`(code: Int, text: String, word: String) async throws {
        let (error, _) = try await error(.socks4) { peer in
            _ = try await peer.take(9)
            try await peer.send([0, UInt8(code), 0, 0, 0, 0, 0, 0])
        }
        #expect(error.description.contains(text) && error.code == word, "\(error)")
    }

    @Test(arguments: [
        ("403 Forbidden", "403 Forbidden", "denied"), ("502", "502 Bad Gateway", "proxy"),
        ("504 Gateway Timeout", "504 Gateway Timeout", "timeout"), ("404 Nope", "404 Nope", "unreachable"),
        ("405 Method Not Allowed", "405 Method Not Allowed", "proxy"), ("302 Found", "302 Found", "proxy"),
        ("407 Proxy Authentication Required", "authentication required", "denied"), ("799 ", "799", "proxy"),
    ])
    func `an HTTP proxy's status is told`(status: String, text: String, word: String) async throws {
        let (error, proxy) = try await error(.http, to: "some.example:80") { peer in
            _ = try await peer.head()
            try await peer.send("HTTP/1.1 \(status)\r\nContent-Length: 4\r\n\r\nbody")
        }
        #expect(error.description == "dial tcp some.example:80: proxy \(proxy): \(text)")
        #expect(error.code == word)
    }

    @Test func `a proxy that cannot be reached is named`() async throws {
        try await onLoop {
            let port = try RefusingPort()
            let url = ProxyURL(.http, host: "127.0.0.1", port: port.endpoint.port ?? 0)
            let error = try await failure { _ = try await ProxyDialer.dial(url, to: "10.0.0.1:80") }
            #expect(
                error.description
                    == "proxy \(port.endpoint): dial tcp \(port.endpoint): connect: connection refused")
            #expect(error.code == "ECONNREFUSED" && error.target == nil)
        }
    }

    @Test(arguments: [ProxyURL.Scheme.socks4, .socks5, .http], [0, 1])
    func `a proxy that stalls is waited for as long as the time-out says`(scheme: ProxyURL.Scheme, said: Int)
        async throws
    {
        let start = Deadline.now
        let (error, proxy) = try await error(scheme, timeout: .milliseconds(200)) { peer in
            // A proxy that says a little now and then is not waited for any longer.
            for byte in ([0, 5, 0] as [UInt8]).prefix(said * 3) where scheme != .http {
                try await peer.send([scheme == .socks5 ? 5 : byte])
                break
            }
            if scheme == .http, said > 0 { try await peer.send("HTTP/1.1 2") }
            try await peer.beSilent()
        }
        #expect(.now - start >= .milliseconds(200) && .now - start < .seconds(60))
        #expect(error.description == "dial tcp 10.0.0.1:80: proxy \(proxy): i/o timeout")
        #expect(error.isTimeout && error.hint == "the proxy was reached, and did not answer in time")
    }

    @Test(arguments: [ProxyURL.Scheme.socks4, .socks5, .http])
    func `a proxy that closes has not answered, or not to the end`(scheme: ProxyURL.Scheme) async throws {
        // It takes what is said first, for a close with unread bytes is a reset.
        let length = scheme == .socks4 ? 9 : 3
        let (silent, proxy) = try await error(scheme) { peer in
            if scheme == .http { _ = try await peer.head() } else { _ = try await peer.take(length) }
        }
        #expect(
            silent.description
                == "dial tcp 10.0.0.1:80: proxy \(proxy): the proxy closed the connection without an answer")
        #expect(silent.code == "closed")
        let (cut, _) = try await error(scheme) { peer in
            if scheme == .http {
                _ = try await peer.head()
                try await peer.send("HTTP/1.1 200 OK\r\nA: ")
            } else {
                _ = try await peer.take(length)
                try await peer.send([scheme == .socks5 ? 5 : 0])
            }
        }
        #expect(cut.code == "truncated", "\(cut)")
    }

    @Test(arguments: [
        (ProxyURL.Scheme.socks4, [UInt8]([5, 0])), (.socks5, [4, 0]), (.socks5, [5, 1]),
        (.socks5, Array("HTTP/1.1".utf8)),
        (.http, Array("SSH-2.0-x\r\n".utf8)), (.http, [5, 0xff]), (.http, Array("HTTP/2.0 200 OK\r\n\r\n".utf8)),
        (.http, Array("HTTP/1.1 200 OK\r\nno colon\r\n\r\n".utf8)),
    ])
    func `what is no answer of a proxy is malformed`(scheme: ProxyURL.Scheme, bytes: [UInt8]) async throws {
        let (error, proxy) = try await error(scheme) { peer in
            try await peer.send(bytes)
            try await peer.beSilent()
        }
        #expect(error.code == "message" && error.description.contains("proxy \(proxy): malformed"), "\(error)")
    }

    @Test func `a head without an end is not gathered beyond its limit`() async throws {
        let (error, _) = try await error(.http) { peer in
            try await peer.send("HTTP/1.1 200 OK\r\n")
            while true { try await peer.send("X: " + String(repeating: "y", count: 1000) + "\r\n") }
        }
        #expect(error.code == "limit", "\(error)")
        let (endless, _) = try await self.error(.http) { peer in
            while true { try await peer.send("HTTP/1.1 100 Continue\r\n\r\n") }
        }
        #expect(endless.code == "limit" && endless.description.contains("limit of 65536 bytes"), "\(endless)")
    }

    @Test func `SOCKS4 leads to no IPv6 address`() async throws {
        for scheme in [ProxyURL.Scheme.socks4, .socks4a] {
            let (error, _) = try await error(scheme, to: "[::1]:80") { _ in }
            #expect(error.code == "no-suitable-address", "\(error)")
        }
    }
}
