import Testing

/// Certificates of clients: shown by `dial`, wanted by `listen`.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSClientCertificateTests {
    /// Dials a server that wants to know who it is; it tells whose certificate it has seen.
    private func dial(_ version: String, _ options: [String]) async throws -> (outcome: Outcome, told: String) {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python(
            """
            try:
                c = serving(take(serve()), trusted="root", version=arguments[0])
                say(c.getpeercert()["subject"][0][0][1], c.recv(100)); farewell(c)
            except OSError as error: say("refused", error)
            """, version)
        let words = ["dial", "127.0.0.1:\(try await peer.port())"] + kit.trusting + options
        let outcome = try await sockctl(words, input: .text("hello")).finish()
        return (outcome, try await peer.finish().lines.dropFirst().joined(separator: "\n"))
    }

    // MARK: Shown

    @Test(arguments: ["1.2", "1.3"], [[], ["--json"]])
    func `where one is wanted and none is given that is 69, even if the handshake had looked done`(
        version: String, options: [String]
    ) async throws {
        let (outcome, told) = try await dial(version, options)
        outcome.expect(status: 69)
        #expect(outcome.err.contains("certificate"), "\(outcome)")
        #expect(told.hasPrefix("refused"), "\(told)")
        if options == ["--json"] {
            let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
            #expect(failed["error"]?["code"]?.string == "handshake", "\(failed)")
        }
    }

    @Test(arguments: ["1.2", "1.3"])
    func `the advice says which options give one`(version: String) async throws {
        let (outcome, _) = try await dial(version, [])
        #expect(outcome.err.contains("--tls-cert"), "\(outcome)")
    }

    @Test(arguments: ["1.2", "1.3"])
    func `one that is given is shown, and its key used`(version: String) async throws {
        let kit = try await CertificateKit.shared()
        let (outcome, told) = try await dial(version, kit.own(.client))
        outcome.expectQuietErrors(status: 0)
        #expect(told == "ann b'hello'")
    }

    @Test func `one that the server does not trust is refused there, and that is told`() async throws {
        let kit = try await CertificateKit.shared()
        let (outcome, told) = try await dial("1.3", kit.own(.stranger))
        outcome.expect(status: 69)
        #expect(told.hasPrefix("refused") && outcome.err.contains("certificate"), "\(outcome) \(told)")
    }

    // MARK: Keys

    @Test func `a key's password is read from a file, its first line`() async throws {
        let kit = try await CertificateKit.shared()
        let key = ["--tls-cert", kit.chain(.good), "--tls-key", kit.file("encrypted.key")]
        let file = try scratch("password")
        for text in [CertificateKit.password, CertificateKit.password + "\n", CertificateKit.password + "\r\nmore\n"] {
            try writeFile(file, Array(text.utf8))
            let server = try sockctl(
                ["listen", "127.0.0.1:0", "--tls", "--tls-password-file", file] + key, input: .text("hello"))
            let client = try await kit.python(
                "c = dialing(dial(arguments[0])); say(c.recv(10)); farewell(c)", server.listening().port)
            try await client.finish().expect(lines: ["b'hello'"])
        }
    }

    @Test(arguments: [nil, "wrong\n"])
    func `without its password a key is no key, and nobody is asked`(password: String?) async throws {
        let kit = try await CertificateKit.shared()
        var words = ["listen", "127.0.0.1:0", "--tls"]
        words += ["--tls-cert", kit.chain(.good), "--tls-key", kit.file("encrypted.key")]
        if let password {
            let file = try scratch("password")
            try writeFile(file, Array(password.utf8))
            words += ["--tls-password-file", file]
        }
        let outcome = try await sockctl(words, input: .open).finish()
        #expect(outcome.status == 65 || outcome.status == 66, "\(outcome)")
        #expect(outcome.err.contains("password"), "\(outcome)")
    }

    @Test func `a key that is another certificate's is told before anybody is dialled`() async throws {
        let kit = try await CertificateKit.shared()
        let words = ["dial", "--tls", "--tls-cert", kit.chain(.client), "--tls-key", kit.key(.weak)]
        let outcome = try await sockctl(words + ["127.0.0.1:\(refusingPort())"]).finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("key") && !outcome.err.contains("refused"), "\(outcome)")
    }

    @Test(arguments: ["--tls-ca", "--tls-cert", "--tls-key", "--tls-crl", "--tls-password-file"])
    func `no file, or a folder, is 66, and a file without what it should have 65`(option: String) async throws {
        let kit = try await CertificateKit.shared()
        let empty = try scratch("empty")
        try writeFile(empty, Array("nothing\n".utf8))
        let missing = try scratch("missing")
        let complement = [
            "--tls-cert": ["--tls-key", kit.key(.good)], "--tls-key": ["--tls-cert", kit.chain(.good)],
            "--tls-password-file": ["--tls-cert", kit.chain(.good), "--tls-key", kit.file("encrypted.key")],
        ]
        // Of authorities there may be a folder, with names by their hashes.
        let folder = option == "--tls-ca" ? [] : [("/", Int32(66))]
        for (path, status) in [(missing, Int32(66)), (empty, 65)] + folder {
            let words = ["dial", "--tls", option, path, "127.0.0.1:\(try refusingPort())"]
            let outcome = try await sockctl(words + (complement[option] ?? [])).finish()
            outcome.expect(status: status)
            // Of a password nothing is told but that it is not the right one.
            #expect(outcome.err.contains(path) || option == "--tls-password-file" && path == empty, "\(outcome)")
        }
    }

    // MARK: Wanted

    @Test func `with --tls-verify-client those without a certificate, or with a stranger's, are not served`()
        async throws
    {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "-k", "--serve", "echo", "--json", "127.0.0.1:0", "--tls-verify-client", "--tls-ca", kit.root]
                + kit.showing())
        let client = try kit.python(
            """
            for own in [None, "stranger", "expired", "client"]:
                try:
                    c = dialing(dial(arguments[0]), own=own)
                    c.sendall(b"ping"); say(c.recv(10)); farewell(c)
                except OSError: say("refused")
            """, try await server.listening().port)
        try await client.finish().expect(lines: ["refused", "refused", "refused", "b'ping'"])
        let codes = try await server.waitForEvents("failed", count: 3).map { $0["error"]?["code"]?.string }
        #expect(codes.count == 3 && codes.dropFirst().allSatisfy { $0 == "certificate" }, "\(codes)")
        let event = try #require(server.eventsSoFar.last { $0.name == "tls" })
        let subject = event["chain"]?.array?.first?["subject"]?.string
        #expect(subject?.contains("ann") == true && event["verified"]?.bool == true, "\(event)")
    }

    @Test func `clients are told the issuers of every file that is trusted`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "--serve", "echo", "127.0.0.1:0", "--tls-verify-client", "--tls-ca", kit.root, "--tls-ca"]
                + [kit.file("intermediate.crt")] + kit.showing())
        let client = try start(
            .openssl, "s_client", "-connect", "127.0.0.1:\(await server.listening().port)", "-cert",
            kit.chain(.client), "-key", kit.key(.client))
        let outcome = try await client.finish()
        let told = outcome.lines.drop { !$0.hasPrefix("Acceptable client certificate CA names") }.dropFirst()
        let names = told.prefix { $0.hasPrefix("CN") }.joined(separator: " ")
        #expect(names.contains("Kit Root") && names.contains("Kit Intermediate"), "\(outcome.lines)")
    }

    @Test func `dial and listen know each other`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "--serve", "echo", "127.0.0.1:0", "--tls-verify-client", "--tls-ca", kit.root] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        let words = ["dial", "--tls-half-close", place] + kit.trusting
        let known = try await sockctl(words + kit.own(.client), input: .text("me")).finish()
        known.expectQuietErrors(status: 0)
        known.expect(out: "me")
        let unknown = try await sockctl(words, input: .text("who")).finish()
        unknown.expect(status: 69)
        unknown.expect(out: "")
    }
}
