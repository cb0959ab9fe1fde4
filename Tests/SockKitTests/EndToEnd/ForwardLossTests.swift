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
}
