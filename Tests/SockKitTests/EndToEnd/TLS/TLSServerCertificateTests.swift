import Glibc
import Testing

/// Which certificate `listen --tls` shows: one of several, the newest, or one that it has made itself.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSServerCertificateTests {
    /// Tells the first name in the certificate that is shown to whoever asks for each of these names.
    private static let asking = """
        def shown(name):
            made = rules(trusted="root", version="1.2", server=False); made.check_hostname = False
            c = dialing(dial(arguments[0]), name=name, made=made)
            names = c.getpeercert()["subjectAltName"]; farewell(c)
            return names[0][1]

        """

    @Test func `the name that is asked for chooses among several, and the first is for all others`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "--serve", "echo", "127.0.0.1:0"] + kit.showing() + kit.own(.other) + kit.own(.wildcard))
        let client = try kit.python(
            Self.asking + """
                for name in ["localhost", "other.test", "More.Test", "a.example.test", "none.test", None]:
                    say(shown(name))
                """, try await server.listening().port)
        try await client.finish().expect(lines: [
            "localhost", "other.test", "other.test", "*.example.test", "localhost", "localhost",
        ])
    }

    @Test func `at SIGHUP the files are read again, and what is broken leaves what there was`() async throws {
        let kit = try await CertificateKit.shared()
        let (chain, key) = (try scratch("chain.pem"), try scratch("key.pem"))
        func put(_ kind: CertificateKit.Kind) throws {
            try writeFile(chain, contents(of: kit.chain(kind)))
            try writeFile(key, contents(of: kit.key(kind)))
        }
        try put(.good)
        let server = try sockctl(
            "listen", "--serve", "echo", "--json", "127.0.0.1:0", "--tls", "--tls-cert", chain, "--tls-key", key)
        let client = try kit.python(
            Self.asking + """
                held = dialing(dial(arguments[0]))
                def ping(): held.sendall(b"x"); return held.recv(1)
                say(shown("localhost"), ping()); sys.stdin.readline()
                until(lambda: shown("localhost") == "other.test"); say("changed", ping()); sys.stdin.readline()
                say(shown("localhost"), ping())
                """, try await server.listening().port, input: .open)
        try await client.waitForLine(containing: "localhost", on: .out)
        try put(.other)
        server.signal(SIGHUP)
        client.send("\n")
        // Who was connected stays so.
        try await client.waitForLine(containing: "changed", on: .out)
        try writeFile(chain, Array("nothing\n".utf8))
        server.signal(SIGHUP)
        try await server.waitForEvent("failed")
        client.send("\n")
        try await client.finish().expect(lines: ["localhost b'x'", "changed b'x'", "other.test b'x'"])
        #expect(server.record.status == nil)
    }

    @Test func `whoever connected before SIGHUP and begins after it is served with what there was`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "--serve", "echo", "--json", "--tls-handshake-timeout", "60s", "127.0.0.1:0"]
                + kit.showing(.good) + kit.own(.other))
        let client = try kit.python(
            """
            early = [dial(arguments[0]) for _ in range(20)]
            until(lambda: all(queues(c.getpeername()[1], c.getsockname()[1]) == (0, 0) for c in early))
            say("connected"); sys.stdin.readline()
            for c in early:
                c = dialing(c, name="other.test"); c.sendall(b"x"); assert c.recv(1) == b"x"; farewell(c)
            say(dialing(dial(arguments[0]), name="other.test").getpeercert()["subject"][0][0][1])
            """, try await server.listening().port, input: .open)
        try await client.waitForLine(containing: "connected", on: .out)
        _ = try await server.waitForEvents("accepted", count: 20)
        for round in 1...3 {
            server.signal(SIGHUP)
            _ = try await server.waitForEvents("certificate", count: 2 * round)
        }
        client.send("\n")
        try await client.finish().expect(lines: ["connected", "other.test"])
    }

    @Test func `however often the files are read again, the file of secrets is open once for each certificate`()
        async throws
    {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "--serve", "echo", "--json", "127.0.0.1:0", "--tls-key-log", scratch("secrets")]
                + kit.showing(.good) + kit.own(.other))
        _ = try await server.listening()
        for round in 1...3 {
            server.signal(SIGHUP)
            _ = try await server.waitForEvents("certificate", count: 2 * round)
        }
        try await eventually("end of what was open before") {
            openFiles(of: server.pid).filter { $0.hasSuffix("/secrets") }.count == 2 ? () : nil
        }
    }

    // MARK: Made in memory

    @Test(
        arguments: [
            (["listen", "--serve", "echo"], 0), (["listen", "--serve", "chat"], 0), (["http-serve"], 0),
            (["listen", "-k"], 0), (["listen"], 129), (["udp-recv"], 129),
        ] as [([String], Int32)])
    func `a server with nothing to read again ends at SIGHUP`(command: [String], status: Int32) async throws {
        let server = try sockctl(command + ["--tls", "127.0.0.1:0"], input: .open)
        _ = try await server.listening()
        try await server.finish(after: SIGHUP).expect(status: status)
    }

    /// A server without a certificate, and the pin that it tells.
    private func pinned(_ options: [String] = []) async throws -> (server: ChildProcess, place: String, pin: String) {
        let server = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0", "--tls"] + options)
        let port = try await server.listening().port
        let pin = try await server.wait(for: "a pin") { record in
            record.errText.firstMatch(of: /(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}/).map { String($0.output) }
        }
        return (server, "127.0.0.1:\(port)", pin)
    }

    @Test(arguments: [[], ["--json"]])
    func `without one it makes one, and tells the pin that --tls-pin takes`(options: [String]) async throws {
        let (_, place, pin) = try await pinned(options)
        let dial = ["dial", "--tls", "--tls-half-close", place]
        let known = try await sockctl(dial + ["--tls-pin", pin], input: .text("pinned")).finish()
        known.expectQuietErrors(status: 0)
        known.expect(out: "pinned")
        let unknown = try await sockctl(dial, input: .text("unknown")).finish()
        unknown.expect(status: 77)
        unknown.expect(out: "")
    }

    @Test func `what it makes has the right names, a strong key, and ends within days`() async throws {
        let (server, place, pin) = try await pinned()
        let client = try python(
            """
            import hashlib, ssl, tempfile
            port = int(arguments[0].rsplit(":")[-1])
            pem = ssl.get_server_certificate(("127.0.0.1", port))
            say(hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest() == arguments[1].replace(":", "").lower())
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); made.load_verify_locations(cadata=pem)
            for name in ["localhost", "127.0.0.1"]:
                with made.wrap_socket(dial(port), server_hostname=name) as c: facts = c.getpeercert()
                begins, ends = (ssl.cert_time_to_seconds(facts[key]) for key in ("notBefore", "notAfter"))
                say(begins <= time.time(), 6 <= (ends - time.time()) / 86400 <= 7.1)
            """, place, pin)
        try await client.finish().expect(lines: ["True", "True True", "True True"])
        #expect(server.record.status == nil)
    }

    @Test func `each server makes its own`() async throws {
        let (first, second) = (try await pinned(), try await pinned())
        #expect(first.pin != second.pin)
        let words = ["dial", "--tls", "--tls-pin", first.pin, second.place]
        try await sockctl(words, input: .text("x")).finish().expect(status: 77)
    }
}
