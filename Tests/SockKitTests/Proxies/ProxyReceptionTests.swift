import Testing

@testable import SockKit

/// What a client says up to where the tunnel begins, and what the proxy is to make of it.
struct Reception: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let language: ProxyWish.Language
    let destination: String
    /// What the client reads until then.
    var answer: [UInt8] = []
    var isGuarded = false

    static let v4 = SOCKSDestination(IPAddress(v4: 192, 0, 2, 1), port: 80)
    static let named = SOCKSDestination(SOCKSName("example.org")!, port: 443)
    static let greeting = SOCKS5Greeting([.gssapi, .none, .password]).bytes
    static let password = SOCKS5Password(user: Array("ann".utf8), password: Array("secret".utf8))!.bytes

    static let all = [
        Reception(
            testDescription: "SOCKS4", bytes: SOCKS4Request(.connect, v4, user: [97, 98])!.bytes, language: .socks4,
            destination: "192.0.2.1:80"),
        Reception(
            testDescription: "SOCKS4a", bytes: SOCKS4Request(.connect, named)!.bytes, language: .socks4,
            destination: "example.org:443"),
        Reception(
            testDescription: "SOCKS5", bytes: greeting + SOCKS5Request(.connect, v4).bytes, language: .socks5,
            destination: "192.0.2.1:80", answer: [5, 0]),
        Reception(
            testDescription: "SOCKS5 to IPv6",
            bytes: greeting + SOCKS5Request(.bind, SOCKSDestination(.v6Loopback, port: 1)).bytes, language: .socks5,
            destination: "[::1]:1", answer: [5, 0]),
        Reception(
            testDescription: "SOCKS5 with a password",
            bytes: greeting + password + SOCKS5Request(.connect, named).bytes,
            language: .socks5, destination: "example.org:443", answer: [5, 2, 1, 0], isGuarded: true),
        Reception(
            testDescription: "CONNECT", bytes: Array("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
            language: .http, destination: "[2001:db8::1]:443"),
        Reception(
            testDescription: "CONNECT of HTTP/1.0", bytes: Array("CONNECT example.org:443 HTTP/1.0\r\n\r\n".utf8),
            language: .http, destination: "example.org:443"),
        Reception(
            testDescription: "CONNECT with a password",
            bytes: Array(
                "CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic YW5uOnNlY3JldA==\r\n\r\n"
                    .utf8
            ), language: .http, destination: "example.org:443", isGuarded: true),
        Reception(
            testDescription: "a whole URL",
            bytes: Array("POST http://EXAMPLE.org/a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n".utf8),
            language: .http, destination: "example.org:80"),
    ]
}

@Suite struct ProxyReceptionTests {
    private static let rest = Array("TUNNEL".utf8)

    @Netpoller
    private func authentication(_ isGuarded: Bool) -> ProxyAuthentication? {
        isGuarded ? ProxyAuthentication([BasicCredentials("ben:other")!, BasicCredentials("ann:secret")!]) : nil
    }

    @Test(arguments: Reception.all)
    func `wherever the bytes are cut, the request is had and what follows stays in the socket`(
        reception: Reception
    ) async throws {
        try await onLoop {
            for cut in 1...reception.bytes.count {
                let pair = try await loopback()
                let guardian = authentication(reception.isGuarded)
                let task = Netpoller.spawn {
                    try await ProxyReception(pair.server, through: pair.server, guardian).run()
                }
                try await pair.client.write(Array(reception.bytes.prefix(cut)))
                try await waitUntil("what came is taken") { try pair.server.queued(.received) == 0 }
                try await pair.client.write(Array(reception.bytes.dropFirst(cut)) + Self.rest)
                guard case .wish(let wish) = try await task.value else {
                    Issue.record("no wish, cut at \(cut)")
                    return
                }
                #expect(wish.language == reception.language)
                #expect(wish.destination.description == reception.destination)
                #expect(try await pair.server.readAll(Self.rest.count) == Self.rest, "cut at \(cut)")
                #expect(try await pair.client.readAll(reception.answer.count) == reception.answer)
                pair.close()
            }
        }
    }

    @Test(arguments: Reception.all)
    func `a byte at a time does, too`(reception: Reception) async throws {
        try await onLoop {
            let pair = try await loopback(client: SocketOptions())
            let guardian = authentication(reception.isGuarded)
            let task = Netpoller.spawn { try await ProxyReception(pair.server, through: pair.server, guardian).run() }
            for byte in reception.bytes {
                try await pair.client.write([byte])
                try await waitUntil("what came is taken") { try pair.server.queued(.received) == 0 }
            }
            try await pair.client.write(Self.rest)
            guard case .wish(let wish) = try await task.value else { throw Missing() }
            #expect(wish.destination.description == reception.destination)
            #expect(try await pair.server.readAll(Self.rest.count) == Self.rest)
            pair.close()
        }
    }

    /// What the client reads to the end, and what the proxy made of it; the client says all of it and its end.
    @Netpoller
    private func talk(_ bytes: [UInt8], isGuarded: Bool = false) async throws -> (answer: [UInt8], outcome: String) {
        let pair = try await loopback()
        try await pair.client.write(bytes)
        try pair.client.closeWrite()
        var outcome: String
        do throws(NetworkError) {
            switch try await ProxyReception(pair.server, through: pair.server, authentication(isGuarded)).run() {
            case .wish(let wish): outcome = "wish \(wish.destination)"
            case .turnedAway(let reason): outcome = reason
            case .ended: outcome = "ended"
            }
        } catch {
            outcome = error.code
        }
        try? pair.server.closeWrite()
        defer { pair.close() }
        return (try await pair.client.readAll(), outcome)
    }

    @Test(
        arguments: [
            ("SOCKS4 where a password is wanted", SOCKS4Request(.connect, Reception.v4)!.bytes, true, 91),
            ("no method that would do", SOCKS5Greeting([.none, .gssapi]).bytes, true, 255),
            ("no method at all", SOCKS5Greeting([]).bytes, false, 255),
            ("an address of no type", Reception.greeting + [5, 1, 0, 9], false, 8),
            ("a name with a space", Reception.greeting + [5, 1, 0, 3, 1, 32, 0, 80], false, 1),
        ] as [(String, [UInt8], Bool, UInt8)])
    func `a refusal has its code`(what: String, bytes: [UInt8], isGuarded: Bool, code: UInt8) async throws {
        try await onLoop {
            let (answer, _) = try await talk(bytes, isGuarded: isGuarded)
            // Behind the choice of a method, where that was made.
            let reply = answer.starts(with: [5, 0, 5]) ? Array(answer.dropFirst(2)) : answer
            #expect(reply.dropFirst().first == code, "\(what): \(answer)")
        }
    }

    @Test func `a wrong password is told, and the client turned away`() async throws {
        try await onLoop {
            for (user, password) in [("ann", "secre"), ("ann", "secrets"), ("", ""), ("ben", "secret"), ("a:nn", "x")] {
                let given = SOCKS5Password(user: Array(user.utf8), password: Array(password.utf8))!
                let bytes = Reception.greeting + given.bytes + SOCKS5Request(.connect, Reception.v4).bytes
                let (answer, outcome) = try await talk(bytes, isGuarded: true)
                #expect(answer == [5, 2, 1, 1] && outcome == "wrong user or password", "\(user):\(password)")
            }
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("CONNECT a:99999 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 400),
        ("GET http://a/ HTTP/2.0\r\n\r\n", 505), ("CONNECT a:1 HTTP/1.1\r\n\r\n", 400),
        ("TRACE http://a/ HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", 405),
        ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ])
    func `a request that is none has its status`(request: String, status: Int) async throws {
        try await onLoop {
            let (answer, outcome) = try await talk(Array(request.utf8))
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 \(status) "), "\(outcome)")
        }
    }

    @Test func `without a password 407 names the ways to give one, and the next request may`() async throws {
        try await onLoop {
            let first = "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"
            let second = "GET http://b/ HTTP/1.1\r\nHost: b\r\nProxy-Authorization: Basic YW5uOnNlY3JldA==\r\n\r\n"
            let (answer, outcome) = try await talk(Array((first + second).utf8), isGuarded: true)
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 407 ") && outcome == "wish b:80")
            #expect(
                text.contains("algorithm=SHA-256") && text.contains("algorithm=MD5") && text.contains(": Basic realm="))
            let (closing, reason) = try await talk(Array("GET http://a/ HTTP/1.0\r\n\r\n".utf8), isGuarded: true)
            #expect(String(decoding: closing, as: UTF8.self).contains("Connection: close"))
            #expect(reason == "it gives no user and password")
        }
    }

    @Test func `on one connection only so many passwords may be tried`() async throws {
        try await onLoop {
            let one = "GET http://a/ HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic eDp5\r\n\r\n"
            let (answer, outcome) = try await talk(Array(String(repeating: one, count: 20).utf8), isGuarded: true)
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.split(separator: "HTTP/1.1 407").count == 4 && outcome == "wrong user or password")
        }
    }

    @Test func `whatever is wrong with a handshake, it ends with the stream, and the answer is short`() async throws {
        try await onLoop {
            var generator = SeededGenerator(seed: 4055)
            for _ in 0..<2_000 {
                let bytes = Self.spoilt(&generator)
                let (answer, _) = try await talk(bytes, isGuarded: Bool.random(using: &generator))
                #expect(answer.count < 4096)
            }
        }
    }

    /// A handshake with something wrong in it, or nothing right.
    private static func spoilt(_ generator: inout SeededGenerator) -> [UInt8] {
        let model = Reception.all.randomElement(using: &generator)?.bytes ?? []
        var bytes = Int.random(in: 0..<4, using: &generator) == 0 ? [] : model
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let byte = UInt8.random(in: 0...255, using: &generator)
            let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.insert(byte, at: place)
            case 1 where !bytes.isEmpty: bytes[place] = byte
            case 2: bytes.removeLast(min(bytes.count, Int.random(in: 0...8, using: &generator)))
            default:
                bytes += (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                    .random(in: 0...255, using: &generator)
                }
            }
        }
        return bytes
    }
}

private struct Missing: Error {}
