import Testing

/// What both ends agree on: a version, a cipher, a protocol; and what is said where they do not.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSVersionTests {
    /// A server that sends a word, and the event `tls` of whoever dialled it.
    private func agreed(_ rules: String, _ options: [String]) async throws -> Event {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("c = serving(take(serve())\(rules)); c.sendall(b'word'); farewell(c)")
        let words = ["dial", "--json", "127.0.0.1:\(try await peer.port())"] + kit.trusting + options
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "word")
        return try #require(try outcome.events().first { $0.name == "tls" }, "\(outcome)")
    }

    private func refused(_ rules: String, _ options: [String]) async throws -> Outcome {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("attempt(take(serve())\(rules))")
        let words = ["dial", "127.0.0.1:\(try await peer.port())"] + kit.trusting + options
        let outcome = try await sockctl(words, input: .text("secret")).finish()
        let told = try await peer.finish()
        #expect(told.out.contains("refused") && !told.out.contains("secret"), "\(told)")
        return outcome
    }

    // MARK: Versions

    @Test(
        arguments: [
            ("", [], "1.3"), ("", ["--tls-max", "1.2"], "1.2"), (", version='1.2'", [], "1.2"),
            (", version='1.2'", ["--tls-min", "1.2"], "1.2"), (", version='1.3'", ["--tls-min", "1.3"], "1.3"),
        ] as [(String, [String], String)])
    func `the newest version that both may speak is spoken`(
        rules: String, options: [String], version: String
    ) async throws {
        let event = try await agreed(rules, options)
        #expect(event["version"]?.string?.hasSuffix(version) == true, "\(event)")
    }

    @Test(arguments: [("1.2", ["--tls-min", "1.3"], "1.3"), ("1.3", ["--tls-max", "1.2"], "1.2")])
    func `where there is none that is 69, and names what was asked for`(
        spoken: String, options: [String], named: String
    ) async throws {
        let outcome = try await refused(", version='\(spoken)'", options)
        outcome.expect(status: 69)
        #expect(outcome.err.lowercased().contains("version"), "\(outcome)")
        #expect(outcome.err.contains(named) || outcome.err.contains("--tls-m"), "\(outcome)")
    }

    @Test func `a client that is too old is told so, and the next one is served`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "-k", "--serve", "echo", "--json", "--tls-min", "1.3", "127.0.0.1:0"] + kit.showing())
        let client = try kit.python(
            """
            try: dialing(dial(arguments[0]), version="1.2"); say("agreed")
            except ssl.SSLError as error: say("version" in str(error).lower())
            c = dialing(dial(arguments[0])); c.sendall(b"new"); say(c.recv(10), c.version())
            """, try await server.listening().port)
        try await client.finish().expect(lines: ["True", "b'new' TLSv1.3"])
        let failed = try await server.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "handshake", "\(failed)")
        #expect(failed["error"]?["message"]?.string?.contains("version") == true, "\(failed)")
    }

    @Test(arguments: [["--tls-min", "1.1"], ["--tls-max", "2"], ["--tls-handshake-timeout", "soon"]])
    func `what does not exist is a wrong command line`(options: [String]) async throws {
        let outcome = try await sockctl(["dial", "--tls"] + options + ["127.0.0.1:9"]).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(options[0]), "\(outcome)")
    }

    @Test(arguments: [["--tls-min", "1.3", "--tls-max", "1.2"], ["--tls-ciphers", "NONE-SUCH"], ["--tls-alpn", ""]])
    func `what cannot be is told before anybody is dialled`(options: [String]) async throws {
        let outcome = try await sockctl(["dial", "--tls"] + options + ["127.0.0.1:\(refusingPort())"]).finish()
        #expect(outcome.status == 64 || outcome.status == 65, "\(outcome)")
        #expect(!outcome.err.contains("refused"), "\(outcome)")
    }

    // MARK: Ciphers

    @Test(arguments: [
        (["--tls-max", "1.2", "--tls-ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"], "AES128GCM"),
        (["--tls-max", "1.2", "--tls-ciphers", "ECDHE-ECDSA-CHACHA20-POLY1305"], "CHACHA20POLY1305"),
        (["--tls-min", "1.3", "--tls-ciphers", "TLS_AES_128_GCM_SHA256"], "AES128GCM"),
        (["--tls-min", "1.3", "--tls-ciphers", "TLS_CHACHA20_POLY1305_SHA256"], "CHACHA20POLY1305"),
    ])
    func `--tls-ciphers says which may be used, of either version`(options: [String], cipher: String) async throws {
        let event = try await agreed("", options)
        // The standard's name and OpenSSL's have different marks between the same words.
        let name = event["cipher"]?.string?.filter { $0 != "_" && $0 != "-" }
        #expect(name?.contains(cipher) == true, "\(event)")
    }

    @Test func `without a common cipher the handshake is refused`() async throws {
        let options = ["--tls-max", "1.2", "--tls-ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256", "--json"]
        let outcome = try await refused(", ciphers='ECDHE-ECDSA-AES256-GCM-SHA384', version='1.2'", options)
        outcome.expect(status: 69)
        let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["code"]?.string == "handshake", "\(failed)")
    }

    // MARK: Protocols

    @Test(
        arguments: [(", alpn=['http/1.1']", "http/1.1"), (", alpn=['h2', 'http/1.1']", "h2"), ("", nil)]
            as [(String, String?)])
    func `the server's choice among the protocols that were offered is told`(
        rules: String, chosen: String?
    ) async throws {
        let event = try await agreed(rules, ["--tls-alpn", "h2,http/1.1"])
        #expect(event["alpn"]?.string == chosen, "\(event)")
    }

    @Test func `listen chooses by its own order, and refuses where nothing fits`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "-k", "--serve", "echo", "--json", "--tls-alpn", "h2,http/1.1", "127.0.0.1:0"] + kit.showing())
        let client = try kit.python(
            """
            for offer in [["http/1.1", "h2"], ["http/1.1"], None]:
                c = dialing(dial(arguments[0]), alpn=offer); c.sendall(b"x"); c.recv(1)
                say(c.selected_alpn_protocol()); farewell(c)
            try: dialing(dial(arguments[0]), alpn=["ftp"]); say("agreed")
            except ssl.SSLError as error: say("refused")
            """, try await server.listening().port)
        try await client.finish().expect(lines: ["h2", "http/1.1", "None", "refused"])
        #expect(try await server.waitForEvent("tls", whose: "alpn", is: "h2")["server_name"]?.string == "localhost")
    }
}
