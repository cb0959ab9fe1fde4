import Glibc
import Testing

/// The services that a listener can be instead of a pipe.
@Suite(.endToEnd, .needsSockctl) struct ServeTests {
    @Test(.needs(.nc, .ncat, .socat), arguments: Netcat.all)
    func `time is one line and the end`(tool: Tool) async throws {
        let server = try sockctl("listen", "--serve", "time", "127.0.0.1:0")
        let client = try Netcat(tool).dial(await server.listening().port, input: .empty)
        let outcome = try await client.finish()
        #expect(outcome.bytes.count == 20)
        #expect(outcome.out.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n/) != nil, "\(outcome)")
    }

    @Test(.needs(.python3), arguments: [["--serve", "echo"], ["-k"]])
    func `a silent peer is let go after the idle time, and the server goes on`(options: [String]) async throws {
        let server = try sockctl(["listen"] + options + ["-i", "300ms", "127.0.0.1:0"], input: .open)
        let script =
            "c = dial(arguments[0]); c.sendall(b'x\\n'); t = time.monotonic(); drain(c); say(time.monotonic() - t >= 0.25)"
        let port = try await server.listening().port
        for _ in 0..<2 { try await python(script, port).finish().expect(lines: ["True"]) }
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        #expect(outcome.err.contains("nothing came or went for 300"), "\(outcome)")
    }

    @Test(.needs(.python3), arguments: ["discard", "chargen"])
    func `--close-after ends a peer that never pauses`(service: String) async throws {
        let server = try sockctl("listen", "--serve", service, "--close-after", "300ms", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0])
            try:
                while True: c.sendall(b"x" * 4096) if arguments[1] == "discard" else c.recv(65536) or c.sendall(b"x")
            except OSError: say("ended")
            """
        let client = try await python(script, server.listening().port, service)
        try await client.finish().expect(lines: ["ended"])
    }

    @Test(.needs(.ncat)) func `echo returns everything and ends when its client does`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let bytes = noise(3_000_001)
        let client = try Netcat(.ncat).dial(await server.listening().port, input: .bytes(bytes))
        #expect(try await client.finish().bytes == bytes)
    }

    @Test(.needs(.python3)) func `echo answers each line as it comes`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0])
            for i in range(5): c.sendall(b"line %d" % i); say(c.recv(100))
            c.shutdown(socket.SHUT_WR); say(drain(c))
            """
        let outcome = try await python(script, server.listening().port).finish()
        #expect(outcome.lines == (0..<5).map { "b'line \($0)'" } + ["b''"])
    }

    @Test(.needs(.python3)) func `discard takes everything, says nothing, and ends when its client does`() async throws
    {
        let server = try sockctl("listen", "--serve", "discard", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0])
            for _ in range(64): c.sendall(b"x" * 65536)
            c.shutdown(socket.SHUT_WR); say(drain(c))
            """
        try await python(script, server.listening().port).finish().expect(out: "b''\n")
    }

    @Test(.needs(.python3)) func `chargen is RFC 864's rotating lines until the client goes`() async throws {
        let server = try sockctl("listen", "--serve", "chargen", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0])
            text = b""
            while len(text) < 200 * 74: text += c.recv(65536)
            lines = text[:200 * 74].split(b"\\r\\n")[:200]
            say(all(len(line) == 72 for line in lines))
            say(all(later[:-1] == earlier[1:] for earlier, later in zip(lines, lines[1:])))
            say(lines[0] == lines[95] and len(set(b"".join(lines))) == 95 and min(lines[0]) >= 32)
            """
        try await python(script, server.listening().port).finish().expect(lines: ["True", "True", "True"])
        #expect(server.record.status == nil)
    }

    @Test(.needs(.python3)) func `a service goes on with the next client`() async throws {
        for service in ["echo", "discard", "chargen", "time"] {
            let server = try sockctl("listen", "--serve", service, "127.0.0.1:0")
            let script = "for _ in range(3): c = dial(arguments[0]); c.sendall(b'x'); c.close()\nsay('done')"
            try await python(script, server.listening().port).finish().expect(out: "done\n")
        }
    }

    @Test(.needs(.python3)) func `a busy server is one thread`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let script = """
            held = [dial(arguments[0]) for _ in range(50)]
            for c in held: c.sendall(b"x")
            say(sum(len(c.recv(1)) for c in held)); hold()
            """
        let clients = try await python(script, server.listening().port)
        #expect(try await clients.waitForLine(on: .out) == "50")
        #expect(names(in: "/proc/\(server.pid)/task").count == 1)
        let sockets = names(in: "/proc/\(server.pid)/fd").count
        #expect(sockets >= 51)
    }
}
