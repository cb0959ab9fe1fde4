import Glibc
import Testing

/// Passwords are told to whom they are for, and stand in no report, no trace and no list of processes.
@Suite(.endToEnd, .needsSockctl) struct SecretTests {
    /// `ann:s3cret` as a person writes it, and as Basic does.
    private static let secrets = ["s3cret", "YW5uOnMzY3JldA"]
    private static let reports = [["-v"], ["-vv", "--trace"], ["--json"], ["--json", "--trace", "-vv"]]

    private func expectNoSecret(_ text: String, of what: Comment) {
        for secret in Self.secrets { #expect(!text.contains(secret), what) }
    }

    private func credentials() throws -> String {
        let file = try scratch("credentials")
        try writeFile(file, Array("ann:s3cret\n".utf8))
        return file
    }

    @Test(.needs(.python3), arguments: reports)
    func `a web server's password is sent, and a report has its field without it`(options: [String]) async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        let port = try await peer.port()
        for (index, words) in [["-u", "ann:s3cret", "127.0.0.1:\(port)/"], ["http://ann:s3cret@127.0.0.1:\(port)/"]]
            .enumerated()
        {
            let outcome = try await sockctl(["http-get"] + options + words).finish()
            outcome.expect(status: 0)
            #expect(try await peer.requests(index + 1).last?.text.contains("Basic YW5uOnMzY3JldA==") == true)
            #expect(outcome.err.contains("Authorization") && outcome.err.contains("Basic (not shown)"), "\(outcome)")
            expectNoSecret(outcome.err, of: "\(outcome)")
        }
    }

    @Test(.needs(.python3), arguments: reports)
    func `so is that of the proxy that the environment names`(options: [String]) async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        let proxy = "http://ann:s3cret@127.0.0.1:\(try await peer.port())"
        let words = ["http-get"] + options + ["http://one.example/"]
        let program = try start(#require(Binary.sockctl), words, environment: ["http_proxy": proxy, "NO_COLOR": "1"])
        let outcome = try await program.finish()
        outcome.expect(status: 0)
        #expect(try await peer.requests(1).last?.text.contains("Proxy-Authorization: Basic YW5u") == true)
        expectNoSecret(outcome.err, of: "\(outcome)")
    }

    @Test(arguments: reports + [["--log", "combined"], ["--log", "json"]])
    func `a web server tells no password of its clients`(options: [String]) async throws {
        let words = ["http-serve", "--root", try Scene.required().directory, "--auth", "ann:s3cret"] + options
        let server = try sockctl(words + ["127.0.0.1:0"])
        let port = try await server.listening().port
        for user in ["ann:s3cret", "ann:s3cret2"] {
            try await sockctl(["http-get", "-u", user, "127.0.0.1:\(port)/time"]).finish()
                .expect(status: 0)
        }
        let outcome = try await server.finish(after: SIGTERM)
        expectNoSecret(outcome.err, of: "\(outcome)")
    }

    @Test(arguments: [
        ["http-get", "-u"], ["http-get", "-H"], ["http-get"], ["http-serve", "--auth"], ["dial", "--proxy"],
        ["listen", "--serve", "proxy", "--proxy-auth"],
    ])
    func `a secret that is no UTF-8 is refused, and not repeated`(words: [String]) async throws {
        let line = "exec '\(try #require(Binary.sockctl))' \(words.joined(separator: " "))"
        let outcome = try await start(.sh, "-c", "\(line) \"$(printf 'http://ann:s3cret\\377@h/')\" 127.0.0.1:9")
            .finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("is not UTF-8"), "\(outcome)")
        expectNoSecret(outcome.err, of: "\(outcome)")
    }

    @Test func `a password of a file is its bytes, in whatever encoding, and no other is taken for it`() async throws {
        let echo = try await sockctl(["listen", "--serve", "echo", "127.0.0.1:0"]).listening().port
        // Lines end as editors of other systems end them, and the second user is one of his own.
        let (users, same, repaired) = (try scratch("users"), try scratch("same"), try scratch("repaired"))
        try writeFile(users, Array("ann:p".utf8) + [0xff] + Array("w\r\nbob:x\r\n".utf8))
        try writeFile(same, Array("ann:p".utf8) + [0xff] + Array("w\n".utf8))
        try writeFile(repaired, Array("ann:p\u{fffd}w\n".utf8))
        let server = try sockctl(["listen", "--serve", "proxy", "--proxy-auth-file", users, "127.0.0.1:0"])
        let proxy = "127.0.0.1:\(try await server.listening().port)"
        for (scheme, file, status) in [
            ("socks5", same, 0), ("socks5", repaired, 77), ("http", same, 0), ("http", repaired, 77),
        ] as [(String, String, Int32)] {
            let words = ["dial", "--proxy", "\(scheme)://\(proxy)", "--proxy-auth-file", file, "127.0.0.1:\(echo)"]
            try await sockctl(words, input: .text("x")).finish().expect(status: status)
        }
        let words = ["dial", "--proxy", "socks5://bob:x@\(proxy)", "127.0.0.1:\(echo)"]
        try await sockctl(words, input: .text("x")).finish().expect(status: 0)
    }

    @Test(arguments: ["socks5", "http"], reports)
    func `a proxy's password, from a file, is in no report, command line or environment of either side`(
        scheme: String, options: [String]
    ) async throws {
        let echo = try await sockctl(["listen", "--serve", "echo", "127.0.0.1:0"]).listening().port
        let file = try credentials()
        let words = ["listen", "--serve", "proxy", "--proxy-auth-file", file, "127.0.0.1:0"]
        let server = try sockctl(words + options)
        let proxy = "\(scheme)://127.0.0.1:\(try await server.listening().port)"
        let client = try sockctl(
            ["dial", "--proxy", proxy, "--proxy-auth-file", file, "--half-open", "127.0.0.1:\(echo)"] + options,
            input: .open)
        client.send("ping\n")
        try await client.waitForOutput("ping\n")
        for process in [server, client] {
            for list in ["cmdline", "environ"] {
                let text = String(decoding: try contents(of: "/proc/\(process.pid)/\(list)"), as: UTF8.self)
                #expect(!text.isEmpty)
                expectNoSecret(text, of: "\(list) of \(process.name)")
            }
        }
        client.closeInput()
        for outcome in [try await client.finish(), try await server.finish(after: SIGTERM)] {
            outcome.expect(status: 0)
            expectNoSecret(outcome.err, of: "\(outcome)")
        }
    }

    @Test func `a wrong password is told without the one that was tried`() async throws {
        let server = try sockctl(
            "listen", "--serve", "proxy", "--proxy-auth", "ann:other", "--trace", "--json", "127.0.0.1:0")
        let proxy = "127.0.0.1:\(try await server.listening().port)"
        for scheme in ["socks5", "http"] {
            let words = ["dial", "-vv", "--trace", "--proxy", "\(scheme)://\(proxy)", "--proxy-auth-file"]
            let outcome = try await sockctl(words + [credentials(), "127.0.0.1:9"]).finish()
            outcome.expect(status: 77)
            expectNoSecret(outcome.err, of: "\(outcome)")
        }
        let outcome = try await server.finish(after: SIGTERM)
        expectNoSecret(outcome.err, of: "\(outcome)")
        #expect(!outcome.err.contains("ann:other") && !outcome.err.contains("YW5uOm90aGVy"), "\(outcome)")
    }

    @Test(arguments: [
        "Authorization: Bearer s3cret\u{1}", "Authorization s3cret", "Authorization=s3cret", "Authorization;s3cret",
        "Authorization: s3cret\nB: c", "Authorization\u{1}: s3cret",
    ])
    func `a field that cannot be sent is told by its name alone`(field: String) async throws {
        let outcome = try await sockctl("http-get", "-H", field, "http://127.0.0.1:1/").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("'Authorization...'"), "\(outcome)")
        expectNoSecret(outcome.err, of: "\(outcome)")
    }

    @Test(
        .needs(.python3),
        arguments: [
            "ftp://ann:s3cret@h/", "http://ann:s3cret@[::1/", "http://ann:s3cret@h:x/", "http://ann:s3/s3cret@h:x/",
            "http:/ann:s3cret@h/",
        ])
    func `a redirect that leads nowhere is told without its password`(place: String) async throws {
        let peer = try WebPeer.start(#"answer(b"", "Location: \#(place)", status="302 Found")"#)
        let outcome = try await sockctl("http-get", "-v", "-L", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("field Location '"), "\(outcome)")
        expectNoSecret(outcome.err, of: "\(outcome)")
    }

    @Test(.needs(.python3), arguments: reports)
    func `an answer that leads elsewhere is shown without the password that stands there`(
        options: [String]
    ) async throws {
        let peer = try WebPeer.start(#"answer(b"", "Location: http://ann:s3cret@h/", status="302 Found")"#)
        let outcome = try await sockctl(["http-get"] + options + ["127.0.0.1:\(try await peer.port())"]).finish()
        outcome.expect(status: 0)
        #expect(outcome.err.contains("http://(not shown)@h/"), "\(outcome)")
        expectNoSecret(outcome.err, of: "\(outcome)")
    }

    @Test(.needs(.openssl, .python3), arguments: reports)
    func `the password of a key is in none either`(options: [String]) async throws {
        let kit = try await CertificateKit.shared()
        let file = try scratch("password")
        try writeFile(file, Array(CertificateKit.password.utf8))
        let key = ["--tls-cert", kit.chain(.good), "--tls-key", kit.file("encrypted.key"), "--tls-password-file", file]
        let server = try sockctl(["listen", "127.0.0.1:0", "--tls"] + key + options, input: .text("hello"))
        let port = try await server.listening().port
        let line = String(decoding: try contents(of: "/proc/\(server.pid)/cmdline"), as: UTF8.self)
        let client = try kit.python("c = dialing(dial(arguments[0])); say(c.recv(10)); farewell(c)", port)
        try await client.finish().expect(lines: ["b'hello'"])
        let outcome = try await server.finish()
        #expect(!(outcome.err + line).contains(CertificateKit.password), "\(outcome)")
    }

    @Test(arguments: [
        "http-get http://ann:s3cret@h:99999/", "http-get ftp://ann:s3cret@h/", "http-get http://ann:s3cret@/",
        "http-get --json http://ann:s3/s3cret@h:x/", "http-get -O http://ann:s3cret@h/", "http-get http://ann:s3cret",
        "nc -x http://ann:s3cret@h:1 a 1",
        "dial --proxy ann:s3cret@http://h:1 a:1", "dial --proxy http://ann:s3cret@h:1/x a:1",
        "dial --proxy ann:s3cret@h:1 a:1", "dial --json --proxy http://ann:s3cret@h:99999 a:1",
        "listen --serve proxy --proxy-auth s3cret 0", "http-serve --auth s3cret 0",
    ])
    func `a command line that is wrong is told without its password`(line: String) async throws {
        let outcome = try await sockctl(line.split(separator: " ").map(String.init)).finish()
        outcome.expect(status: 64)
        expectNoSecret(outcome.err, of: "\(outcome)")
    }
}
