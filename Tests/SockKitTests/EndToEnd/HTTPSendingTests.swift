import Glibc
import Testing

/// What `http-get` sends, to whom, and what stands before what it cannot read.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HTTPSendingTests {
    @Test func `a file goes into the folder that was named, and to nobody else`() async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        let (port, file) = (try await peer.port(), try scratch("report"))
        try writeFile(file, Array("content".utf8))
        for folder in ["me:pw@127.0.0.1:\(port)//files/", "me:pw@127.0.0.1:\(port)/a/"] {
            try await sockctl("http-get", "-T", file, "http://\(folder)").finish().expect(status: 0)
        }
        let requests = try await peer.requests(2).map(\.text)
        #expect(requests.map { $0.prefix { $0 != "H" } } == ["PUT //files/report ", "PUT /a/report "])
        #expect(requests.allSatisfy { $0.contains("Authorization: Basic bWU6cHc=") }, "\(requests)")
    }

    @Test func `a file that does not tell its size is sent all the same`() async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        try await sockctl("http-get", "-T", "/proc/self/cmdline", "127.0.0.1:\(try await peer.port())/x").finish()
            .expect(status: 0)
        let request = try #require(try await peer.requests(1).first?.text)
        #expect(request.contains("Transfer-Encoding: chunked") && request.contains("http-get"), "\(request)")
    }

    @Test(arguments: ["-T", "-d"])
    func `a pipe that nobody writes to is waited for as long as --max-time allows`(option: String) async throws {
        let pipe = try scratch("pipe")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let outcome = try await sockctl(
            "http-get", "--max-time", "300ms", option, option == "-d" ? "@\(pipe)" : pipe, "127.0.0.1:9"
        ).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(300) && outcome.elapsed < patience, "\(outcome)")
    }

    @Test func `standard input goes to one URL`() async throws {
        let outcome = try await sockctl("http-get", "-T", "-", "127.0.0.1:9/a", "127.0.0.1:9/b").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("there only once"), "\(outcome)")
    }

    @Test func `a redirect leads where its bytes say, and a name of the caller's own stays`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"", "X: y", status="302 Found").replace(b"X: y", b"Location: /caf\xe9?to=https://x/")"#,
            #"answer(b"here")"#)
        let outcome = try await sockctl(
            "http-get", "-L", "-H", "Host: www.example.com", "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(out: "here")
        let second = try await peer.requests(2)[1].text
        #expect(second.hasPrefix("GET /caf%E9?to=https://x/ ") && second.contains("Host: www.example.com"), "\(second)")
    }

    @Test func `what stands before a fault is printed, however it came`() async throws {
        let peer = try WebPeer.start(
            #"b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nXYZ\r\n""#)
        let outcome = try await sockctl("http-get", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 65)
        outcome.expect(out: "hello")
    }

    @Test func `a page that nobody wants is not waited for`() async throws {
        let peer = try python(
            """
            c = take(serve()); c.recv(1 << 16)
            c.sendall(b"HTTP/1.1 404 Not Found\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n"); hold()
            """)
        let place = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("http-get", "-f", "--timeout", "60s", place).finish()
        outcome.expect(status: 1)
        #expect(outcome.elapsed < patience, "\(outcome)")
    }
}
