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
}
