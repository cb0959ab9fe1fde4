import Glibc
import Testing

/// What `http-serve` tells: those who run it, and those who ask.
@Suite(.endToEnd, .needsSockctl) struct HTTPServeSayingTests {
    private func serve(_ options: String...) async throws -> (server: ChildProcess, port: Int) {
        let server = try sockctl(["http-serve"] + options + ["127.0.0.1:0"])
        return (server, try await server.listening().port)
    }

    /// Sends a request by hand, and returns all that is answered.
    private func ask(_ port: Int, _ request: String) async throws -> String {
        try await sockctl("dial", "127.0.0.1:\(port)", input: .text(request)).finish().out
    }

    // MARK: - The beginning

    @Test(arguments: [
        (["."], "8080 --root ."), (["8080", "."], "8080 --root ."),
        (["127.0.0.1:80", "/"], "127.0.0.1:80 --root /"),
    ])
    func `whoever names a folder in place of an address reads how it is served`(
        words: [String], advice: String
    ) async throws {
        let outcome = try await sockctl(["http-serve"] + words).finish()
        outcome.expect(status: 64)
        #expect(
            outcome.err.hasSuffix("\nhint: to serve a folder, use: sockctl http-serve \(advice)\n"), "\(outcome)")
    }

    // MARK: - The end

    @Test func `that it closes is said without -v, and for nobody it does not wait`() async throws {
        let (server, port) = try await serve()
        try await sockctl("http-get", "127.0.0.1:\(port)/time").finish().expect(status: 0)
        let outcome = try await server.finish(after: SIGINT)
        outcome.expect(status: 0)
        #expect(outcome.err.hasSuffix("\nserver closed: interrupted\n"), "\(outcome)")
    }

    @Test(arguments: [(SIGTERM, "terminated"), (SIGHUP, "hung up"), (SIGINT, "interrupted")])
    func `that it closes is said with what the signal was`(signal: Int32, reason: String) async throws {
        for command in [["http-serve"], ["listen", "-k"], ["listen", "-uk"], ["listen", "--io-model", "epoll"]] {
            let server = try sockctl(command + ["127.0.0.1:0"], input: .open)
            _ = try await server.listening()
            let outcome = try await server.finish(after: signal)
            outcome.expect(status: 0)
            #expect(outcome.err.contains("\nserver closed: \(reason)\n"), "\(command): \(outcome)")
        }
    }

    @Test func `with several clients each line says whose it is, and with one peer none needs to`() async throws {
        let (server, port) = try await serve("-v")
        let client = try await sockctl("dial", "-v", "127.0.0.1:\(port)", input: .text("GET / HTTP/1.0\r\n\r\n"))
            .finish()
        #expect(
            client.err.contains(/first byte after \S+ \S+\n/) && client.err.contains(/\ntcp: .*mss \d+\n/), "\(client)")
        let outcome = try await server.finish(after: SIGINT)
        #expect(outcome.err.contains(/first byte after \S+ \S+, 127\.0\.0\.1:\d+\n/), "\(outcome)")
        #expect(outcome.err.contains(/\ntcp: .*mss \d+, 127\.0\.0\.1:\d+\n/), "\(outcome)")
    }

    @Test(.needs(.python3)) func `for how many requests it waits is said, and that a second signal ends it`()
        async throws
    {
        let (server, port) = try await serve("--grace", "1h", "-v")
        let script = """
            idle = dial(arguments[0]); idle.sendall(b"GET /time HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"); idle.recv(9)
            asking = [dial(arguments[0]) for _ in range(2)]
            for c in asking: c.sendall(b"GET /delay/1h HTTP/1.0\\r\\n\\r\\n")
            say("sent"); hold()
            """
        let client = try python(script, port)
        try await client.waitForLine(on: .out)
        try await server.wait(for: "three requests") { record in
            record.errText.ranges(of: "first byte").count == 3 ? () : nil
        }
        server.signal(SIGINT)
        try await server.waitForLine(
            containing: "interrupted; waiting for 2 requests, at most 1h 00m 00s; a second signal ends it at once")
        try await server.finish(after: SIGINT).expect(status: 130)
    }

    // MARK: - Reports

    @Test func `with --log json every line is an object, and no more is said than without`() async throws {
        let (server, port) = try await serve("--log", "json")
        try await sockctl("http-get", "127.0.0.1:\(port)/time").finish().expect(status: 0)
        let outcome = try await server.finish(after: SIGTERM)
        #expect(try outcome.events().map(\.name) == ["listening", "answered", "stopping"], "\(outcome)")
        let refused = try await sockctl("http-serve", "--log", "json", "no.such.host.invalid:1").finish(
            within: patience * 3)
        #expect(try refused.events().map(\.name) == ["failed"], "\(refused)")
    }

    @Test func `with --log json and -v each answer is told once`() async throws {
        let (server, port) = try await serve("--log", "json", "-v")
        try await sockctl("http-get", "127.0.0.1:\(port)/time").finish().expect(status: 0)
        try await server.waitForEvent("closed")
        let names = try await server.finish(after: SIGTERM).events().map(\.name)
        #expect(names.count { $0 == "answered" } == 1 && names.contains("accepted"), "\(names)")
    }

    @Test func `with --max-conns 0 nobody is served, and each is told of`() async throws {
        let (server, port) = try await serve("-m", "0")
        for _ in 0..<2 { try await sockctl("http-get", "127.0.0.1:\(port)/time").finish().expect(status: 74) }
        let outcome = try await server.finish(after: SIGTERM)
        #expect(outcome.err.ranges(of: ": --max-conns 0 lets nobody in\n").count == 2, "\(outcome)")
    }

    // MARK: - Answers

    @Test(arguments: [
        ("/status/205", "HTTP/1.1 205 Reset Content", "Content-Length: 0\r\nConnection: close\r\n\r\n"),
        ("/status/204", "HTTP/1.1 204 No Content", "\r\n\r\n"),
        ("/status/304", "HTTP/1.1 304 Not Modified", "\r\n\r\n"),
        ("/status/418", "HTTP/1.1 418 I'm a teapot", "\r\n\r\n418 I'm a teapot\n"),
        ("/status/599", "HTTP/1.1 599 ", "\r\n\r\n599\n"),
        ("/status/100", "HTTP/1.1 400 Bad Request", "give one from 200 to 599\n"),
    ])
    func `a status has its phrase and its content, or none`(path: String, line: String, end: String) async throws {
        let (_, port) = try await serve()
        let answer = try await ask(port, "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix(line + "\r\n") && answer.hasSuffix(end), "\(answer)")
        #expect(end != "\r\n\r\n" || !answer.contains("Content-Length"), "\(answer)")
    }

    @Test(arguments: [[], ["--root", "/"]])
    func `CONNECT is not allowed, and the answer says what is`(options: [String]) async throws {
        let server = try sockctl(["http-serve"] + options + ["127.0.0.1:0"])
        let port = try await server.listening().port
        let answer = try await ask(port, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 405 ") && answer.contains("\r\nAllow: GET, HEAD"), "\(answer)")
    }

    @Test(arguments: [
        ("99999999999999999999999999", "413", "larger than anything can be\n"),
        ("99999999999999999999999999x", "400", "not a decimal number\n"), ("5", "413", "the limit of 1 byte\n"),
    ])
    func `content that is too long is told from a length that is none`(
        length: String, status: String, reason: String
    ) async throws {
        let (_, port) = try await serve("--max-body", "1")
        let answer = try await ask(port, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.hasSuffix(reason), "\(answer)")
    }

    @Test func `no line has another limit than the head`() async throws {
        let (_, port) = try await serve()
        let long = String(repeating: "x", count: 40 << 10)
        let field = try await ask(port, "GET /time HTTP/1.1\r\nHost: a\r\nX: \(long)\r\nConnection: close\r\n\r\n")
        #expect(field.hasPrefix("HTTP/1.1 200 "))
        let target = try await ask(port, "GET /time?\(long) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(target.hasPrefix("HTTP/1.1 200 "))
        let tooLong = try await ask(port, "GET /time?\(long)\(long) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(tooLong.hasPrefix("HTTP/1.1 414 "), "\(tooLong.prefix(200))")
        let many = try await ask(port, "GET /time HTTP/1.1\r\nHost: a\r\nX: \(long)\r\nY: \(long)\r\n\r\n")
        #expect(many.hasPrefix("HTTP/1.1 431 "), "\(many.prefix(200))")
    }

    @Test(.needs(.python3)) func `a connection that it accepted is probed by TCP keep-alive`() async throws {
        let (server, port) = try await serve()
        let client = try python(
            "c = dial(arguments[0]); c.sendall(b'GET /time HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'); say(len(c.recv(9))); hold()",
            port)
        try await client.waitForLine(on: .out)
        let inodes = Set(socketInodes(of: server.pid))
        // While its answer waits for an acknowledgement, another timer runs.
        _ = try await eventually("the keep-alive timer") {
            socketTable("tcp").contains { $0.localPort == port && inodes.contains($0.inode) && $0.timer == .keepAlive }
                ? true : nil
        }
    }
}
