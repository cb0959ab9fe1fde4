import Glibc
import Testing

/// `http-get` as fingers know it from curl and from the other commands.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HTTPGetUseTests {
    @Test(arguments: ["PORT", ":PORT", "PORT/x", ":PORT/x?y", "PORT?y", "localhost:PORT"])
    func `a port alone is one of this machine`(word: String) async throws {
        let peer = try WebPeer.start(#"answer(b"here")"#)
        let port = try await peer.port()
        let words = ["http-get", "-4", word.replacing("PORT", with: "\(port)")]
        try await sockctl(words).finish().expect(out: "here")
        let request = try #require(try await peer.requests(1).first).text
        let target = word.contains("/x") ? "/x" : "/"
        #expect(request.hasPrefix("GET \(target)") && request.contains(#"\r\nHost: localhost:\#(port)\r\n"#))
    }

    @Test func `empty data is a POST without content`() async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        try await sockctl("http-get", "-d", "", "127.0.0.1:\(peer.port())").finish().expect(status: 0)
        let request = try #require(try await peer.requests(1).first).text
        #expect(request.hasPrefix("POST / ") && request.contains(#"\r\nContent-Length: 0\r\n"#))
    }

    @Test func `-O goes on with a file as well, the way that curl wants it said`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"456789", "Content-Range: bytes 4-9/10", status="206 Partial Content")"#)
        let (port, directory) = (try await peer.port(), try Scene.required().directory)
        try writeFile("\(directory)/part", Array("0123".utf8))
        let program = try #require(Binary.sockctl)
        for option in ["-OC -", "-C - -O", "--continue-at=- -O"] {
            let shell = try start(
                .sh, "-c", "cd '\(directory)' && exec '\(program)' http-get \(option) 127.0.0.1:\(port)/part")
            try await shell.finish().expect(status: 0)
            #expect(String(decoding: try contents(of: "\(directory)/part"), as: UTF8.self) == "0123456789")
            try writeFile("\(directory)/part", Array("0123".utf8))
        }
        #expect(try await peer.requests(3).allSatisfy { $0.text.contains(#"\r\nRange: bytes=4-\r\n"#) })
    }

    @Test(arguments: [(["--max-time", "3s"], 75), ([], 130)] as [([String], Int32)])
    func `an exchange that is broken off tells how much of the body had come`(
        options: [String], status: Int32
    ) async throws {
        let peer = try python(
            """
            c = take(serve()); c.recv(1 << 16)
            c.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 100000\\r\\n\\r\\n" + bytes(50000)); hold()
            """)
        let get = try sockctl(["http-get", "--json"] + options + ["127.0.0.1:\(try await peer.port())"])
        try await get.wait(for: "what there is") { $0.out.count == 50000 ? () : nil }
        let outcome = try await options.isEmpty ? get.finish(after: SIGINT) : get.finish()
        outcome.expect(status: status)
        let exchanges = try outcome.events().filter { $0.name == "exchange" }
        let exchange = try #require(exchanges.first, "\(outcome.err)")
        #expect(
            exchanges.count == 1 && exchange["bytes"]?.integer == 50000 && exchange["status"]?.integer == 200,
            "\(exchange)")
        #expect(exchange["connection_kept"]?.bool == false, "\(exchange)")
    }

    /// The kernel moves what comes in one piece, and what comes in chunks is copied.
    @Test(arguments: [
        "Content-Length: 67108864|c.sendall(bytes(1 << 26))",
        "Transfer-Encoding: chunked|while True: c.sendall(b'10000\\r\\n' + bytes(1 << 16) + b'\\r\\n')",
    ])
    func `what of a body its reader has not taken is told, once, where the time is over`(answer: String) async throws {
        let parts = answer.split(separator: "|")
        let server = try python(
            """
            c = take(serve()); c.recv(1 << 16); c.sendall(b"HTTP/1.1 200 OK\\r\\n\(parts[0])\\r\\n\\r\\n")
            try:
                \(parts[1])
            except OSError: pass
            """)
        let pipe = try scratch("output")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let reader = unsafe open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        let url = "127.0.0.1:\(try await server.port())"
        let outcome = try await sockctl("http-get", "--json", "--max-time", "2s", url, output: .file(pipe)).finish()
        outcome.expect(status: 75)
        // What the kernel moves there is a page for each few bytes, or many: nobody knows how much a pipe has room for.
        var (room, written) = ([UInt8](repeating: 0, count: 1 << 20), 0)
        while case let count = unsafe read(reader, &room, room.count), count > 0 { written += count }
        let events = try outcome.events()
        let exchanges = events.filter { $0.name == "exchange" }
        let come = try #require(exchanges.first?["bytes"]?.integer, "\(outcome.err)")
        #expect(exchanges.count == 1, "\(outcome.err)")
        let dropped = events.last { $0.name == "output-dropped" }
        #expect(written > 0 && come - (dropped?["bytes"]?.integer ?? 0) == written, "\(written), \(outcome.err)")
        #expect(dropped.map { $0["bytes_received"]?.integer == come } ?? true, "\(outcome.err)")
    }

    @Test func `-vv shows the connection's options, and each read and write`() async throws {
        let peer = try WebPeer.start(#"answer(b"hello")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("http-get", "-vv", place, place).finish()
        outcome.expect(out: "hellohello")
        #expect(outcome.err.contains("keepalive"), "\(outcome)")
        #expect(
            outcome.err.ranges(of: "\nwrote").count == 2 && outcome.err.ranges(of: "\nread").count >= 2, "\(outcome)")
        // It is seen, and not changed: the connection is kept.
        #expect(outcome.err.contains("on reused connection 1"), "\(outcome)")
        #expect(try await !sockctl("http-get", "-v", place).finish().err.contains("\nwrote"))
    }
}
