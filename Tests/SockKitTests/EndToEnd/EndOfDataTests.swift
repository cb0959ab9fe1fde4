import Testing

/// Rules 1 and 2 of the end of data: standard input's end and the peer's. Each holds for `dial` and `listen` alike.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct EndOfDataTests {
    // MARK: Standard input's end

    @Test(arguments: Side.allCases)
    func `an answer that comes only after the end of the question is read`(side: Side) async throws {
        let pair = try await join(
            side, input: .text("b a"), peer: "c.sendall(b' '.join(sorted(drain(c).split()))); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "a b")
    }

    @Test(.needs(.socat)) func `a program behind another netcat can answer after the end of its input`() async throws {
        let server = try start(.socat, "-t10", "TCP4-LISTEN:0,bind=127.0.0.1", "SYSTEM:sort; echo end")
        let port = try await server.boundPort()
        let outcome = try await sockctl("dial", "127.0.0.1:\(port)", input: .text("b\na\n")).finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "a\nb\nend\n")
    }

    @Test(.needs(.nc, .ncat, .socat), arguments: Netcat.all)
    func `dial and another netcat exchange a line and both end`(tool: Tool) async throws {
        let server = try Netcat(tool).listen(sending: "yo\n")
        let port = try await server.boundPort()
        let outcome = try await sockctl("dial", "127.0.0.1:\(port)", input: .text("hi\n")).finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "yo\n")
        try await server.finish().expect(out: "hi\n")
    }

    @Test(.needs(.nc, .ncat, .socat), arguments: Netcat.all)
    func `listen and another netcat exchange a line and both end`(tool: Tool) async throws {
        let server = try sockctl("listen", "127.0.0.1:0", input: .text("yo\n"))
        let client = try Netcat(tool).dial(await server.listening().port, sending: "hi\n")
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "hi\n")
        try await client.finish().expect(out: "yo\n")
    }

    @Test(arguments: Side.allCases)
    func `with --no-shutdown the end of standard input is not passed on`(side: Side) async throws {
        let pair = try await join(
            side, "--no-shutdown", input: .text("x"), peer: "c.recv(1); say(quiet(c, 0.3)); c.close()")
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["True"])
    }

    @Test(arguments: Side.allCases)
    func `-q ends it that long after the end of standard input`(side: Side) async throws {
        let pair = try await join(side, "-q", "300ms", input: .text("x"), peer: "drain(c); hold()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.elapsed >= .milliseconds(300))
    }

    @Test(arguments: Side.allCases)
    func `-q is not waited for when both are done`(side: Side) async throws {
        let pair = try await join(side, "-q", "1h", input: .text("x"), peer: "c.sendall(drain(c)); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "x")
    }

    @Test func `a listen without any input does not turn its sender away`() async throws {
        let pair = try await join(
            .listen, peer: "say(quiet(c, 0.3)); c.sendall(b'data'); c.shutdown(socket.SHUT_WR); say(drain(c))")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "data")
        try await pair.expect(told: ["True", "b''"])
    }

    @Test(arguments: [(Side.dial, []), (.dial, ["-N"]), (.listen, ["-N"])])
    func `dial passes an empty input's end on at once, and listen with -N`(side: Side, options: [String]) async throws {
        let script = "say(c.recv(1)); c.sendall(b'data'); c.close()"
        let pair = try await options.isEmpty ? join(side, peer: script) : join(side, options[0], peer: script)
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "data")
        try await pair.expect(told: ["b''"])
    }

    @Test(arguments: Side.allCases)
    func `a standard input that is closed is one that has ended`(side: Side) async throws {
        let pair = try await join(
            side, input: .closed, peer: "c.sendall(b'data'); c.shutdown(socket.SHUT_WR); drain(c)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "data")
    }

    // MARK: The peer's end

    @Test(arguments: Side.allCases)
    func `a file is sent to its end although the peer ended first`(side: Side) async throws {
        let (sent, received) = (try scratch("sent"), try scratch("received"))
        let bytes = noise(4_000_001)
        try writeFile(sent, bytes)
        let pair = try await join(
            side, input: .file(sent),
            peer: "c.shutdown(socket.SHUT_WR); open('\(received)', 'wb').write(drain(c))")
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: [])
        #expect(try contents(of: received) == bytes)
    }

    @Test(arguments: Side.allCases)
    func `a pipe's late line is sent although the peer ended first`(side: Side) async throws {
        let pair = try await join(
            side, "--input-grace", "3s", input: .open,
            peer: "c.shutdown(socket.SHUT_WR); say('ended'); say(drain(c))")
        try await pair.peer.waitForLine(containing: "ended", on: .out)
        pair.program.send("late\n")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        try await pair.expect(told: ["ended", #"b'late\n'"#])
        #expect(outcome.err.contains("standard input"), "\(outcome)")
    }

    @Test(arguments: Side.allCases)
    func `an idle pipe holds it open for the grace time only, and it is said`(side: Side) async throws {
        let pair = try await join(side, "--input-grace", "200ms", input: .open, peer: "c.sendall(b'bye'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "bye")
        #expect(outcome.err.contains("standard input"), "\(outcome)")
        #expect(outcome.elapsed >= .milliseconds(200))
    }

    @Test(arguments: Side.allCases)
    func `with --half-open only the end of standard input is the end`(side: Side) async throws {
        let pair = try await join(
            side, "--half-open", "--input-grace", "10ms", input: .open,
            peer: "c.shutdown(socket.SHUT_WR); say('open' if quiet(c, 0.4) else 'ended'); say(drain(c))")
        try await pair.peer.waitForLine(containing: "open", on: .out)
        pair.program.send("late\n")
        pair.program.closeInput()
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["open", #"b'late\n'"#])
    }

    @Test func `at a terminal the peer's end is the end at once`() async throws {
        let server = try python("c = take(serve()); c.sendall(b'bye'); c.close()")
        let outcome = try await watchingFlags(
            "pty.openpty()", ["dial", "--input-grace", "1h", "127.0.0.1:\(server.port())"]
        ).finish()
        outcome.expect(status: 0)
        #expect(outcome.out.hasPrefix("bye"), "\(outcome)")
    }

    @Test(arguments: ["pty.openpty()", "reversed(os.pipe())"])
    func `a terminal and pipes that were given keep their flags`(given: String) async throws {
        let server = try python("c = take(serve()); c.sendall(b'bye'); quiet(c, 0.2); c.close()")
        let outcome = try await watchingFlags(given, ["dial", "127.0.0.1:\(server.port())"]).finish()
        outcome.expect(status: 0)
        outcome.expect(lines: ["bye", "flags kept"])
    }

    @Test func `with --recv-only standard input is left alone`() async throws {
        let pair = try await join(.dial, "--recv-only", input: .open, peer: "c.sendall(b'data'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "data")
    }

    @Test func `with --send-only nothing is written to standard output`() async throws {
        let pair = try await join(
            .dial, "--send-only", input: .text("data"), peer: "c.sendall(b'noise'); say(drain(c))")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "")
        try await pair.expect(told: ["b'data'"])
    }

    // MARK: Given descriptors

    @Test(.needs(.python3)) func `packets that a socket as standard input holds are all read`() async throws {
        let server = try sockctl("listen", "127.0.0.1:0")
        let script = """
            import subprocess
            mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            for i in range(9): mine.send(b"%d\\n" % i)
            subprocess.Popen([arguments[0], "dial", "127.0.0.1:" + arguments[1]], stdin=theirs)
            theirs.close(); say("begun"); sys.stdin.readline()
            """
        let dialer = try python(script, try #require(Binary.sockctl), try await server.listening().port, input: .open)
        try await server.waitForOutput("8\n")
        dialer.send("\n")
        try await server.finish().expect(out: "0\n1\n2\n3\n4\n5\n6\n7\n8\n")
    }

    /// Runs sockctl with the second of two descriptors, a terminal's or an idle pipe's, as standard input, and tells what
    /// it wrote and whether the flags of what it was given were changed meanwhile.
    private func watchingFlags(_ making: String, _ arguments: [String]) throws -> ChildProcess {
        try python(
            """
            import fcntl, os, pty, subprocess
            other, given = \(making)
            r, w = os.pipe()
            before = [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in (given, w)]
            p = subprocess.Popen(arguments, stdin=given, stdout=w)
            kept = True
            deadline = time.monotonic() + 8
            while p.poll() is None and time.monotonic() < deadline:
                kept &= before == [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in (given, w)]
                select.select([], [], [], 0.005)
            if p.poll() is None: p.terminate()
            status = p.wait()
            kept &= before == [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in (given, w)]
            os.close(w)
            say(os.read(r, 1000).decode())
            say("flags kept" if kept else "flags changed")
            sys.exit(status)
            """, [Binary.sockctl ?? ""] + arguments)
    }
}
