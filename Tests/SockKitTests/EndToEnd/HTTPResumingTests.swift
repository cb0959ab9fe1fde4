import Glibc
import Testing

/// What `http-get` may put behind what a file has, and what it must not: a file is whole, or it is said what is missing.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HTTPResumingTests {
    private static func text(_ path: String) throws -> String {
        String(decoding: try contents(of: path), as: UTF8.self)
    }

    @Test(arguments: [
        // With the head in the file, its length is not that of the body.
        (["-i"], #"answer(b"0123", 'ETag: "v1"', length=10) + CLOSE"#),
        // The page about a failure is no beginning of what was asked for.
        ([], #"answer(b"oops", 'ETag: "v1"', status="404 Not Found", length=10) + CLOSE"#),
        // What was asked for was a part.
        (["-H", "Range: bytes=5-"], #"answer(b"0123", 'ETag: "v1"', length=10) + CLOSE"#),
    ]) func `--retry goes on with nothing but the beginning of what was asked for`(
        options: [String], first: String
    ) async throws {
        let peer = try WebPeer.start(
            first, #"answer(b"456789", "Content-Range: bytes 4-9/10", status="206 Partial Content")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        let outcome = try await sockctl(
            ["http-get", "--retry", "2", "-o", file] + options + ["127.0.0.1:\(port)"]
        ).finish()
        outcome.expect(status: 74)
        #expect(try await peer.requests(1).count == 1, "\(outcome)")
    }

    @Test func `what the server has no name for is asked for as a whole`() async throws {
        let peer = try WebPeer.start(#"answer(b"0123", length=10) + CLOSE"#, #"answer(b"another!")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try await sockctl("http-get", "--retry", "1", "-o", file, "127.0.0.1:\(port)").finish().expect(status: 0)
        #expect(try Self.text(file) == "another!")
        #expect(try await peer.requests(2).allSatisfy { !$0.text.contains("Range:") })
    }

    @Test func `a part of another version is not put behind`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"0123", 'ETag: "v1"', length=10) + CLOSE"#,
            #"answer(b"456789", 'ETag: "v2"', "Content-Range: bytes 4-9/10", status="206 Partial Content")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        let outcome = try await sockctl("http-get", "--retry", "1", "-o", file, "127.0.0.1:\(port)").finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains(#"a part of version "v1", and this is one of "v2""#), "\(outcome)")
        #expect(try Self.text(file) == "0123")
    }

    @Test func `a part that is less than what was asked for is not all of it`() async throws {
        let part = #"answer(b"23", 'ETag: "v1"', "Content-Range: bytes 2-3/10", status="206 Partial Content")"#
        let rest = #"answer(b"456789", "Content-Range: bytes 4-9/10", status="206 Partial Content")"#
        let peer = try WebPeer.start(part, rest)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("01".utf8))
        let short = try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish()
        short.expect(status: 74)
        #expect(short.err.contains("4 bytes have come of 10"), "\(short)")
        #expect(try Self.text(file) == "0123")
        try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish().expect(status: 0)
        #expect(try Self.text(file) == "0123456789")
    }

    @Test func `an answer that has nothing of it leaves the part alone`() async throws {
        let peer = try WebPeer.start(#"b"HTTP/1.1 204 No Content\r\n\r\n""#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("01".utf8))
        try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish().expect(status: 1)
        #expect(try Self.text(file) == "01")
    }

    @Test func `a new file keeps what came, though nothing more can be had`() async throws {
        let peer = try python(
            """
            s = serve(); c = take(s); s.close()
            c.recv(1 << 16)
            c.sendall(b'HTTP/1.1 200 OK\\r\\nETag: "v1"\\r\\nContent-Length: 10\\r\\n\\r\\n0123'); c.close()
            hold()
            """)
        let (port, file) = (try await peer.port(), try scratch("file"))
        let outcome = try await sockctl("http-get", "--retry", "1", "-o", file, "127.0.0.1:\(port)").finish()
        outcome.expect(status: 69)
        #expect(try Self.text(file) == "0123")
        #expect(outcome.err.contains("4 of 10 bytes of it are in \(file)"), "\(outcome)")
    }

    @Test func `under load a file is not emptied before there is something for it`() async throws {
        let file = try scratch("precious")
        try writeFile(file, Array("precious".utf8))
        let outcome = try await sockctl("http-get", "--repeat", "2", "-o", file, "127.0.0.1:\(unboundPort())").finish()
        #expect(try Self.text(file) == "precious", "\(outcome)")
    }

    @Test func `a server that goes on in another protocol is none that has answered`() async throws {
        let peer = try WebPeer.start(#"b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n""#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("precious".utf8))
        let outcome = try await sockctl("http-get", "-o", file, "127.0.0.1:\(port)").finish()
        outcome.expect(status: 65)
        #expect(try Self.text(file) == "precious")
    }

    @Test(arguments: ["Range: bytes=3-", "if-range: \"x\""])
    func `where to go on is said once`(field: String) async throws {
        let outcome = try await sockctl("http-get", "-C", "-o", "x", "-H", field, "127.0.0.1:9").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("says by itself where to go on"), "\(outcome)")
    }
}
