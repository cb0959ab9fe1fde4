import Glibc
import Testing

/// `--retry` and `--reconnect`: until there is a connection, and again when it is lost.
@Suite(.endToEnd, .needsSockctl) struct ReconnectTests {
    // MARK: - Until connected

    @Test func `a dial is tried again until somebody listens`() async throws {
        let port = try unboundPort()
        let dialer = try sockctl("dial", "--retry", "forever", "--retry-delay", "20ms", "127.0.0.1:\(port)")
        try await dialer.waitForLine(containing: "attempt 2: dial tcp 127.0.0.1:\(port): connect: connection refused")
        let listener = try sockctl("listen", "--max-accepts", "1", "--serve", "time", "127.0.0.1:\(port)")
        let outcome = try await dialer.finish()
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 1)
        #expect(outcome.err.contains(/connected to 127\.0\.0\.1:[0-9]+ after .*, [0-9]+ dials\n/), "\(outcome)")
        try await listener.finish().expect(status: 0)
    }

    @Test func `a path where nothing is yet is dialled again`() async throws {
        let path = try scratch("late.sock")
        let dialer = try sockctl("dial", "--retry", "forever", "--retry-delay", "20ms", "unix:\(path)")
        try await dialer.waitForLine(containing: "no such file or directory")
        try sockctl("listen", "--max-accepts", "1", "--serve", "time", "unix:\(path)")
        let outcome = try await dialer.finish()
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 1)
    }

    @Test func `with the retries used up the last error is the program's`() async throws {
        let port = try refusingPort()
        let outcome = try await sockctl(
            "dial", "--json", "--retry", "3", "--retry-delay", "10ms", "127.0.0.1:\(port)"
        ).finish()
        outcome.expect(status: 69)
        let events = try outcome.events()
        let waits = events.filter { $0.name == "retrying" }
        #expect(waits.compactMap { $0["attempt"]?.integer } == [1, 2, 3])
        #expect(waits.allSatisfy { $0["error"]?["code"]?.string == "ECONNREFUSED" })
        for (wait, most) in zip(waits.compactMap { $0["delay"]?.number }, [0.01, 0.02, 0.04]) { #expect(wait <= most) }
        #expect(events.last?.name == "failed")
    }

    @Test func `with no delay at all the dials are ten milliseconds apart`() async throws {
        let port = try refusingPort()
        let outcome = try await sockctl(
            "dial", "--json", "--retry", "5", "--retry-delay", "0", "127.0.0.1:\(port)"
        ).finish()
        outcome.expect(status: 69)
        #expect(try outcome.events().compactMap { $0["delay"]?.number } == Array(repeating: 0.01, count: 5))
        #expect(outcome.elapsed >= .milliseconds(50))
    }

    @Test(arguments: [
        ("-n localhost.test:80", 64), ("tcp4://[::1]:80", 68), ("127.0.0.1:no-such-service", 64),
    ])
    func `what no retry can mend is not tried again`(line: String, status: Int32) async throws {
        let words = ["dial", "--retry", "forever"] + line.split(separator: " ").map(String.init)
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: status)
        #expect(!outcome.err.contains("retrying"), "\(outcome)")
    }

    @Test func `a limit of the whole run ends a wait at once`() async throws {
        let arguments = ["--retry", "forever", "--retry-delay", "1h", "--retry-max-delay", "1h", "--max-time", "200ms"]
        let outcome = try await sockctl(["dial"] + arguments + ["127.0.0.1:\(try refusingPort())"]).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(200))
    }

    @Test func `a signal ends a wait at once`() async throws {
        let dialer = try sockctl(
            "dial", "--retry", "forever", "--retry-delay", "1h", "--retry-max-delay", "1h",
            "127.0.0.1:\(try refusingPort())")
        try await dialer.waitForLine(containing: "retrying in")
        try await dialer.finish(after: SIGTERM).expect(status: 143)
    }

    @Test func `a reader of standard output that goes away ends a wait quietly`() async throws {
        let dialer = try sockctl(
            "dial", "--retry", "forever", "--retry-delay", "1h", "--retry-max-delay", "1h",
            "127.0.0.1:\(try refusingPort())")
        try await dialer.waitForLine(containing: "retrying in")
        dialer.closeOutput()
        try await dialer.finish().expect(status: 0)
    }

    // MARK: - Again after a loss

    @Test func `a server that is killed and started again is dialled again`() async throws {
        let port = try unboundPort()
        let first = try sockctl("listen", "--serve", "echo", "127.0.0.1:\(port)")
        _ = try await first.listening()
        let dialer = try sockctl(
            "dial", "--reconnect", "--retry-delay", "50ms", "127.0.0.1:\(port)", input: .open)
        dialer.send("one\n")
        try await dialer.waitForOutput("one\n")
        first.signal(SIGKILL)
        try await dialer.waitForLine(containing: "disconnected from 127.0.0.1:\(port) by the peer, after")
        try await dialer.waitForLine(containing: "all 4 bytes sent were acknowledged")
        try await dialer.waitForLine(containing: "attempt 2: dial")
        dialer.send("two\n")
        try sockctl("listen", "--serve", "echo", "127.0.0.1:\(port)")
        try await dialer.waitForOutput("one\ntwo\n")
        try await dialer.waitForLine(containing: "connected to 127.0.0.1:\(port) after")
        dialer.closeInput()
        let outcome = try await dialer.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "one\ntwo\n")
    }

    @Test(.needs(.nc, .python3))
    func `the peer's end is a loss while standard input is open, and the end once it is not`()
        async throws
    {
        let port = try unboundPort()
        _ = try await python("c = take(serve(port=int(arguments[0]))); c.recv(1); c.close()", port).port()
        let dialer = try sockctl(
            "dial", "--json", "--reconnect", "--retry-delay", "20ms", "127.0.0.1:\(port)", input: .open)
        dialer.send("x")
        let lost = try await dialer.waitForEvent("disconnected")
        #expect(lost["by"]?.string == "peer" && lost["connection"]?.integer == 1, "\(lost)")
        #expect(lost["error"]?["code"]?.string == "closed")
        let second = try start(.nc, "-l", "-N", "127.0.0.1", "\(port)", input: .open)
        try await dialer.waitForEvent("reconnected")
        second.send("bye\n")
        try await dialer.waitForOutput("bye\n")
        dialer.closeInput()
        let outcome = try await dialer.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "bye\n")
    }

    @Test(.needs(.python3)) func `what no connection took is told at the end`() async throws {
        // The peer reads nothing, so that a write is under way when the reset comes.
        let peer = try python("c = take(serve()); stuck(c); reset(c)")
        let outcome = try await sockctl(
            "dial", "--json", "-x", "/dev/null", "--reconnect", "--retry", "1", "--retry-delay", "1ms",
            "127.0.0.1:\(try await peer.port())", input: .bytes(noise(20_000_000))
        ).finish()
        outcome.expect(status: 69)
        let events = try outcome.events()
        let kept = events.first { $0.name == "disconnected" }?["bytes_kept"]?.integer
        #expect(try #require(kept, "\(outcome)") > 0)
        #expect(events.last { $0.name == "input-dropped" }?["bytes"]?.integer == kept, "\(outcome)")
    }

    @Test(.needs(.python3)) func `the rest of a file for which no other connection comes is told`() async throws {
        let path = try scratch("input")
        try writeFile(path, noise(16 << 20))
        let peer = try python("s = serve(); c = s.accept()[0]; s.close(); c.recv(1); stuck(c); reset(c)")
        let outcome = try await sockctl(
            "dial", "--json", "--reconnect", "--retry", "1", "--retry-delay", "1ms",
            "127.0.0.1:\(try await peer.port())", input: .file(path)
        ).finish()
        outcome.expect(status: 69)
        let events = try outcome.events()
        let sent = try #require(events.first { $0.name == "disconnected" }?["bytes_sent"]?.integer, "\(outcome)")
        let dropped = try #require(events.last { $0.name == "input-dropped" }, "\(outcome)")
        #expect(sent > 0 && dropped["bytes"]?.integer == (16 << 20) - sent, "\(sent), \(dropped)")
    }

    @Test(.needs(.python3)) func `without --reconnect a loss is what it was`() async throws {
        let peer = try python("c = take(serve()); c.recv(1); reset(c)")
        let dialer = try sockctl(
            "dial", "--retry", "2", "--retry-delay", "10ms", "127.0.0.1:\(try await peer.port())", input: .open)
        dialer.send("x")
        let outcome = try await dialer.finish()
        outcome.expect(status: 74)
        #expect(!outcome.err.contains("retrying"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `a series of retries begins anew with each connection`() async throws {
        let port = try unboundPort()
        let peer = try python(
            """
            s = serve(port=int(arguments[0]))
            for i in range(4): s.accept()[0].close()
            s.close()
            """, port)
        _ = try await peer.port()
        let outcome = try await sockctl(
            "dial", "--json", "--reconnect", "--retry", "2", "--retry-delay", "5ms", "127.0.0.1:\(port)", input: .open
        ).finish()
        outcome.expect(status: 69)
        let events = try outcome.events()
        #expect(events.filter { $0.name == "connected" }.compactMap { $0["connection"]?.integer } == [1, 2, 3, 4])
        // The last series: after the loss, and after the dial that followed.
        let attempts = events.filter { $0.name == "retrying" }.compactMap { $0["attempt"]?.integer }
        #expect(attempts.suffix(2) == [1, 2] && attempts.dropLast(2).allSatisfy { $0 == 1 }, "\(attempts)")
    }
}
