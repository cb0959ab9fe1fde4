import Testing

@testable import SockKit

/// What is said to a proxy, and that exactly its answers are taken from the connection.
@Suite(.timeLimit(.minutes(2))) struct ProxyDialerTests {
    /// Dials through a proxy that answers so, wherever the answer is cut, with bytes of the target right behind it.
    private func check(
        _ scheme: ProxyURL.Scheme, to address: String, request: [UInt8], greeting: [UInt8] = [], answer: [UInt8]
    ) async throws {
        let early = Array("early".utf8)
        let all = answer + early
        try await onLoop {
            let log = ProxyLog()
            let server = try await ScriptedServer { peer in
                if !greeting.isEmpty {
                    #expect(try await peer.take(3) == [5, 1, 0])
                    try await peer.send(greeting, cutAt: peer.number % 3)
                }
                log.heard.append(try await peer.take(request.count))
                try await peer.send(all, cutAt: peer.number)
                #expect(try await peer.take(4) == Array("late".utf8))
                try await peer.send("end")
            }
            for _ in 0...all.count {
                let connection = try await ProxyDialer.dial(
                    server.proxy(scheme), to: address, with: literalDialer(log))
                connection.setDeadline(.now + patience)
                #expect(connection.remoteEndpoint == server.listener.endpoint)
                #expect(try await connection.readAll(early.count) == early)
                try await connection.write("late")
                #expect(try await connection.readAll() == Array("end".utf8))
                connection.close()
            }
            #expect(log.heard == Array(repeating: request, count: all.count + 1))
            #expect(log.events.last == "proxied \(server.proxy(scheme)) \(address)")
            server.close()
        }
    }

    private static let name = Array("some.example".utf8)

    @Test func `SOCKS4 is told an IPv4 address`() async throws {
        try await check(
            .socks4, to: "10.1.2.3:443", request: [4, 1, 1, 187, 10, 1, 2, 3, 0], answer: ScriptedAnswer.socks4)
    }

    @Test func `SOCKS4a is told a name, which nobody looks up here`() async throws {
        try await check(
            .socks4a, to: "some.example:80", request: [4, 1, 0, 80, 0, 0, 0, 1, 0] + Self.name + [0],
            answer: ScriptedAnswer.socks4)
    }

    @Test(arguments: ScriptedAnswer.socks5)
    func `SOCKS5 is told an address, and may answer with any`(answer: [UInt8]) async throws {
        try await check(
            .socks5, to: "10.1.2.3:443", request: [5, 1, 0, 1, 10, 1, 2, 3, 1, 187], greeting: [5, 0], answer: answer)
    }

    @Test func `SOCKS5 is told an IPv6 address`() async throws {
        try await check(
            .socks5, to: "[2001:db8::1]:443",
            request: [5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1, 1, 187],
            greeting: [5, 0], answer: ScriptedAnswer.socks5[0])
    }

    @Test func `with socks5h it is told a name, which nobody looks up here`() async throws {
        try await check(
            .socks5h, to: "some.example:443", request: [5, 1, 0, 3, 12] + Self.name + [1, 187], greeting: [5, 0],
            answer: ScriptedAnswer.socks5[0])
    }

    @Test(arguments: [
        "HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n", "HTTP/1.0 200\n\n", "HTTP/1.1 201 Created\nVia: x\r\n\n",
        "HTTP/1.1 299 \r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ])
    func `CONNECT is answered with any 2xx, and the tunnel begins behind its head`(answer: String) async throws {
        try await check(
            .http, to: "some.example:443",
            request: Array("CONNECT some.example:443 HTTP/1.1\r\nHost: some.example:443\r\n\r\n".utf8),
            answer: Array(answer.utf8))
    }

    @Test func `a name whose addresses were given beforehand is told as one of them`() async throws {
        try await onLoop {
            let log = ProxyLog()
            let server = try await ScriptedServer { peer in
                _ = try await peer.take(3)
                try await peer.send([5, 0])
                log.heard.append(try await peer.take(10))
                try await peer.send(ScriptedAnswer.socks5[0])
                try await peer.beSilent()
            }
            var dialer = literalDialer()
            dialer.resolver.overrides = ["some.example": [IPAddress(v4: 10, 9, 8, 7)]]
            for scheme in [ProxyURL.Scheme.socks5, .socks5h] {
                try await ProxyDialer.dial(server.proxy(scheme), to: "some.example:80", with: dialer).close()
            }
            #expect(log.heard == Array(repeating: [5, 1, 0, 1, 10, 9, 8, 7, 0, 80], count: 2))
            server.close()
        }
    }

    @Test func `a name that is to be looked up here is, before the proxy is asked`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in Issue.record("nobody was to come") }
            let error = try await failure {
                _ = try await ProxyDialer.dial(server.proxy(.socks5), to: "some.example:80")
            }
            #expect(error.description == "dial tcp: lookup some.example: names are not looked up")
            server.close()
        }
    }

    @Test func `of several addresses each is asked for until one is reached, and else the first is told`() async throws
    {
        try await onLoop {
            let log = ProxyLog()
            let server = try await ScriptedServer { peer in
                _ = try await peer.take(3)
                try await peer.send([5, 0])
                let request = try await peer.take(10)
                log.heard.append(request)
                try await peer.send(
                    request[7] == 3 ? ScriptedAnswer.socks5[0] : ScriptedAnswer.refusal(request[7] == 1 ? 5 : 4))
                try await peer.beSilent()
            }
            var dialer = literalDialer()
            dialer.resolver.overrides = [
                "good.example": (1...3).map { IPAddress(v4: 10, 0, 0, $0) },
                "bad.example": (1...2).map { IPAddress(v4: 10, 0, 0, $0) },
            ]
            let proxy = server.proxy(.socks5)
            try await ProxyDialer.dial(proxy, to: "good.example:80", with: dialer).close()
            #expect(log.heard.map { $0[7] } == [1, 2, 3])
            let error = try await failure {
                _ = try await ProxyDialer.dial(proxy, to: "bad.example:80", with: dialer)
            }
            #expect(error.description == "dial tcp 10.0.0.1:80: proxy \(proxy.name): connection refused")
            server.close()
        }
    }

    @Test(.needsIPv6) func `the proxy's own addresses race as those of any name`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.take(9)
                try await peer.send(ScriptedAnswer.socks4)
                try await peer.beSilent()
            }
            let hole = try await BlackHole()
            var dialer = literalDialer()
            // Nothing listens at the first address; what listens at the second is asked.
            dialer.resolver.overrides = ["proxy.example": [.v6Loopback, .v4Loopback]]
            let port = server.listener.endpoint.port ?? 0
            let connection = try await ProxyDialer.dial(
                ProxyURL(.socks4, host: "proxy.example", port: port), to: "10.0.0.1:80", with: dialer)
            #expect(connection.remoteEndpoint == server.listener.endpoint)
            connection.close()
            hole.close()
            server.close()
        }
    }

    @Test func `a chain is passed in its order, each proxy being asked for the next`() async throws {
        try await onLoop {
            let log = ProxyLog()
            let server = try await ScriptedServer { peer in
                _ = try await peer.take(3)
                try await peer.send([5, 0])
                log.heard.append(try await peer.take(5 + 11 + 2))
                try await peer.send(ScriptedAnswer.socks5[1])
                log.heard.append(Array((try await peer.head() ?? "").utf8))
                try await peer.send(ScriptedAnswer.http)
                log.heard.append(try await peer.take(9))
                try await peer.send(ScriptedAnswer.socks4 + Array("hello".utf8))
                try await peer.beSilent()
            }
            let first = server.proxy(.socks5h)
            let second = ProxyURL(.http, host: "two.example", port: 3128)
            let third = ProxyURL(.socks4, host: "10.0.0.3", port: 1080)
            let connection = try await ProxyDialer.dial(
                first, second, third, to: "10.0.0.4:80", with: literalDialer(log))
            #expect(try await connection.readAll(5) == Array("hello".utf8))
            connection.close()
            #expect(log.heard[0] == [5, 1, 0, 3, 11] + Array("two.example".utf8) + [0x0c, 0x38])
            #expect(String(decoding: log.heard[1], as: UTF8.self).hasPrefix("CONNECT 10.0.0.3:1080 HTTP/1.1\r\n"))
            #expect(log.heard[2] == [4, 1, 0, 80, 10, 0, 0, 4, 0])
            #expect(
                log.events.suffix(3) == [
                    "proxied \(first) two.example:3128", "proxied \(second) 10.0.0.3:1080",
                    "proxied \(third) 10.0.0.4:80",
                ])
            server.close()
        }
    }

    @Test func `who is excepted is dialled without a proxy`() async throws {
        try await onLoop {
            let target = try await ScriptedServer { peer in try await peer.beSilent() }
            let route = ProxyRoute(
                [ProxyURL(.socks5, host: "127.0.0.1", port: 1)], exceptions: ProxyExceptions("127.0.0.0/8"))
            let connection = try await ProxyDialer(route).dial("\(target.listener.endpoint)")
            #expect(connection.remoteEndpoint == target.listener.endpoint)
            connection.close()
            target.close()
        }
    }
}
