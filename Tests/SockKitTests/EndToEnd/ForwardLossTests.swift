import Glibc
import Testing

/// What is told of a forwarded pair that is broken off while bytes are under way.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardLossTests {
    /// What a client's kernel says that the forwarder's has: all of it was given to the target, or is lost.
    private static let script = """
        client, far = pair()
        client.setblocking(False)
        total, idle = 0, 0
        while idle < 5:
            try: total += client.send(bytes(1 << 16)); idle = 0
            except BlockingIOError: time.sleep(0.1); idle += 1
        stuck(far)
        reset(far)
        client.setblocking(True)
        rest(client)
        say(total - struct.unpack("i", fcntl.ioctl(client, termios.TIOCOUTQ, b"0000"))[0])
        """

    /// By the loop itself, and by a task, as what is recorded is.
    @Test(arguments: [false, true])
    func `each byte that a client has sent is told as given to the target, or as lost`(isRecorded: Bool) async throws {
        let options = try isRecorded ? ["--record-json", scratch("record")] : []
        let (outcome, forward) = try await ForwardedPairs.run(Self.script, options)
        let taken = try #require(outcome.lines.last.flatMap { Int($0) }, "\(outcome)")
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["by"]?.string == "reset", "\(closed)")
        let up = try #require(closed["bytes_up"]?.integer, "\(closed)")
        let lost = try #require(closed["bytes_unread"]?.integer, "\(closed)")
        #expect(up + lost == taken && lost > 0, "\(taken), \(closed)")
    }

    /// To see that a byte is one too many is to take it; it is lost, as those that were not taken are.
    @Test(arguments: [1001, 6000])
    func `of what a client sends beyond its limit each byte is told as lost`(sent: Int) async throws {
        let script = """
            client, far = pair()
            client.sendall(bytes(\(sent)))
            for side in client, far:
                try: drain(side); say("an end")
                except OSError: say("cut off")
            """
        let (outcome, forward) = try await ForwardedPairs.run(script, ["--max-bytes", "1000"])
        outcome.expect(lines: ["cut off", "cut off"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["bytes_unread"]?.integer == sent - 1000, "\(failed)")
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["bytes_up"]?.integer == 1000, "\(closed)")
        #expect(closed["bytes_unread"]?.integer == sent - 1000, "\(closed)")
    }

    @Test func `what is cut off a message at the limit is lost as well, and the target sees a reset`() async throws {
        let path = try scratch("socket")
        let target = try python("c = take(serve())\ntry: drain(c); say('an end')\nexcept OSError: say('cut off')")
        let words = ["--json", "--max-bytes", "10", "unixpacket:\(path)", "127.0.0.1:\(try await target.port())"]
        let forward = try sockctl(["forward"] + words)
        _ = try await forward.waitForEvent("listening")
        _ = try python(
            """
            c = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); c.connect(arguments[0])
            c.send(b'0123456789abc'); hold()
            """, path)
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["bytes_up"]?.integer == 10 && closed["bytes_unread"]?.integer == 3, "\(closed)")
        try await target.finish().expect(lines: ["cut off"], after: 1)
    }

    /// The target takes nothing; when the pair has been given up, it takes what is there.
    @Test func `a pair that is given up tells what is held, and the target sees no end as others are`() async throws {
        let target = try python(
            "c = take(serve()); sys.stdin.readline()\ntry: drain(c); say('whole')\nexcept OSError: say('reset')",
            input: .open)
        let forward = try sockctl(
            "forward", "--json", "--idle-timeout", "500ms", "127.0.0.1:0", "127.0.0.1:\(try await target.port())")
        let client = try await python(
            """
            c = dial(arguments[0])
            try: c.sendall(bytes(50_000_000))
            except OSError: pass
            """, forward.listening().port)
        let failed = try await forward.waitForEvent("failed")
        #expect(try #require(failed["bytes_unread"]?.integer) > 0, "\(failed)")
        _ = try await client.finish()
        target.send("now\n")
        try await target.finish().expect(lines: ["reset"], after: 1)
    }

    // MARK: - Cut off by an order

    /// A client that takes nothing until it is told to, of a target that has more for it than the kernels keep, and then
    /// its end. It says what it got, and how that ended.
    private static let slow = """
        import threading
        client, far = pair()
        def give():
            try: far.sendall(bytes(16_000_000)); far.shutdown(socket.SHUT_WR)
            except OSError: pass
        threading.Thread(target=give, daemon=True).start()
        stuck(client); say("full"); sys.stdin.readline(); say(*rest(client))
        """

    /// A forwarder with these options, and such a client of it.
    private func start(_ options: [String] = []) async throws -> (forward: ChildProcess, client: ChildProcess) {
        let target = try unboundPort()
        let forward = try sockctl(["forward", "--json", "-v", "127.0.0.1:0", "127.0.0.1:\(target)"] + options)
        let port = try await forward.listening().port
        let client = try python(ForwardedPairs.script + Self.slow, ["\(port)", "\(target)"], input: .open)
        return (forward, client)
    }

    @Test func `a client that is slow to read gets all of it after the order to finish`() async throws {
        let (forward, client) = try await start()
        try await client.waitForLine(containing: "full", on: .out)
        forward.signal(SIGTERM)
        try await forward.waitForEvent("stopping")
        // Longer than a pair may be silent between which nothing is on its way.
        try await Task.sleep(for: .milliseconds(600))
        client.send("now\n")
        try await client.finish().expect(lines: ["full", "16000000 end"])
        let outcome = try await forward.finish()
        outcome.expect(status: 0)
        #expect(try !outcome.events().contains { $0.name == "failed" }, "\(outcome)")
    }

    @Test func `a pair that has nothing on its way does not use up the grace`() async throws {
        let target = try unboundPort()
        let forward = try sockctl("forward", "127.0.0.1:0", "127.0.0.1:\(target)")
        let script = "c, s = pair(); c.sendall(b'ask'); s.recv(3); s.sendall(b'tell'); say(c.recv(4)); hold()"
        let port = try await forward.listening().port
        let idle = try python(ForwardedPairs.script + script, port, target)
        try await idle.waitForLine(containing: "tell", on: .out)
        let start = SuspendingClock.now
        let outcome = try await forward.finish(after: SIGTERM)
        outcome.expect(status: 0)
        #expect(SuspendingClock.now - start < .seconds(4), "\(outcome)")
    }

    /// What ends a pair that is not done.
    enum Order: CaseIterable, Sendable {
        case signal, closeAfter, maximumTime

        var options: [String] {
            switch self {
            case .signal: []
            case .closeAfter: ["--close-after", "3s"]
            case .maximumTime: ["--max-time", "10s"]
            }
        }
    }

    /// What was given to the client's connection, the client got, or it is told as lost.
    @Test(arguments: Order.allCases)
    func `whoever is cut off while bytes are on their way is told of to the byte`(order: Order) async throws {
        let (forward, client) = try await start(order.options)
        try await client.waitForLine(containing: "full", on: .out)
        if order == .signal { forward.signal(SIGTERM) }
        let failed = try await forward.waitForEvent("failed", whose: "network", is: "tcp")
        let message = try #require(failed["error"]?["message"]?.string)
        #expect(message.hasSuffix("cut off while bytes were on their way"), "\(failed)")
        let closed = try await forward.waitForEvent("closed")
        client.send("now\n")
        let told = try #require(try await client.finish().lines.last).split(separator: " ")
        #expect(told.last == "reset", "\(told)")
        let got = try #require(told.first.flatMap { Int($0) })
        let down = try #require(closed["bytes_down"]?.integer, "\(closed)")
        let figures = ["bytes_unread", "bytes_unacknowledged"].map { failed[$0]?.integer }
        let (unread, unacknowledged) = try (#require(figures[0]), #require(figures[1]))
        #expect(unread > 0 && unacknowledged > 0 && down == got + unacknowledged, "\(got), \(failed), \(closed)")
        #expect(figures == ["bytes_unread", "bytes_unacknowledged"].map { closed[$0]?.integer }, "\(closed)")
        // The others end it by themselves.
        if order == .closeAfter { forward.signal(SIGTERM) }
        try await forward.finish().expect(status: order == .maximumTime ? 75 : 0)
    }
}
