import Testing

/// For which names a certificate stands, and which name is asked for.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSNameTests {
    @Test(
        arguments: [
            (.wildcard, "a.example.test", true), (.wildcard, "A.Example.TEST", true),
            (.wildcard, "example.test", false), (.wildcard, "a.b.example.test", false),
            (.innerWildcard, "a.b.example.test", false), (.partialWildcard, "ab.example.test", false),
            (.other, "more.test", true), (.other, "test", false), (.nul, "localhost", false),
            (.good, "127.0.0.1", true), (.good, "::1", true), (.otherAddress, "127.0.0.1", false),
        ] as [(CertificateKit.Kind, String, Bool)])
    func `a certificate stands for the names that it has, and one star for one label at the beginning`(
        kind: CertificateKit.Kind, name: String, isTrusted: Bool
    ) async throws {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("attempt(take(serve()), arguments[0])", kind)
        let words = ["dial", "--tls-name", name, "127.0.0.1:\(try await peer.port())"] + kit.trusting
        let outcome = try await sockctl(words, input: .text("secret")).finish()
        outcome.expect(status: isTrusted ? 0 : 77)
        let told = try await peer.finish()
        #expect(told.out.contains("secret") == isTrusted, "\(told)")
    }

    @Test(.needsIPv6) func `an IPv6 address is compared as an address`() async throws {
        let kit = try await CertificateKit.shared()
        for (kind, status) in [(CertificateKit.Kind.good, Int32(0)), (.otherAddress, 77)] {
            let peer = try kit.python("attempt(take(serve('::1')), arguments[0])", kind)
            let words = ["dial", "[::1]:\(try await peer.port())"] + kit.trusting
            try await sockctl(words, input: .text("x")).finish().expect(status: status)
        }
    }

    @Test(
        arguments: [
            (["localhost"], [], "localhost"), (["127.0.0.1"], [], "None"),
            (["127.0.0.1"], ["--tls-name", "localhost"], "localhost"),
            (["more.test"], ["--resolve", "more.test=127.0.0.1"], "more.test"),
        ] as [([String], [String], String)])
    func `the name is sent where there is one, and an address never`(
        host: [String], options: [String], name: String
    ) async throws {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python(
            """
            made = rules("other" if arguments[0] == "more.test" else "good")
            made.sni_callback = lambda c, name, made: say(name)
            attempt(take(serve()), made=made)
            """, host[0])
        let words = ["dial", "-4", "\(host[0]):\(try await peer.port())"] + kit.trusting + options
        try await sockctl(words, input: .text("x")).finish().expectQuietErrors(status: 0)
        let lines = try await peer.finish().lines
        #expect(lines.dropFirst().first == name, "\(lines)")
    }

    @Test func `--ssl is understood`() async throws {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("c = serving(take(serve())); c.sendall(b'here'); farewell(c)")
        let words = ["dial", "--ssl", "--tls-ca", kit.root, "127.0.0.1:\(try await peer.port())"]
        try await sockctl(words).finish().expect(out: "here")
    }
}
