import Testing

@testable import SockKit

/// Telling a proxy who we are, in the way that it wants.
@Suite(.timeLimit(.minutes(5))) struct ProxyCredentialsTests {
    private let ann = ProxyCredentials(user: Array("ann".utf8), password: Array("s3:cret".utf8))

    @Test func `SOCKS4 is told the user`() async throws {
        try await onLoop { [ann] in
            let log = ProxyLog()
            let server = try await ScriptedServer { peer in
                log.heard.append(try await peer.take(12))
                try await peer.send(ScriptedAnswer.socks4)
                try await peer.beSilent()
            }
            let user = ProxyCredentials(user: ann.user, password: nil)
            try await ProxyDialer.dial(server.proxy(.socks4, user), to: "10.0.0.1:80").close()
            #expect(log.heard == [[4, 1, 0, 80, 10, 0, 0, 1] + ann.user + [0]])
            server.close()
        }
    }

    @Test func `SOCKS5 is told user and password if it asks for them, in pieces too`() async throws {
        try await onLoop { [ann] in
            let log = ProxyLog()
            let server = try await ScriptedServer { peer in
                #expect(try await peer.take(4) == [5, 2, 0, 2])
                try await peer.send([5, peer.number == 1 ? 0 : 2], cutAt: 1)
                if peer.number > 1 {
                    log.heard.append(try await peer.take(2 + 3 + 1 + 7))
                    try await peer.send([1, peer.number == 2 ? 0 : 1], cutAt: 1)
                }
                _ = try await peer.take(10)
                try await peer.send(ScriptedAnswer.socks5[0])
                try await peer.beSilent()
            }
            let proxy = server.proxy(.socks5, ann)
            try await ProxyDialer.dial(proxy, to: "10.0.0.1:80").close()
            try await ProxyDialer.dial(proxy, to: "10.0.0.1:80").close()
            #expect(log.heard == [[1, 3] + Array("ann".utf8) + [7] + Array("s3:cret".utf8)])
            let error = try await failure { _ = try await ProxyDialer.dial(proxy, to: "10.0.0.1:80") }
            #expect(error.description == "dial tcp 10.0.0.1:80: proxy \(proxy.name): user or password refused")
            #expect(error.code == "denied")
            server.close()
        }
    }

    @Test func `SOCKS5 that accepts none of our ways says so`() async throws {
        try await onLoop { [ann] in
            let server = try await ScriptedServer { peer in
                _ = try await peer.take(3)
                try await peer.send([5, 0xff])
                try await peer.beSilent()
            }
            let nameless = try await failure {
                _ = try await ProxyDialer.dial(server.proxy(.socks5), to: "10.0.0.1:80")
            }
            #expect(nameless.description.hasSuffix(": authentication required") && nameless.code == "denied")
            let known = try await failure {
                _ = try await ProxyDialer.dial(server.proxy(.socks5, ann), to: "10.0.0.1:80")
            }
            #expect(known.description.contains("acceptable") && known.code == "denied")
            server.close()
        }
    }

    /// A server that demands one of these, and passes who proves it knows the password.
    @Netpoller
    private func demanding(_ fields: [String], _ log: ProxyLog) async throws -> ScriptedServer {
        try await ScriptedServer { peer in
            let head = try await peer.head() ?? ""
            let line = head.split(separator: "\r\n").first { $0.hasPrefix("Proxy-Authorization: ") }
            let value = line.map { String($0.dropFirst("Proxy-Authorization: ".count)) } ?? ""
            log.events.append(value)
            let digest = DigestCredentials(field: value)
            let isRight =
                BasicCredentials(field: value)?.matches(BasicCredentials("ann:s3:cret")!) ?? digest?.prove(
                    Array("s3:cret".utf8), method: .connect) ?? false
            // The second nonce is the first's successor.
            let isOld = digest.map { $0.nonce == "old" } ?? false
            if isRight, !isOld { return try await peer.send("HTTP/1.1 200 OK\r\n\r\n") }
            let lines = fields.map { field in
                "Proxy-Authenticate: \(isOld ? field.replacing("\"old\"", with: "\"new\"") + (isRight ? ", stale=true" : "") : field)\r\n"
            }
            try await peer.send("HTTP/1.1 407 Who?\r\n\(lines.joined())Content-Length: 0\r\n\r\n")
        }
    }

    @Test func `an HTTP proxy is told nothing before it asks, then at once`() async throws {
        try await onLoop { [ann] in
            let log = ProxyLog()
            let server = try await demanding(["Basic realm=\"x\""], log)
            let dialer = ProxyDialer(ProxyRoute([server.proxy(.http, ann)]))
            try await dialer.dial("some.example:80").close()
            try await dialer.dial("some.example:80").close()
            let basic = BasicCredentials("ann:s3:cret")?.field ?? ""
            #expect(log.events == ["", basic, basic])
            server.close()
        }
    }

    @Test func `with Digest the password is proved, the best hash is taken, and each use of a nonce is counted`()
        async throws
    {
        try await onLoop { [ann] in
            let log = ProxyLog()
            let server = try await demanding(
                [
                    "Basic realm=\"x\", Digest realm=\"x\", nonce=\"n\", qop=\"auth\"",
                    "Digest realm=\"x\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"",
                ], log)
            let dialer = ProxyDialer(ProxyRoute([server.proxy(.http, ann)]))
            for _ in 0..<3 { try await dialer.dial("some.example:80").close() }
            let answers = log.events.compactMap { DigestCredentials(field: $0) }
            #expect(log.events.count == 4 && answers.map(\.use?.count) == [1, 2, 3])
            #expect(answers.allSatisfy { $0.algorithm == .sha256 && $0.target == "some.example:80" })
            #expect(Set(answers.compactMap(\.use?.word)).count == 3)
            #expect(!log.events.joined().contains("cret"))
            server.close()
        }
    }

    @Test func `a nonce that has become stale is replaced, wrong credentials are not tried again`() async throws {
        try await onLoop { [ann] in
            let log = ProxyLog()
            let server = try await demanding(["Digest realm=\"x\", nonce=\"old\", qop=\"auth\""], log)
            try await ProxyDialer.dial(server.proxy(.http, ann), to: "some.example:80").close()
            #expect(log.events.compactMap { DigestCredentials(field: $0)?.nonce } == ["old", "new"])
            log.events = []
            let wrong = ProxyCredentials(user: Array("ann".utf8), password: Array("guess".utf8))
            let error = try await failure {
                _ = try await ProxyDialer.dial(server.proxy(.http, wrong), to: "some.example:80")
            }
            #expect(error.description.hasSuffix("user or password refused") && error.code == "denied")
            #expect(log.events.count == 2)
            server.close()
        }
    }

    @Test func `a proxy that wants what is not spoken here is told apart`() async throws {
        try await onLoop { [ann] in
            let server = try await demanding(["Negotiate", "NTLM"], ProxyLog())
            let error = try await failure {
                _ = try await ProxyDialer.dial(server.proxy(.http, ann), to: "some.example:80")
            }
            #expect(error.description.contains("by negotiate or ntlm, which is not spoken here"), "\(error)")
            server.close()
        }
    }

    @Test(arguments: [
        ("realm=\"x\", nonce=\"n\", algorithm=SHA-512-256", "digest with the algorithm SHA-512-256"),
        ("realm=\"x\", nonce=\"n\", qop=\"auth-int\"", "digest without qop=auth"),
        ("realm=\"x\"", "digest without a realm and a nonce"),
    ])
    func `of Digest it is told what in it is not spoken here`(parameters: String, wanted: String) async throws {
        try await onLoop { [ann] in
            let server = try await demanding(["Digest \(parameters)"], ProxyLog())
            let error = try await failure {
                _ = try await ProxyDialer.dial(server.proxy(.http, ann), to: "some.example:80")
            }
            #expect(error.description.contains("by \(wanted), which is not spoken here"), "\(error)")
            server.close()
        }
    }
}
