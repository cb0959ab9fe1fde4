import Glibc
import Testing

/// `http-serve` before the clients that people have.
@Suite(.endToEnd, .needsSockctl) struct HTTPServeTests {
    private func serve(_ options: String...) async throws -> (server: ChildProcess, url: String, port: Int) {
        let server = try sockctl(["http-serve"] + options + ["127.0.0.1:0"])
        let port = try await server.listening().port
        return (server, "http://127.0.0.1:\(port)", port)
    }

    private func curl(_ words: [String]) throws -> ChildProcess {
        try start(#require(Tool.curl.path), words)
    }

    @Test(.needs(.curl), arguments: [[], ["--http1.0"]])
    func `the time is the line that Go's server writes`(options: [String]) async throws {
        let (_, url, _) = try await serve()
        let outcome = try await curl(["-sS", "-i"] + options + ["\(url)/time"]).finish()
        #expect(outcome.out.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(outcome)")
        let time = /\r\n\r\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} [+-]\d{4} \S+\n$/
        #expect(outcome.out.contains(time), "\(outcome)")
    }

    @Test(.needs(.curl)) func `the fields are one a line, Host not among them`() async throws {
        let (_, url, _) = try await serve()
        let fields = ["-H", "x-a: 1", "-H", "X-A: 2", "-H", "Accept:", "-H", "User-Agent: curl"]
        let outcome = try await curl(["-sS"] + fields + ["\(url)/headers"]).finish()
        #expect(Set(outcome.lines) == ["User-Agent:curl", "X-A:1", "X-A:2"])
    }

    @Test(.needs(.curl)) func `curl's ways to send content are echoed`() async throws {
        let (_, url, _) = try await serve()
        let bytes = noise(300_000)
        let path = "\(try Scene.required().directory)/file"
        try writeFile(path, bytes)
        for words in [
            ["--data-binary", "@\(path)"], ["-T", path], ["-T", path, "-H", "Transfer-Encoding: chunked"],
            ["-T", path, "-H", "Expect: 100-continue"],
        ] {
            let outcome = try await curl(["-sS"] + words + ["\(url)/echo"]).finish()
            #expect(outcome.bytes == bytes, "\(words): \(outcome.err)")
        }
    }

    @Test(
        .needs(.curl),
        arguments: [
            ("/status/404", ["-f"], "22"), ("/bytes/3K", ["-o", "/dev/null", "-w", "%{size_download}"], "3072"),
            ("/stream/3", [], "chunk 1 of 3\nchunk 2 of 3\nchunk 3 of 3\n"), ("/delay/20ms", [], "waited for 20ms\n"),
            ("/status/1000", ["-w", "%{http_code}"], "400"), ("/delay/soon", ["-w", "%{http_code}"], "400"),
            ("/nothing", ["-w", "%{http_code}"], "404"), ("/time", ["-X", "DELETE", "-w", "%{http_code}"], "405"),
            ("/bytes/1M", ["-I", "-w", "%{http_code}"], "200"), ("/", ["-H", "Accept: text/html"], "</html>\n"),
        ])
    func `each path does what the index says`(path: String, options: [String], end: String) async throws {
        let (_, url, _) = try await serve()
        let outcome = try await curl(["-s"] + options + ["\(url)\(path)"]).finish()
        #expect(outcome.out.hasSuffix(end) || "\(outcome.status)" == end, "\(outcome)")
    }

    @Test(.needs(.nc)) func `requests that nc sends in one piece are answered in order`() async throws {
        let (_, _, port) = try await serve()
        let requests = "GET /bytes/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /bytes/2 HTTP/1.1\r\nHost: a\r\n\r\n"
        let outcome = try await Netcat(.nc).dial(port, sending: requests + requests).finish()
        let bodies = outcome.out.split(separator: "\r\n\r\n", omittingEmptySubsequences: false).map {
            $0.prefix { $0 == "." }.count
        }
        #expect(bodies == [0, 1, 2, 1, 2])
    }

    @Test(.needs(.python3)) func `python's client keeps its connection`() async throws {
        let (server, _, port) = try await serve("-v")
        let script = """
            import http.client
            c = http.client.HTTPConnection("127.0.0.1", int(arguments[0]))
            for path in ("/time", "/headers", "/stream/2"):
                c.request("GET", path); r = c.getresponse(); say(r.status, len(r.read()) > 0)
            c.request("POST", "/echo", body=b"abc"); say(c.getresponse().read())
            """
        try await python(script, port).finish().expect(lines: ["200 True", "200 True", "200 True", "b'abc'"])
        let outcome = try await server.finish(after: SIGTERM)
        #expect(outcome.err.ranges(of: "accepted").count == 1 && outcome.err.contains("request 4"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `slow and idle clients hold nobody up`() async throws {
        let (server, _, port) = try await serve("--header-timeout", "1m")
        let script = """
            import http.client
            held = [dial(arguments[0]) for _ in range(300)]
            for c in held[100:]: c.sendall(b"GET / HTTP/1.1\\r\\nHost:")
            c = http.client.HTTPConnection("127.0.0.1", int(arguments[0]), timeout=10)
            c.request("GET", "/time"); say(c.getresponse().status)
            for c in held[100:]: c.sendall(b" a\\r\\n\\r\\n")
            say(all(c.recv(15) == b"HTTP/1.1 200 OK" for c in held[100:]))
            """
        try await python(script, port).finish().expect(lines: ["200", "True"])
        #expect(names(in: "/proc/\(server.pid)/task").count == 1)
    }

    @Test(.needs(.curl)) func `told to finish it answers what is running, says so and ends with 0`() async throws {
        let (server, url, _) = try await serve("-v")
        let client = try curl(["-sS", "-i", "\(url)/delay/500ms"])
        try server.hold(for: "first byte") { $0.errText.contains("first byte") ? () : nil }
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        #expect(outcome.err.contains("server closed: terminated"))
        let answer = try await client.finish().out
        #expect(answer.contains("Connection: close\r\n") && answer.hasSuffix("waited for 500ms\n"))
    }

    @Test(.needs(.python3)) func `what is not done within --grace is cut off, and a second signal ends it at once`()
        async throws
    {
        for (grace, signals) in [("50ms", 1), ("1h", 2)] {
            let (server, _, port) = try await serve("--json", "--grace", grace)
            let client = try python(
                "c = dial(arguments[0]); c.sendall(b'GET /delay/1h HTTP/1.0\\r\\n\\r\\n'); say('sent'); hold()", port)
            try await client.waitForLine(on: .out)
            try await server.waitForEvent("first-byte")
            if signals == 2 {
                server.signal(SIGINT)
                try await server.waitForEvent("stopping")
            }
            let outcome = try await server.finish(after: SIGINT)
            outcome.expect(status: signals == 1 ? 0 : 130)
        }
    }

    @Test(.needs(.curl)) func `the access log has Apache's lines, and one for what was no request`() async throws {
        let (server, url, port) = try await serve("--log", "combined")
        _ = try await curl(["-s", "-A", "a\"b", "-e", "http://x/", "\(url)/bytes/5"]).finish()
        _ = try await python("c = dial(arguments[0]); c.sendall(b'nonsense\\r\\n\\r\\n'); drain(c)", port).finish()
        let outcome = try await server.finish(after: SIGTERM)
        let lines = outcome.err.split(separator: "\n")
        let line =
            /127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET \/bytes\/5 HTTP\/1.1" 200 5 "http:\/\/x\/" "a\\"b"/
        #expect(lines.contains { $0.wholeMatch(of: line) != nil }, "\(outcome)")
        #expect(lines.contains { $0.contains("] \"-\" 400 ") }, "\(outcome)")
    }

    @Test(.needs(.curl)) func `the JSON log and --json tell each answer`() async throws {
        for options in [["--log", "json"], ["--json"]] {
            let (server, url, _) = try await serve(options[0], options.count > 1 ? options[1] : "-n")
            _ = try await curl(["-s", "-d", "abc", "\(url)/echo"]).finish()
            let answered = try await server.waitForEvent("answered")
            #expect(answered["method"]?.string == "POST" && answered["target"]?.string == "/echo")
            #expect(answered["status"]?.number == 200 && answered["bytes_received"]?.number == 3)
        }
    }

    @Test(.needs(.curl)) func `--trace shows both heads as they went over the wire`() async throws {
        let (server, url, _) = try await serve("--trace")
        _ = try await curl(["-s", "-H", "X-A: 1", "\(url)/status/204"]).finish()
        let outcome = try await server.finish(after: SIGTERM)
        #expect(
            outcome.err.contains("< GET /status/204 HTTP/1.1\n") && outcome.err.contains("< X-A: 1\n"), "\(outcome)")
        #expect(outcome.err.contains("> HTTP/1.1 204 No Content\n"), "\(outcome)")
    }

    @Test(
        .needs(.python3),
        arguments: [
            (["--max-head", "256"], "'GET / HTTP/1.1\\r\\nHost: a\\r\\nX: ' + 'x' * 300 + '\\r\\n\\r\\n'", "431"),
            (["--max-headers", "2"], "'GET / HTTP/1.1\\r\\nHost: a\\r\\nA: 1\\r\\nB: 1\\r\\n\\r\\n'", "431"),
            (["--max-body", "2"], "'POST /echo HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\nabc'", "413"),
            (["--header-timeout", "50ms"], "'GET / HTTP/1.1\\r\\nHost'", "408"),
            (
                ["--body-timeout", "50ms"], "'POST /echo HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\n'",
                "408"
            ),
            (["--idle-timeout", "50ms"], "''", "end"),
        ])
    func `each limit has its answer`(options: [String], request: String, status: String) async throws {
        let (_, _, port) = try await serve(options[0], options[1])
        let script = "c = dial(arguments[0]); c.sendall((\(request)).encode()); say(drain(c)[9:12].decode() or 'end')"
        try await python(script, port).finish().expect(lines: [status])
    }

    @Test(.needs(.python3)) func `a client that reads nothing is let go after --write-timeout`() async throws {
        let (server, _, port) = try await serve("--json", "--write-timeout", "100ms")
        let script = "c = dial(arguments[0]); c.sendall(b'GET /bytes/1G HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'); hold()"
        _ = try python(script, port)
        let closed = try await server.waitForEvent("closed")
        #expect(closed["by"]?.string == "timeout")
        #expect(try await server.waitForEvent("answered")["is_cut_off"] == .bool(true))
    }

    @Test(.needs(.python3)) func `a client that is gone is not kept until its answer would be due`() async throws {
        let (server, _, port) = try await serve("--json")
        let script = """
            c = dial(arguments[0]); c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            c.sendall(b'GET /delay/1h HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'); hold()
            """
        let client = try python(script, port)
        try await server.waitForEvent("first-byte")
        // Its end resets the connection.
        client.signal(SIGKILL)
        #expect(try await server.waitForEvent("closed")["by"]?.string == "reset")
        #expect(try await server.waitForEvent("answered")["is_cut_off"] == .bool(true))
    }

    @Test func `the default is port 80, which not everybody may have`() async throws {
        let outcome = try await sockctl("http-serve", "--max-time", "100ms").finish()
        let text = outcome.err
        #expect(text.contains(":80") || text.contains("max-time"), "\(outcome)")
        #expect([73, 75, 77].contains(outcome.status), "\(outcome)")
        if outcome.status == 77 { #expect(text.contains("hint: ports below 1024")) }
    }

    @Test(arguments: ["header-timeout", "body-timeout", "write-timeout", "idle-timeout"])
    func `a limit of no time at all is refused, and none is no limit`(name: String) async throws {
        let refused = try await sockctl("http-serve", "--\(name)", "0", "127.0.0.1:0").finish()
        refused.expect(status: 64)
        #expect(refused.err.contains("'0' would end everything at once") && refused.err.contains("or none"))
        let (_, _, port) = try await serve("--\(name)", "none")
        try await sockctl("http-get", "--first-line", "127.0.0.1:\(port)/time").finish().expect(
            out: "HTTP/1.1 200 OK\n")
    }

    @Test(.needs(.python3)) func `of a file that a client did not read, only what went is told`() async throws {
        let folder = try scratch("root")
        let made = unsafe mkdir(folder, 0o755)
        try #require(made == 0)
        try writeFile(folder + "/big", [UInt8](repeating: 120, count: 64 << 20))
        let (server, _, port) = try await serve("--json", "-v", "--write-timeout", "100ms", "--root", folder)
        let script = "c = dial(arguments[0]); c.sendall(b'GET /big HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'); hold()"
        _ = try python(script, port)
        let sent = try #require(try await server.waitForEvent("closed")["bytes_sent"]?.integer)
        let answered = try await server.waitForEvent("answered")
        let told = try #require(answered["bytes_sent"]?.integer)
        #expect(answered["is_cut_off"] == .bool(true) && told > 0 && told <= sent && sent < 64 << 20)
    }

    @Test func `networks of messages are refused`() async throws {
        for words in [["--network", "udp", "3000"], ["unixpacket:/tmp/x"]] {
            let outcome = try await sockctl(["http-serve"] + words).finish()
            outcome.expect(status: 64)
            #expect(outcome.err.contains("HTTP is spoken on streams"))
        }
    }
}
