import Glibc
import SockKit
import Testing

/// `https://` in `http-get`, and `http-serve --tls`.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSHTTPTests {
    /// Answers each request on whichever connection with these bytes; what `end` says is done behind each.
    private func server(_ answer: String, end: String = "pass", as kind: CertificateKit.Kind = .good) async throws
        -> Int
    {
        let script = """
            s, made = serve(), rules(arguments[0])
            while True:
                try:
                    c = serving(s.accept()[0], made=made)
                    while c.recv(1 << 16): c.sendall(\(answer)); \(end)
                    farewell(c)
                except OSError: pass
            """
        return try await CertificateKit.shared().python(script, kind).port()
    }

    private func get(_ words: [String]) async throws -> Outcome {
        let kit = try await CertificateKit.shared()
        return try await sockctl(["http-get", "--tls-ca", kit.root] + words).finish()
    }

    private static let answer = #"b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello""#

    // MARK: Getting

    @Test func `an https URL is got, and the connection kept`() async throws {
        let url = "https://127.0.0.1:\(try await server(Self.answer))/a"
        let outcome = try await get(["--json", url, url])
        outcome.expect(status: 0)
        outcome.expect(out: "hellohello")
        let exchanges = try outcome.events().filter { $0.name == "exchange" }
        #expect(exchanges.map { $0["reused"]?.bool } == [false, true])
        #expect(exchanges[0]["tls_seconds"]?.number ?? 0 > 0 && exchanges[1]["tls_seconds"]?.number ?? 0 == 0)
        #expect(try outcome.events().count { $0.name == "tls" } == 1)
    }

    @Test(arguments: [CertificateKit.Kind.expired, .other, .selfSigned, .stranger])
    func `what cannot be trusted is 77, and gets no request`(kind: CertificateKit.Kind) async throws {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("attempt(take(serve()), arguments[0])", kind)
        let url = "https://localhost:\(try await peer.port())/secret"
        let outcome = try await get(["--resolve", "localhost=127.0.0.1", "-u", "ann:secret", url])
        outcome.expect(status: 77)
        outcome.expect(out: "")
        let told = try await peer.finish()
        #expect(!told.out.contains("GET") && !told.out.contains("secret"), "\(told)")
    }

    @Test func `http where https is spoken is told so by either side`() async throws {
        let kit = try await CertificateKit.shared()
        let serve = try sockctl(["http-serve", "127.0.0.1:0"] + kit.showing())
        let port = try await serve.listening().port
        let answer = try await sockctl("http-get", "http://127.0.0.1:\(port)/time").finish()
        #expect(answer.out.contains("https://"), "\(answer)")
        #expect(try await get(["https://127.0.0.1:\(port)/time"]).status == 0)
        // Others answer in their own language: an alert.
        let strict = try kit.python(
            "c = serve().accept()[0]; c.recv(1 << 16); c.sendall(bytes.fromhex('15030100020246')); c.close()",
            CertificateKit.Kind.good)
        let refused = try await sockctl("http-get", "http://127.0.0.1:\(try await strict.port())/").finish()
        refused.expect(status: 69)
        #expect(refused.err.contains("in place of http://"), "\(refused)")
    }

    @Test func `with --tls-insecure it is got, and that is told`() async throws {
        let url = "https://127.0.0.1:\(try await server(Self.answer, as: .selfSigned))/"
        let outcome = try await sockctl("http-get", "--quiet", "--tls-insecure", url).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "hello")
        #expect(!outcome.err.isEmpty, "\(outcome)")
    }

    @Test(
        arguments: [
            (#"b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello""#, "c.close()", 0, "hello"),
            (#"b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello""#, "c.close()", 74, "hello"),
            (#"b"HTTP/1.0 200 OK\r\n\r\nhello""#, "c.close()", 74, "hello"),
            (#"b"HTTP/1.0 200 OK\r\n\r\nhello""#, "farewell(c)", 0, "hello"),
        ] as [(String, String, Int32, String)])
    func `an end without a close_notify is a truncation unless the message is whole`(
        answer: String, end: String, status: Int32, body: String
    ) async throws {
        let outcome = try await get(["https://127.0.0.1:\(try await server(answer, end: end))/"])
        outcome.expect(status: status)
        outcome.expect(out: body)
    }

    @Test func `a redirect leads from http to https`() async throws {
        let port = try await server(Self.answer)
        let peer = try WebPeer.start(#"answer(b"", "Location: https://127.0.0.1:\#(port)/there", status="301 Moved")"#)
        let outcome = try await get(["-L", "http://127.0.0.1:\(try await peer.port())/"])
        outcome.expect(status: 0)
        outcome.expect(out: "hello")
    }

    @Test func `a server that speaks plain HTTP is told as one`() async throws {
        let peer = try python(
            "c = take(serve()); c.recv(1 << 16); c.sendall(b'HTTP/1.1 400 Bad Request\\r\\n\\r\\n'); c.close()")
        let outcome = try await get(["https://127.0.0.1:\(try await peer.port())/"])
        outcome.expect(status: 69)
        #expect(outcome.err.contains("plain text"), "\(outcome)")
    }

    @Test func `openssl's web server sends a file`() async throws {
        let kit = try await CertificateKit.shared()
        let directory = try Scene.required().directory
        try writeFile("\(directory)/file.bin", noise(300_000))
        let server = try start(
            .sh, "-c", #"cd "$0" && exec openssl s_server -accept 127.0.0.1:0 -WWW "$@""#, directory, "-cert",
            kit.chain(.good), "-cert_chain", kit.file("intermediate.crt"), "-key", kit.key(.good), input: .open)
        let outcome = try await get(["https://127.0.0.1:\(try await server.boundPort())/file.bin"])
        outcome.expect(status: 0)
        #expect(outcome.bytes == noise(300_000))
    }

    // MARK: nginx

    @Test(.needs(.nginx)) func `nginx is asked again and again on one connection, and by hand for all of a large file`()
        async throws
    {
        let kit = try await CertificateKit.shared()
        let (place, root) = (try unboundPlace().description, try scratch(""))
        let large = noise(5_000_000)
        try writeFile(root + "large", large)
        try writeFile(
            root + "nginx.conf",
            Array(
                """
                daemon off; master_process off; pid \(root)pid; error_log stderr;
                events {}
                http {
                    access_log off;
                    client_body_temp_path \(root)a; proxy_temp_path \(root)b; fastcgi_temp_path \(root)c;
                    uwsgi_temp_path \(root)d; scgi_temp_path \(root)e;
                    server {
                        listen \(place) ssl; root \(root);
                        ssl_certificate \(kit.chain(.good)); ssl_certificate_key \(kit.key(.good));
                    }
                }
                """.utf8))
        let nginx = try start(.nginx, "-e", "stderr", "-c", root + "nginx.conf")
        _ = try await nginx.boundPort()
        let url = "https://localhost:\(place.split(separator: ":").last ?? "")/large"
        let resolve = ["--resolve", "localhost=\(place.split(separator: ":").first ?? "")"]
        let outcome = try await get(resolve + ["-v", url, url])
        outcome.expect(status: 0)
        #expect(outcome.bytes == large + large && outcome.err.contains("on reused connection 1"), "\(outcome.err)")
        // Standard input ends at once, and nothing is cut off by that.
        let words = ["dial", "--tls-name", "localhost", place] + kit.trusting
        let byHand = try await sockctl(words, input: .text("GET /large HTTP/1.0\r\n\r\n")).finish()
        byHand.expectQuietErrors(status: 0)
        #expect(byHand.bytes.count > large.count && byHand.bytes.suffix(large.count) == large[...])
    }

    // MARK: Serving

    @Test(.needs(.curl), arguments: ["1.2", "1.3"])
    func `curl gets all of http-serve's paths, and trusts what it is shown`(version: String) async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["http-serve", "127.0.0.1:0"] + kit.showing())
        let url = "https://127.0.0.1:\(try await server.listening().port)"
        let options = ["-sS", "-m", "60", "--cacert", kit.root, "--tlsv\(version)", "--tls-max", version]
        let curl = try #require(Tool.curl.path)
        let bytes = try await start(curl, options + ["\(url)/bytes/300K"]).finish()
        bytes.expectQuietErrors(status: 0)
        #expect(bytes.bytes.count == 300 << 10)
        let path = try scratch("file")
        try writeFile(path, noise(300_000))
        let echo = try await start(curl, options + ["--data-binary", "@\(path)", "\(url)/echo"]).finish()
        #expect(echo.bytes == noise(300_000), "\(echo.err)")
        let twice = ["-o", "/dev/null", "-w", "%{num_connects}", "\(url)/time"]
        try await start(curl, options + twice + twice).finish().expect(out: "10")
        let stranger = try await start(curl, ["-sS", "--cacert", kit.file("stranger.pem"), "\(url)/time"]).finish()
        stranger.expect(status: 60)
        let plain = try await start(curl, ["-sS", "-m", "10", "http://\(url.dropFirst(8))/time"]).finish()
        #expect(plain.status != 0 || !plain.out.hasPrefix("20"), "\(plain)")
        #expect(server.record.status == nil)
    }

    @Test func `told to finish in the middle of a handshake, it does not wait for requests`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["http-serve", "--json", "--grace", "1h", "--idle-timeout", "none", "127.0.0.1:0"] + kit.showing())
        let client = try kit.python(
            """
            c = dial(arguments[0]); sys.stdin.readline()
            try: say(ending(dialing(c))[0])
            # It may have taken too long.
            except OSError: say(b"")
            hold()
            """, try await server.listening().port, input: .open)
        try await server.waitForEvent("accepted")
        server.signal(SIGTERM)
        try await server.waitForEvent("stopping")
        client.send("go\n")
        try await client.waitForLine(containing: "b''", on: .out)
        try await server.finish().expect(status: 0)
    }

    @Test func `http-get and http-serve understand each other, under load as well`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["http-serve", "127.0.0.1:0"] + kit.showing())
        let url = "https://127.0.0.1:\(try await server.listening().port)/bytes/20000"
        let outcome = try await get(["--json", "--repeat", "200", "--parallel", "4", url])
        outcome.expect(status: 0)
        let summary = try #require(try outcome.events().last)
        #expect(summary["answered"]?.integer == 200 && summary["new_connections"]?.integer == 4, "\(summary)")
    }
}
