import Testing

/// `listen --io-model uring` where there is io_uring, where there is none, and where it stops working.
@Suite(.endToEnd, .needsSockctl) struct UringEndToEndTests {
    @Test(.needs(.python3), .needsUring) func `--trace shows what is handed over and what is done`() async throws {
        let server = try sockctl("listen", "--trace", "--io-model", "uring", "--max-accepts", "1", "127.0.0.1:0")
        let script = "c = dial(arguments[0]); c.sendall(b'hello'); say(c.recv(5))"
        try await python(script, server.listening().port).finish().expect(out: "b'hello'\n")
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        #expect(outcome.err.contains(/io_uring_setup\(64, \{flags=0\}\) = \d/), "\(outcome)")
        // The first call also asks to be told of new clients; the second has only the echo, the third the next receive.
        #expect(outcome.err.contains(/io_uring_enter\(.*RECV \d+ 65536 bytes.*\[RECV \d+ = 5\]\) = 2/), "\(outcome)")
        #expect(
            outcome.err.contains(/io_uring_enter\(\d+, \[SEND \d+ 5 bytes\], 1, .*, \[SEND \d+ = 5\]\) = 1/),
            "\(outcome)")
        #expect(outcome.err.contains(/\[RECV \d+ = 0\]\) = 1/), "\(outcome)")
    }

    @Test(.needs(.strace), .needsTracing, arguments: ["EPERM", "ENOSYS", "EACCES"])
    func `a kernel without it is told, with the setting to look at, before anybody is let in`(
        error: String
    ) async throws {
        let outcome = try await meddling("io_uring_setup:error=\(error)").finish()
        outcome.expect(status: 71)
        #expect(outcome.err.hasPrefix("sockctl: wait: io_uring_setup: "), "\(outcome)")
        #expect(outcome.err.contains("sysctl kernel.io_uring_disabled"), "\(outcome)")
        #expect(!outcome.err.contains("listening"), "\(outcome)")
    }

    @Test(.needs(.strace, .python3), .needsTracing, .needsUring)
    func `a ring that breaks is the end of who was there, and of nobody who comes later`() async throws {
        // strace counts for each thread anew: it is the second echo of the first client, and the other has but one.
        let server = try meddling("io_uring_enter:error=ENOMEM:when=4", "--max-accepts", "2")
        let port = try await server.listening().port
        let script = """
            first = dial(arguments[0]); first.sendall(b"1"); say(first.recv(1)); first.sendall(b"2"); say(drain(first))
            second = dial(arguments[0]); second.sendall(b"x"); say(second.recv(1))
            """
        try await python(script, port).finish().expect(lines: ["b'1'", "b''", "b'x'"])
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        #expect(outcome.err.contains("io_uring_enter: cannot allocate memory"), "\(outcome)")
    }

    @Test(.needs(.strace, .python3), .needsTracing, .needsUring)
    func `a call that is interrupted is made again`() async throws {
        let server = try meddling("io_uring_enter:error=EINTR:when=1+2", "--max-accepts", "1")
        let script =
            "c = dial(arguments[0]); c.sendall(b'x'); say(c.recv(1)); c.shutdown(socket.SHUT_WR); say(drain(c))"
        try await python(script, server.listening().port).finish().expect(lines: ["b'x'", "b''"])
        try await server.finish().expect(status: 0)
    }

    /// The server with one of its calls made to fail.
    private func meddling(_ what: String, _ options: String...) throws -> ChildProcess {
        let call = what.prefix { $0 != ":" }
        return try via(
            .strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(what)",
            run: ["listen", "--io-model", "uring", "127.0.0.1:0"] + options, input: .open)
    }
}
