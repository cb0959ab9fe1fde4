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
}
