import Testing

/// `dial --first-line`.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct FirstLineTests {
    @Test(arguments: [(#"b"one\r\ntwo\r\n""#, "one\n"), (#"b"one\ntwo""#, "one\n"), (#"b"\r\ntwo""#, "\n")])
    func `only the first line is printed, and it ends with a newline`(said: String, printed: String) async throws {
        let peer = try python("c = take(serve()); c.sendall(\(said)); hold()")
        let outcome = try await sockctl("dial", "--first-line", "127.0.0.1:\(peer.port())", input: .open).finish()
        outcome.expect(status: 0)
        outcome.expect(out: printed)
        #expect(outcome.err == "")
    }

    @Test func `standard input is sent meanwhile, and its end is told`() async throws {
        let peer = try python(
            "c = take(serve()); say(drain(c)); [c.sendall(bytes([b])) for b in b'HTTP/1.1 200 OK\\r\\nDate:']; hold()")
        let request = "GET /time HTTP/1.0\r\n\r\n"
        let outcome = try await sockctl(
            "dial", "--first-line", "127.0.0.1:\(peer.port())", input: .text(request)
        ).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "HTTP/1.1 200 OK\n")
        try await peer.waitForOutput(#"b'GET /time HTTP/1.0\r\n\r\n'"#)
    }

    @Test(arguments: [
        (#"b"half""#, "half\n", "the first line has no line end", 65), (#"b"""#, "", "before it had said a line", 74),
    ])
    func `a peer that ends before its line does is an error`(
        said: String, printed: String, told: String, status: Int32
    ) async throws {
        let peer = try python("c = take(serve()); c.sendall(\(said)); c.shutdown(socket.SHUT_WR); drain(c)")
        let outcome = try await sockctl("dial", "--first-line", "127.0.0.1:\(peer.port())").finish()
        outcome.expect(status: status)
        outcome.expect(out: printed)
        #expect(outcome.err.contains(told), "\(outcome)")
    }

    @Test func `what came of a line is printed where the peer resets or falls silent`() async throws {
        let reset = try python("c = take(serve()); c.sendall(b'half'); c.recv(1); reset(c)")
        let process = try sockctl("dial", "--first-line", "127.0.0.1:\(await reset.port())", input: .text("x"))
        let outcome = try await process.finish()
        outcome.expect(status: 74)
        outcome.expect(out: "half\n")
        let silent = try python("c = take(serve()); c.sendall(b'half'); hold()")
        let late = try await sockctl(
            "dial", "--first-line", "-i", "300ms", "127.0.0.1:\(await silent.port())", input: .open
        ).finish()
        late.expect(status: 75)
        late.expect(out: "half\n")
    }

    @Test func `a line without an end is given up at a limit`() async throws {
        let peer = try python(
            """
            c = take(serve())
            try: c.sendall(b"x" * (8 << 20))
            except OSError: pass
            """)
        let outcome = try await sockctl("dial", "--first-line", "127.0.0.1:\(peer.port())").finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("longer than the limit of 1048576 bytes"), "\(outcome)")
        #expect(!outcome.err.contains("--max-frame"), "a hint that helps nobody: \(outcome)")
    }

    @Test func `limits of time hold, and a reader that goes away ends it`() async throws {
        // The kernel takes the connections, and nobody says anything.
        let peer = try python("s = serve(); hold()")
        let place = "127.0.0.1:\(try await peer.port())"
        try await sockctl("dial", "--first-line", "-i", "200ms", place, input: .open).finish().expect(status: 75)
        let gone = try await sockctl("dial", "--first-line", place, input: .open, output: .closedPipe).finish()
        gone.expect(status: 0)
        #expect(gone.err == "")
    }

    @Test(arguments: [
        ["-u"], ["--send", "x"], ["--frame", "line"], ["--send-only"], ["--output", "f"], ["--reconnect"], ["-q", "1"],
        ["--submit"],
    ])
    func `what makes no sense with it is refused in words`(options: [String]) async throws {
        let outcome = try await sockctl(["dial", "--first-line"] + options + ["127.0.0.1:9"]).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("--first-line"), "\(outcome)")
    }
}
