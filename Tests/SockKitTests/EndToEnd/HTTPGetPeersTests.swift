import SockKit
import Testing

/// `http-get` against servers that others wrote.
@Suite(.endToEnd, .needsSockctl) struct HTTPGetPeersTests {
    private static let content = Array((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) })

    /// A directory with a file, and the file's name.
    private func root() throws -> String {
        let root = try scratch("")
        try writeFile(root + "big file", Self.content)
        return root
    }

    @Test(.needs(.python3)) func `python's http.server serves files, and has no ranges to go on with`() async throws {
        let root = try root()
        let peer = try python(
            """
            import functools, http.server
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=arguments[0])
            handler.log_message = lambda *_: None
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            say(server.server_address[1])
            server.serve_forever()
            """, root)
        let url = "http://127.0.0.1:\(try await peer.port())/big%20file"
        let whole = try await sockctl("http-get", "-v", url, url).finish()
        whole.expect(status: 0)
        #expect(whole.bytes == Self.content + Self.content)
        // It speaks HTTP/1.0: each request has a connection of its own.
        #expect(whole.err.contains("on new connection 2, which is closed: one side said close"), "\(whole)")
        let part = try scratch("part")
        try writeFile(part, Array(Self.content.prefix(1000)))
        try await sockctl("http-get", "-C", "-o", part, url).finish().expect(status: 0)
        #expect(try contents(of: part) == Self.content)
        try await sockctl("http-get", "-f", "http://127.0.0.1:\(try await peer.port())/none").finish().expect(status: 1)
    }

    @Test(.needs(.nginx)) func `nginx keeps connections, goes on with a part, and says when it is whole`() async throws
    {
        let (place, root) = try await startNginx()
        let url = "http://\(place)/big%20file"
        let outcome = try await sockctl("http-get", "-v", url, url).finish()
        #expect(outcome.bytes == Self.content + Self.content)
        #expect(outcome.err.contains("on reused connection 1"), "\(outcome)")
        let part = "\(root)part"
        try writeFile(part, Array(Self.content.prefix(1000)))
        let resumed = try await sockctl("http-get", "-vC", "-o", part, url).finish()
        resumed.expect(status: 0)
        #expect(resumed.err.contains("has 1000 bytes, and the rest follows"), "\(resumed)")
        #expect(try contents(of: part) == Self.content)
        let again = try await sockctl("http-get", "-vC", "-o", part, url).finish()
        again.expect(status: 0)
        #expect(again.err.contains("is whole already"), "\(again)")
        let load = try await sockctl("http-get", "--json", "--repeat", "300", "--parallel", "5", "http://\(place)/none")
            .finish()
        load.expect(status: 0)
        #expect(try load.events().last?["statuses"]?["404"]?.integer == 300)
    }

    @Test func `http-serve and http-get understand each other`() async throws {
        let server = try sockctl("http-serve", "127.0.0.1:0")
        let place = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl("http-get", "\(place)/bytes/3", "\(place)/stream/2", "\(place)/status/204")
            .finish()
        outcome.expect(status: 0)
        #expect(outcome.out.hasSuffix("chunk 1 of 2\nchunk 2 of 2\n"), "\(outcome)")
        let echo = try await sockctl("http-get", "-d", "hello", "\(place)/echo").finish()
        echo.expect(out: "hello")
        let load = try await sockctl("http-get", "--json", "--duration", "200ms", "--parallel", "4", "\(place)/time")
            .finish()
        load.expect(status: 0)
        let summary = try #require(try load.events().last)
        #expect(summary["failed"]?.integer == 0 && summary["answered"]?.integer ?? 0 > 10, "\(summary)")
    }

    private func startNginx() async throws -> (place: String, root: String) {
        let root = try root()
        let socket = try unboundPlace().description
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
                    server { listen \(socket); root \(root); }
                }
                """.utf8))
        let nginx = try start(.nginx, "-e", "stderr", "-c", root + "nginx.conf")
        _ = try await nginx.boundPort()
        return (socket, root)
    }
}
