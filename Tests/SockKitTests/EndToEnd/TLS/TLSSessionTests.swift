import Glibc
import Testing

/// Sessions that are taken up again: what both ends know of each other saves most of a handshake.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSSessionTests {
    private static let server = """
        s, made = serve(), rules("good", version=arguments[0])
        while True:
            try: c = serving(s.accept()[0], made=made); c.sendall(b"word"); farewell(c)
            except OSError: pass
        """

    private func dial(_ port: Int, _ session: String, _ options: [String] = []) async throws -> Event {
        let kit = try await CertificateKit.shared()
        let words = ["dial", "--json", "--tls-session", session, "127.0.0.1:\(port)"] + kit.trusting + options
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "word")
        return try #require(try outcome.events().first { $0.name == "tls" }, "\(outcome)")
    }

    @Test(arguments: ["1.2", "1.3"])
    func `a session that was kept is taken up again, and again`(version: String) async throws {
        let kit = try await CertificateKit.shared()
        let (path, port) = (try scratch("session"), try await kit.python(Self.server, version).port())
        var resumed: [Bool?] = []
        for _ in 0..<3 { resumed.append(try await dial(port, path)["resumed"]?.bool) }
        #expect(resumed == [false, true, true])
        // Whoever has it could read along.
        #expect(try #require(fileStatus(of: path)).st_mode & 0o777 == 0o600)
    }

    @Test func `one that the server does not know is not taken up, and that is all`() async throws {
        let kit = try await CertificateKit.shared()
        let path = try scratch("session")
        for _ in 0..<2 {
            let port = try await kit.python(Self.server, "1.3").port()
            #expect(try await dial(port, path)["resumed"]?.bool == false)
        }
    }

    @Test func `a file that holds something else is not written over, and one that cannot be made is told of`()
        async throws
    {
        let kit = try await CertificateKit.shared()
        let path = try scratch("precious")
        try writeFile(path, Array("no session\n".utf8))
        #expect(unsafe chmod(path, 0o600) == 0)
        let port = try await kit.python(Self.server, "1.3").port()
        for (file, status) in [(path, Int32(65)), ("/nowhere/session", 73)] {
            let outcome = try await sockctl(
                ["dial", "--tls-session", file, "127.0.0.1:\(port)"] + kit.trusting
            ).finish()
            outcome.expect(status: status)
            #expect(outcome.err.contains(file), "\(outcome)")
        }
        #expect(try String(decoding: contents(of: path), as: UTF8.self) == "no session\n")
    }

    @Test(arguments: [0o644, 0o620] as [mode_t])
    func `sessions that others may read or write are not believed`(mode: mode_t) async throws {
        let kit = try await CertificateKit.shared()
        let path = try scratch("session")
        try writeFile(path, [])
        #expect(unsafe chmod(path, mode) == 0)
        let outcome = try await sockctl(["dial", "--tls-session", path, "127.0.0.1:1"] + kit.trusting).finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("others may read or write it") && outcome.err.contains("chmod 600"), "\(outcome)")
    }

    @Test func `a session is no way round the trust`() async throws {
        let kit = try await CertificateKit.shared()
        let (path, port) = (try scratch("session"), try await kit.python(Self.server, "1.3").port())
        _ = try await dial(port, path)
        for options in [["--tls-ca", kit.file("stranger.pem")], ["--tls-ca", kit.root, "--tls-name", "other.test"]] {
            let words = ["dial", "--tls", "--tls-session", path, "127.0.0.1:\(port)"] + options
            let outcome = try await sockctl(words).finish()
            outcome.expect(status: 77)
            outcome.expect(out: "")
        }
    }

    @Test func `nor is it one round the trust in the system's roots, which a variable names`() async throws {
        let kit = try await CertificateKit.shared()
        let (path, roots) = (try scratch("session"), try scratch("roots.pem"))
        let port = try await kit.python(Self.server, "1.3").port()
        for (file, status) in [(kit.root, Int32(0)), (kit.file("stranger.pem"), 77)] {
            try writeFile(roots, contents(of: file))
            let dial = try start(
                #require(Binary.sockctl), ["dial", "--tls", "--tls-session", path, "127.0.0.1:\(port)"],
                environment: ["SSL_CERT_FILE": roots, "NO_COLOR": "1"])
            try await dial.finish().expect(status: status)
        }
    }

    @Test(arguments: ["1.2", "1.3"])
    func `listen lets its clients take theirs up`(version: String) async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--serve", "echo", "--json", "127.0.0.1:0"] + kit.showing())
        let client = try kit.python(
            """
            made, session = rules(trusted="root", version=arguments[1], server=False), None
            for _ in range(3):
                c = dialing(dial(arguments[0]), made=made, session=session)
                c.sendall(b"x"); c.recv(1); say(c.session_reused); session = c.session; farewell(c)
            """, try await server.listening().port, version)
        try await client.finish().expect(lines: ["False", "True", "True"])
        let events = try await server.waitForEvents("tls", count: 3)
        #expect(events.map { $0["resumed"]?.bool } == [false, true, true])
    }
}
