import Glibc
import Testing

@testable import SockKit

/// The client against servers of other people.
@Suite(.endToEnd) struct ClientPeersTests {
    @Test(.needs(.python3))
    func `python's server gives its files, and a client that keeps connections finds that it does not`() async throws {
        try writeFile(scratch("page"), Array(repeating: 97, count: 200_000))
        let peer = try python(
            """
            import functools, http.server
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=arguments[0])
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            say(server.server_address[1])
            server.serve_forever()
            """, try scratch("."))
        let port = try await peer.port()
        try await onLoop {
            let transport = Transport()
            for _ in 0..<2 {
                let request = HTTPRequest(.get, try HTTPURL("http://127.0.0.1:\(port)/page"), deadline: .now + patience)
                let response = try await transport.roundTrip(request)
                #expect(response.head.version == .http10 && response.length == 200_000)
                #expect(try await response.drain() == 200_000)
                #expect(response.fate == .closed(.saidClose))
            }
            let missing = HTTPRequest(.head, try HTTPURL("http://127.0.0.1:\(port)/no"), deadline: .now + patience)
            #expect(try await transport.roundTrip(missing).status == 404)
        }
    }

    @Test(.needs(.nginx))
    func `nginx gives files, ranges and refusals over one connection, and takes nothing twice`() async throws {
        let folder = try scratch("nginx")
        let socket = folder + "/socket"
        #expect(mkdir(folder, 0o755) == 0)
        try writeFile(folder + "/page", Array(repeating: 97, count: 200_000))
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }
        let text = """
            daemon off; master_process off; worker_processes 1; pid \(folder)/pid; error_log stderr;
            events { worker_connections 64; }
            http { access_log off; \(paths.joined(separator: " "))
                server { listen unix:\(socket); root \(folder); keepalive_requests 100; location /say { return 200 said; } } }
            """
        try writeFile(folder + "/conf", Array(text.utf8))
        _ = try start(#require(Tool.nginx.path), ["-e", "stderr", "-c", folder + "/conf"])
        try await onLoop {
            var retries = RetryRules(count: 500)
            retries.longestPause = .milliseconds(10)
            let transport = Transport(rules: .with { $0.unixSocket = .path(ByteString(socket)) })
            let client = HTTPClient(transport: transport, retries: retries)
            func request(_ method: HTTPMethod, _ path: String, _ fields: Fields = [:]) throws -> HTTPRequest {
                HTTPRequest(method, try HTTPURL("http://x/\(path)"), fields: fields, deadline: .now + patience)
            }
            #expect(try await client.send(request(.get, "say")).text() == "said")
            let page = try await client.send(request(.get, "page"))
            #expect(page.isReused && page.length == 200_000)
            #expect(try await page.drain() == 200_000)
            let part = try await client.send(request(.get, "page", ["Range": "bytes=5-14"]))
            #expect(part.status == 206)
            #expect(try await part.text() == "aaaaaaaaaa")
            let head = try await client.send(request(.head, "page"))
            #expect(head.head.fields["content-length"] == "200000" && head.fate == .kept)
            let missing = try await client.send(request(.get, "missing"))
            #expect(missing.status == 404)
            try await missing.drain()
            // nginx ends each connection after a hundred requests.
            for _ in 0..<500 { #expect(try await client.send(request(.get, "say")).text() == "said") }
            #expect((5...8).contains(transport.dialled))
        }
    }
}
