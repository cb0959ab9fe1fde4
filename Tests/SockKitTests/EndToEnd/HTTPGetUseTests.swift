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
