import Glibc
import Testing

/// Deadlines, idle limits, and what goes on after them.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct TimeoutTests {
    @Test(arguments: Side.allCases)
    func `a read timeout is renewed by each read, a deadline is not`(side: Side) async throws {
        let ticking = "for _ in range(5): c.sendall(b'tick\\n'); time.sleep(.2)\nhold()"
        let renewed = try await join(side, "--read-timeout", "600ms", peer: ticking)
        let absolute = try await join(side, "--deadline", "600ms", peer: ticking)
        let first = try await renewed.program.finish()
        first.expect(status: 75)
        first.expect(out: String(repeating: "tick\n", count: 5))
        #expect(first.err.contains("i/o timeout"), "\(first)")
        let second = try await absolute.program.finish()
        second.expect(status: 75)
        #expect(second.bytes.count < first.bytes.count, "\(second)")
    }

    @Test(arguments: [
        (["--read-timeout", "300ms", "-i", "30s"], "i/o timeout"),
        (["--read-timeout", "30s", "-i", "300ms"], "nothing came"),
    ])
    func `of two limits on the silence of a peer that rests the shorter one ends it`(
        options: [String], words: String
    ) async throws {
        let server = try sockctl(["listen", "-k", "--serve", "echo", "--json", "127.0.0.1:0"] + options)
        let client = try await python(
            """
            c = dial(arguments[0])
            for _ in range(3): c.sendall(b"x"); c.recv(1)
            start = time.monotonic(); drain(c); say(time.monotonic() - start >= 0.29)
            """, server.listening().port
        ).finish()
        client.expect(lines: ["True"])
        let failed = try await server.waitForEvent("failed")
        #expect(failed["error"]?["message"]?.string?.contains(words) == true, "\(failed)")
    }

    @Test(arguments: Side.allCases)
    func `reads that time out are gone on after, each with a new deadline`(side: Side) async throws {
        let pair = try await join(
            side, "--read-timeout", "200ms", "--keep-going", "2", "--json",
            peer: "time.sleep(.3); c.sendall(b'x'); hold()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 75)
        outcome.expect(out: "x")
        let failures = try outcome.events().filter { $0.name == "failed" }
        #expect(failures.map { $0["going_on"]?.integer } == [1, 0, nil])
        for failure in failures {
            #expect(failure["error"]?["code"]?.string == "timeout")
            #expect(failure["error"]?["operation"]?.string == "read")
        }
        // The second one waited for its whole time again.
        #expect(try #require(failures[2]["seconds"]?.number) >= 0.2)
    }

    @Test(arguments: Side.allCases)
    func `after the deadline reads fail at once, and what has come stays unread`(side: Side) async throws {
        let pair = try await join(
            side, "--deadline", "500ms", "--first-read-delay", "700ms", "--keep-going", "2", "--json",
            peer: "c.sendall(b'hello'); hold()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 75)
        outcome.expect(out: "")
        let failures = try outcome.events().filter { $0.name == "failed" }
        #expect(failures.count == 3)
        #expect(failures.allSatisfy { $0["bytes_unread"]?.integer == 5 }, "\(outcome)")
        #expect(failures.dropFirst().allSatisfy { $0["seconds"]?.number ?? 1 < 0.4 }, "\(outcome)")
        let closed = try #require(try outcome.events().last { $0.name == "closed" })
        #expect(closed["by"]?.string == "timeout" && closed["bytes_unread"]?.integer == 5)
    }

    @Test(arguments: Side.allCases)
    func `a write that a peer does not take in time says how much the kernel took`(side: Side) async throws {
        let pair = try await join(
            side, "--write-timeout", "100ms", "--write-size", "1M", "--json", input: .bytes(noise(20_000_000)),
            peer: "time.sleep(30)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 75)
        let failed = try #require(try outcome.events().first { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["operation"]?.string == "write" && failed["error"]?["code"]?.string == "timeout")
        let taken = try #require(failed["bytes"]?.integer)
        #expect(taken >= 0 && taken < 1 << 20)
        #expect(try #require(failed["bytes_unacknowledged"]?.integer) > 0)
    }

    @Test(arguments: [["--serve", "echo"], ["-k"], []])
    func `an idle peer is told goodbye, exactly, and then the end`(options: [String]) async throws {
        let server = try sockctl(
            ["listen"] + options + ["-i", "600ms", "--goodbye", #"goodbye\n"#, "--json", "127.0.0.1:0"], input: .open)
        let script = """
            c = dial(arguments[0]); t = time.monotonic()
            for _ in range(2): time.sleep(.4); c.sendall(b"x\\n"); e = time.monotonic()
            say(drain(c).replace(b"x\\n", b"")); say(time.monotonic() - e >= .59)
            """
        let client = try await python(script, server.listening().port)
        try await client.finish().expect(lines: [#"b'goodbye\n'"#, "True"])
        let event = try await server.waitForEvent("keep-alive")
        #expect(event["limit"]?.number == 0.6)
    }

    @Test(.needs(.nc)) func `an idle limit of dial ends it with 75 after the goodbye`() async throws {
        let server = try start(.nc, "-l", "127.0.0.1", "0", input: .open)
        let program = try await sockctl(
            "dial", "-i", "150ms", "--goodbye", "bye", "127.0.0.1:\(server.boundPort())", input: .open)
        try await program.finish().expect(status: 75)
        try await server.finish().expect(out: "bye")
    }

    @Test func `after our own end there is no goodbye, and the report says so`() async throws {
        let pair = try await join(
            .dial, "-i", "150ms", "--goodbye", "bye", input: .text("hi"), peer: "say(drain(c)); hold()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("the goodbye was not said") && !outcome.err.contains("broken pipe"), "\(outcome)")
        try await pair.peer.waitForLine(containing: "b'hi'", on: .out)
    }

    @Test func `who waits for no connection is told that, and nothing of the address`() async throws {
        let outcome = try await sockctl("dial", "-w", "0", "127.0.0.1:9").finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("no time was given") && !outcome.err.contains("filtered"), "\(outcome)")
    }

    @Test func `a server that reads with a timeout ends the silent peer, and goes on`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "--read-timeout", "500ms", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0])
            c.sendall(b"hello, server"); say(c.recv(256)); say(c.recv(256)); c.sendall(b"x")
            ended = select.poll(); ended.register(c, 0); ended.poll(10_000)
            try: c.sendall(b"y"); say("no error")
            except OSError as error: say(error.strerror)
            """
        for _ in 0..<2 {
            // B49: the end is an end and no reset; the write after the next one is a broken pipe.
            try await python(script, server.listening().port).finish()
                .expect(lines: ["b'hello, server'", "b''", "Broken pipe"])
        }
        try await server.finish(after: SIGTERM).expect(status: 0)
    }
}
