import Glibc
import Testing

/// `--heartbeat`: a text when nothing else was sent, and an end when nothing answers.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HeartbeatTests {
    /// Answers each of the first reads with 256 bytes and tells what it read, and after how long.
    private static let server = """
        c = take(serve())
        answers, c_timeout = int(arguments[0]), float(arguments[1])
        c.settimeout(c_timeout)
        start = time.monotonic()
        try:
            while part := c.recv(256):
                say(part.decode(), round(time.monotonic() - start, 3))
                if answers > 0:
                    answers -= 1
                    c.sendall(b"." * 256)
            say("end")
        except socket.timeout: say("timeout")
        c.close()
        """

    @Test func `a client that says hello and a server whose read times out`() async throws {
        // The client comes every 400 ms; once it stops hearing of it, the server has had enough.
        let peer = try python(
            """
            c = take(serve())
            c.settimeout(2)
            for i in range(3):
                say(c.recv(256).decode())
                c.sendall(b"." * 256)
            c.settimeout(0.05)
            try: c.recv(256)
            except socket.timeout: say("timeout")
            c.close()
            """)
        let client = try sockctl("dial", "-v", "--heartbeat", "400ms", "127.0.0.1:\(try await peer.port())")
        let outcome = try await client.finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes.count == 768)
        #expect(outcome.err.contains("heartbeat 3 answered after"), "\(outcome)")
        #expect(outcome.err.contains(/closed .* by the peer/), "\(outcome)")
        try await peer.finish().expect(lines: ["hello, server", "hello, server", "hello, server", "timeout"], after: 1)
    }

    @Test func `heartbeats come after a silence, with the text that was asked for`() async throws {
        let peer = try python(Self.server, 9, 5)
        let client = try sockctl(
            "dial", "--heartbeat", "400ms", "--heartbeat-text", "beat\\n", "127.0.0.1:\(try await peer.port())",
            input: .open)
        try await client.waitForOutput(count: 3 * 256)
        try await client.finish(after: SIGINT).expect(status: 130)
        let lines = try await peer.finish().lines.dropFirst().joined(separator: " ").split(separator: " ").map(
            String.init)
        #expect(lines.first == "beat")
        let times = lines.compactMap(Double.init)
        #expect(times.count >= 3)
        for (earlier, later) in zip([0] + times, times) { #expect(later - earlier > 0.2, "\(times)") }
    }

    @Test func `what is sent otherwise puts a heartbeat off`() async throws {
        let peer = try python(Self.server, 0, 5)
        let client = try sockctl(
            "dial", "--json", "--heartbeat", "2s", "127.0.0.1:\(try await peer.port())", input: .open)
        var (sentLast, gaps) = (ContinuousClock.now, [Duration]())
        for word in 1...6 {
            let sent = ContinuousClock.now
            client.send("\(word)")
            try await peer.waitForLine(containing: "\(word) ", on: .out)
            gaps.append(.now - sentLast)
            sentLast = sent
            _ = try? await peer.waitForLine(containing: "never", on: .out, within: .milliseconds(450))
        }
        client.closeInput()
        let outcome = try await client.finish()
        gaps.append(.now - sentLast)
        // 2.7 s of words, none of them two seconds apart but where the machine was late.
        #expect(outcome.elapsed > .seconds(2.6))
        let late = gaps.reduce(0) { $0 + Int($1 / .seconds(2)) }
        #expect(try outcome.events().count { $0.name == "heartbeat" } <= late, "\(gaps) \(outcome)")
    }

    @Test func `so many heartbeats without an answer are a time-out`() async throws {
        let peer = try python(Self.server, 2, 5)
        let client = try sockctl(
            "dial", "--json", "--heartbeat", "250ms", "--heartbeat-misses", "3", "127.0.0.1:\(try await peer.port())")
        let outcome = try await client.finish()
        outcome.expect(status: 75)
        let events = try outcome.events()
        #expect(events.filter { $0.name == "heartbeat" }.compactMap { $0["index"]?.integer } == [1, 2, 3, 4, 5])
        #expect(events.filter { $0.name == "heartbeat-answered" }.compactMap { $0["index"]?.integer } == [1, 2])
        let closed = try #require(events.first { $0.name == "closed" })
        #expect(closed["by"]?.string == "timeout")
        // The last answer, the next heartbeat, and three waits.
        #expect(try #require(closed["silence_seconds"]?.number) >= 0.95)
        #expect(events.contains { $0.name == "failed" && $0["error"]?["code"]?.string == "timeout" })
        #expect(try await peer.finish().lines.last == "end")
    }

    @Test func `a peer that has stopped is noticed although nothing can be sent to it`() async throws {
        let peer = try python("c = take(serve()); say(os.getpid()); os.kill(os.getpid(), signal.SIGSTOP)")
        let client = try sockctl(
            "dial", "--heartbeat", "100ms", "--heartbeat-misses", "2", "127.0.0.1:\(try await peer.port())",
            input: .bytes(noise(20_000_000)))
        let outcome = try await client.finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("2 heartbeats without an answer"), "\(outcome)")
        #expect(
            outcome.err.contains(/[0-9]+ of [0-9]+ bytes of standard input were not acknowledged in time/), "\(outcome)"
        )
    }

    @Test func `a silent peer is dialled again, and heartbeats are no standard input`() async throws {
        let peer = try python(
            """
            s = serve()
            c = s.accept()[0]
            say(c.recv(256))
            d = s.accept()[0]
            s.close()
            say(d.recv(256))
            d.sendall(b"here")
            c.close()
            d.close()
            """)
        let client = try sockctl(
            "dial", "--json", "--reconnect", "--retry", "1", "--retry-delay", "10ms", "--heartbeat", "200ms",
            "--heartbeat-misses", "2", "127.0.0.1:\(try await peer.port())")
        let outcome = try await client.finish()
        outcome.expect(status: 69)
        outcome.expect(out: "here")
        let lost = try outcome.events().filter { $0.name == "disconnected" }
        #expect(lost.compactMap { $0["by"]?.string } == ["timeout", "peer"], "\(lost)")
        #expect(lost.first?["bytes_sent"]?.integer == 26 && lost.first?["bytes_at_risk"]?.integer == 0)
        try await peer.finish().expect(lines: ["b'hello, server'", "b'hello, server'"], after: 1)
    }

    @Test func `with --frame a heartbeat is a message of its own`() async throws {
        let server = try sockctl(
            "listen", "--frame", "length:2", "--json", "--max-accepts", "1", "127.0.0.1:0", input: .open)
        let client = try await sockctl(
            "dial", "--frame", "length:2", "--heartbeat", "50ms", "--heartbeat-text", "still here",
            "127.0.0.1:\(server.listening().port)", input: .open)
        let message = try await server.waitForEvent("message")
        #expect(message["bytes"]?.integer == 10)
        try await server.waitForOutput("still here\n")
        try await client.finish(after: SIGTERM).expect(status: 143)
    }

    @Test func `a heartbeat that makes no message is refused`() async throws {
        let outcome = try await sockctl(
            "dial", "--frame", "line", "--heartbeat", "1s", "--heartbeat-text", #"a\nb"#, "127.0.0.1:9"
        ).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("'--heartbeat-text' makes no message of '--frame'"), "\(outcome)")
    }
}
