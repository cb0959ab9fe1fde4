import SockKit
import Testing

/// `http-get`: what it prints, and with which status it ends.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HTTPGetTests {
    @Test func `the body goes to standard output as it is, and nothing else does`() async throws {
        let peer = try WebPeer.start(#"answer(bytes(range(256)) * 3, "X-A: b")"#)
        let outcome = try await sockctl("http-get", "http://127.0.0.1:\(try await peer.port())/a?b#c").finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes == (0..<3).flatMap { _ in (0...255).map(UInt8.init) })
        #expect(outcome.err == "")
        let request = try await peer.requests(1).first?.text
        #expect(request?.hasPrefix(#"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:"#) == true)
        #expect(request?.contains(#"\r\nUser-Agent: sockctl/"#) == true)
    }

    @Test func `with -i the head stands before it, with -I alone, and with --first-line only its first line`()
        async throws
    {
        let peer = try WebPeer.start(#"answer(b"hello", "X-A:  b ")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let head = "HTTP/1.1 200 OK\r\nX-A:  b \r\nContent-Length: 5\r\n\r\n"
        try await sockctl("http-get", "-i", place).finish().expect(out: head + "hello")
        try await sockctl("http-get", "--first-line", place).finish().expect(out: "HTTP/1.1 200 OK\n")
        // The peer sends a body that an answer to HEAD does not have; nobody takes it for one.
        try await sockctl("http-get", "-I", place).finish().expect(out: head)
        #expect(try await peer.requests(3).last?.text.hasPrefix("HEAD / ") == true)
    }

    @Test func `chunks are taken off, and a body may end with its connection`() async throws {
        let peer = try WebPeer.start(
            #"b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n""#,
            #"b"HTTP/1.0 200 OK\r\n\r\nto the end" + CLOSE"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("http-get", place, place).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "abcdeto the end")
    }

    @Test func `by hand the same comes as with -i`() async throws {
        let peer = try WebPeer.start(#"b"HTTP/1.0 200 OK\r\nServer: p\r\n\r\nnow\n" + CLOSE"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let byHand = try await sockctl("dial", place, input: .text("GET /time HTTP/1.0\r\n\r\n")).finish()
        let got = try await sockctl("http-get", "-i", "http://\(place)/time").finish()
        byHand.expect(out: "HTTP/1.0 200 OK\r\nServer: p\r\n\r\nnow\n")
        #expect(got.out == byHand.out && got.status == byHand.status)
    }

    @Test func `several URLs share a connection, and -v says so`() async throws {
        let peer = try WebPeer.start(#"answer(b"a")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("http-get", "-v", "\(place)/1", "\(place)/2", "\(place)/3").finish()
        outcome.expect(out: "aaa")
        #expect(try await peer.requests(3).map(\.connection) == [1, 1, 1])
        #expect(outcome.err.matches(of: /200 OK, 1 byte, in .* on new connection 1, which is kept: connect/).count == 1)
        #expect(
            outcome.err.matches(of: /200 OK, 1 byte, in .* on reused connection 1, idle for .*, which is kept/).count
                == 2)
        #expect(
            outcome.err.contains("> GET /2 HTTP/1.1\n> Host: 127.0.0.1") && outcome.err.contains("< HTTP/1.1 200 OK\n"))
    }

    @Test func `without keep-alives each has a connection of its own`() async throws {
        let peer = try WebPeer.start(#"answer(b"a")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        try await sockctl("http-get", "--disable-keepalives", place, place, place).finish().expect(out: "aaa")
        let requests = try await peer.requests(3)
        #expect(requests.map(\.connection) == [1, 2, 3])
        #expect(requests.allSatisfy { $0.text.contains(#"\r\nConnection: close\r\n"#) })
    }

    @Test func `JSON tells each exchange with its times`() async throws {
        let peer = try WebPeer.start(#"answer(b"abc", status="404 Not Found")"#)
        let url = "http://127.0.0.1:\(try await peer.port())/x"
        let events = try await sockctl("http-get", "--json", url, url).finish().events()
        let exchanges = events.filter { $0.name == "exchange" }
        #expect(exchanges.map { $0["status"]?.integer } == [404, 404])
        #expect(exchanges.map { $0["reused"]?.bool } == [false, true])
        #expect(
            exchanges.allSatisfy {
                $0["url"]?.string == url && $0["method"]?.string == "GET" && $0["bytes"]?.integer == 3
            })
        let whole = try #require(exchanges[0]["seconds"]?.number)
        let phases = ["connect", "send", "first_byte", "body"].map { exchanges[0]["\($0)_seconds"]?.number ?? -1 }
        #expect(phases.allSatisfy { $0 >= 0 } && phases.reduce(0, +) <= whole + 1e-6, "\(exchanges[0])")
        #expect(exchanges[1]["idle_seconds"]?.number ?? -1 >= 0 && exchanges[1]["connect_seconds"] == nil)
        #expect(events.filter { $0.name == "request" }.count == 2 && events.filter { $0.name == "response" }.count == 2)
    }

    // MARK: - Requests

    @Test func `fields, methods and bodies are sent as they are given`() async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let file = try scratch("body")
        try writeFile(file, Array("from a file\n".utf8))
        for arguments in [
            ["-X", "DELETE", "-H", "X-One: 1", "-H", "X-Two: 2", "-H", "Accept:", "-H", "X-None;", place],
            ["-d", "a=1", "-d", "b=\\n", place], ["--json-body", #"{"a":"\n"}"#, place], ["-d", "@\(file)", place],
            ["-T", file, "\(place)/up/"], ["-u", "aladdin:open sesame", place],
        ] { try await sockctl(["http-get"] + arguments).finish().expect(status: 0) }
        let piped = try await sockctl("http-get", "-T", "-", "\(place)/up", input: .text("from a pipe")).finish()
        piped.expect(status: 0)
        let texts = try await peer.requests(7).map(\.text)
        #expect(texts.count == 7)
        #expect(texts[0].hasPrefix("DELETE / ") && !texts[0].contains("Accept"))
        #expect(texts[0].contains(#"\r\nX-One: 1\r\nX-Two: 2\r\nX-None:"#))
        #expect(texts[1].hasPrefix("POST / ") && texts[1].hasSuffix(#"\r\n\r\na=1&b=\\n"#))
        #expect(texts[1].contains(#"\r\nContent-Type: application/x-www-form-urlencoded\r\n"#))
        #expect(texts[2].hasSuffix(#"\r\n\r\n{"a":"\\n"}"#) && texts[2].contains("Content-Type: application/json"))
        #expect(texts[3].hasSuffix(#"\r\n\r\nfrom a file\n"#))
        #expect(texts[4].hasPrefix("PUT /up/body ") && texts[4].hasSuffix(#"\r\n\r\nfrom a file\n"#))
        #expect(texts[5].contains("Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ=="))
        #expect(
            texts[6].contains("Transfer-Encoding: chunked") && texts[6].hasSuffix(#"b\r\nfrom a pipe\r\n0\r\n\r\n"#))
    }

    @Test func `a redirect is followed only if that is asked for, and a password stays with its host`() async throws {
        let other = try WebPeer.start(#"answer(b"there")"#)
        let port = try await other.port()
        let peer = try WebPeer.start(#"answer(b"here", "Location: http://localhost:\#(port)/x", status="302 Found")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        try await sockctl("http-get", place).finish().expect(out: "here")
        let outcome = try await sockctl(
            "http-get", "-vL", "-u", "a:b", "-d", "x", "--resolve", "localhost=127.0.0.1", place
        ).finish()
        outcome.expect(out: "there")
        #expect(outcome.err.contains("302 leads to http://localhost:\(port)/x: GET there"))
        #expect(try await peer.requests(2).last?.text.contains("Authorization") == true)
        let second = try await other.requests(1).first?.text
        #expect(second?.hasPrefix("GET /x ") == true && second?.contains("Authorization") == false)
    }

    @Test(arguments: [
        (#"answer(b"here", status="302 Found")"#, "302 is not followed: it has no Location\n", 0),
        (#"answer(b"", "Location: file:///etc/passwd", status="302 Found")"#, "the scheme file is not spoken here", 65),
        (#"answer(b"", "Location: /", status="302 Found")"#, "stopped after 2 redirects; the next leads to", 65),
    ])
    func `a redirect that cannot be followed is told`(answer: String, told: String, status: Int32) async throws {
        let peer = try WebPeer.start(answer)
        let place = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("http-get", "-L", "--max-redirects", "2", place).finish()
        outcome.expect(status: status)
        #expect(outcome.err.contains(told), "\(outcome)")
        try await sockctl("http-get", place).finish().expect(status: 0)
    }

    @Test func `redirects have a limit`() async throws {
        let peer = try WebPeer.start(#"answer(b"", "Location: /", status="301 Moved")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("http-get", "-L", "--max-redirects", "3", place).finish()
        outcome.expect(status: 65)
        #expect(try await peer.requests(4).count == 4)
    }

    // MARK: - Statuses

    @Test func `--fail makes a failure of a bad status, without or with its body`() async throws {
        let peer = try WebPeer.start(#"answer(b"no such thing", status="404 Not Found")"#)
        let url = "http://127.0.0.1:\(try await peer.port())/x"
        try await sockctl("http-get", url).finish().expect(status: 0)
        let plain = try await sockctl("http-get", "-f", url).finish()
        plain.expect(status: 1)
        plain.expect(out: "")
        #expect(plain.err == "sockctl: GET \(url): 404 Not Found\n")
        let withBody = try await sockctl("http-get", "--fail-with-body", url).finish()
        withBody.expect(status: 1)
        withBody.expect(out: "no such thing")
    }

    @Test(arguments: [
        (#"answer(b"half", length=9) + CLOSE"#, 74), (#"b"HTTP/1.1 200 OK\r\nContent-Length: 1\n\r\n" + CLOSE"#, 65),
        (#"b"nonsense\r\n\r\n" + CLOSE"#, 65), ("None", 74), ("RESET", 74),
        (#"b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab" + CLOSE"#, 74),
        (#"b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab" + CLOSE"#, 65),
    ])
    func `an answer that is cut off is 74, one that breaks the grammar 65`(answer: String, status: Int32) async throws {
        let peer = try WebPeer.start(answer)
        let outcome = try await sockctl("http-get", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: status)
        #expect(outcome.err.hasPrefix("sockctl: read tcp 127.0.0.1:"), "\(outcome)")
    }

    @Test func `a refused dial is 69 and an unknown name 68`() async throws {
        let refusing = try await sockctl("http-get", "http://127.0.0.1:\(unboundPort())/").finish()
        refusing.expect(status: 69)
        #expect(refusing.err.contains("connection refused\nhint: ") && refusing.err.contains("sockctl http-serve "))
        let nameless = try await sockctl("http-get", "http://no-such-name.invalid/").finish(within: patience * 3)
        nameless.expect(status: 68)
    }

    @Test func `each limit of time ends with 75`() async throws {
        // The kernel takes the connections, and nobody answers.
        let silent = try python("s = serve(); hold()")
        let place = "127.0.0.1:\(try await silent.port())"
        for limit in ["--response-header-timeout", "--timeout", "--max-time"] {
            let outcome = try await sockctl("http-get", limit, "200ms", place).finish()
            outcome.expect(status: 75)
            #expect(outcome.elapsed >= .milliseconds(200), "\(outcome)")
        }
        let slow = try WebPeer.start(#"answer(b"half", length=9)"#)
        let half = try await sockctl("http-get", "--timeout", "300ms", "127.0.0.1:\(try await slow.port())").finish()
        half.expect(status: 75)
        half.expect(out: "half")
    }

    @Test(arguments: [
        (["ftp://x/"], "ftp"), (["http://"], "host"), (["http://x:99999/"], "port"),
        (["-H", "no colon", "x"], "'no...'"), (["-H", "bad name: x", "x"], "'bad...' cannot be sent: the byte 0x20"),
        (["-H", "Content-Length: 3", "x"], "how long the body is"), (["-X", "GE T", "x"], "'GE T'"),
        (["-u", "nobody", "x"], "USER:PASS"), (["-I", "-d", "x", "x"], "--head"),
        (["-d", "a", "-T", "b", "x"], "one body"),
        (["--max-redirects", "3", "x"], "--location"), (["-C", "x"], "--output"),
        (["-C", "-", "-o", "f"], "URL is missing"), (["-", "x"], "'-' is no URL"), (["99999"], "port"),
        (["-H", "X: a\r\nY: b", "x"], "a field is one line"),
        (["--rate", "3", "x"], "--repeat"), (["--parallel", "3", "x"], "--repeat"),
        (["--repeat", "2", "-i", "x"], "--include"),
        (["--repeat", "2", "--rate", "0", "x"], "'0'"), (["-O", "-o", "f", "x"], "both name the file"),
        (["--unix-socket", "s", "-4", "x"], "'--unix-socket'"), (["-s", "x"], "--quiet"),
        (["-O", "http://127.0.0.1:9/"], "--output"),
        (["--idle-conn-timeout", "1s", "--disable-keepalives", "x"], "keeps none"),
        (["--duration", "0", "x"], "'--duration 0'"),
    ])
    func `a wrong command line is 64 and what was wrong is named`(arguments: [String], named: String) async throws {
        let outcome = try await sockctl(["http-get"] + arguments).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(named), "\(outcome)")
    }

    @Test func `a file that cannot be sent is 66, one that cannot be written 73`() async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        for option in [["-T", "/nowhere/x"], ["-d", "@/nowhere/x"]] {
            let outcome = try await sockctl(["http-get"] + option + [place]).finish()
            outcome.expect(status: 66)
            #expect(outcome.err.contains("/nowhere/x"), "\(outcome)")
        }
        let unwritten = try await sockctl("http-get", "-o", "/nowhere/x", place).finish()
        unwritten.expect(status: 73)
        #expect(unwritten.err.hasSuffix("hint: make the folder first: mkdir -p /nowhere\n"), "\(unwritten)")
        #expect(try await peer.requests(0).isEmpty)
    }

    @Test func `a reader that goes ends it quietly`() async throws {
        let peer = try WebPeer.start(#"answer(b"x" * 10_000_000)"#)
        let process = try sockctl("http-get", "127.0.0.1:\(try await peer.port())", output: .closedPipe)
        let outcome = try await process.finish()
        outcome.expect(status: 0)
        #expect(outcome.err == "")
    }

    @Test func `a Unix socket serves as well`() async throws {
        let path = try scratch("web")
        let peer = try python(
            """
            s = socket.socket(socket.AF_UNIX)
            s.bind(arguments[0])
            s.listen()
            say(0)
            c, _ = s.accept()
            say(c.recv(1 << 16))
            c.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
            drain(c)
            """, path)
        _ = try await peer.port()
        let outcome = try await sockctl("http-get", "-v", "--unix-socket", path, "http://any.example/x").finish()
        outcome.expect(out: "ok")
        try await peer.waitForOutput(#"Host: any.example\r\n"#)
    }

    @Test func `a pause before another try counts for neither exchange`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"", "Retry-After: 1", status="503 Busy")"#, #"answer(b"ok")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let events = try await sockctl("http-get", "--json", "--retry", "1", place).finish().events()
        let exchanges = events.filter { $0.name == "exchange" }
        #expect(exchanges.map { $0["status"]?.integer } == [503, 200])
        #expect(try #require(exchanges.last?["seconds"]?.number) < 1)
    }
}
