import Glibc
import Testing

/// A time that is over after standard input's end: a peer that speaks would be reset by the close, and is not to lose what
/// is on its way to it without a word.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct QuitLossTests {
    /// A peer with room for little.
    private static let narrow = """
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        s.bind(("127.0.0.1", 0)); s.listen(); say(s.getsockname()[1])

        """
    /// One that says something at once.
    private static let speaker =
        narrow + """
            c = take(s); c.sendall(b"hello")
            until(lambda: queues(c.getsockname()[1], c.getpeername()[1])[0] == 0); say("acknowledged")

            """
    /// More than that room, and less than a kernel takes that was asked for a buffer of 64 KiB.
    private static let bytes = noise(20_000)

    /// Sends once this side's kernel has what the peer says, or at once.
    private func dial(_ peer: ChildProcess, _ options: [String], hears: Bool = true) async throws -> Outcome {
        let words = ["dial", "--json", "-O", "64K"] + options + ["127.0.0.1:\(try await peer.port())"]
        let dialer = try sockctl(words, input: .open)
        if hears { try await peer.waitForLine(containing: "acknowledged", on: .out) }
        dialer.send(Self.bytes)
        dialer.closeInput()
        return try await dialer.finish()
    }

    @Test(
        arguments: [
            (["-q", "0"], 0), (["-q", "100ms"], 0), (["-q", "0", "--no-shutdown"], 0),
            (["--send-only", "-q", "100ms"], 0), (["--close-after", "2s"], 0), (["--max-time", "2s"], 75),
        ] as [([String], Int32)])
    func `what a peer that speaks has not taken by then is told`(options: [String], status: Int32) async throws {
        let peer = try python(Self.speaker + "hold()")
        let outcome = try await dial(peer, options)
        outcome.expect(status: status)
        let dropped = try #require(try outcome.events().last { $0.name == "input-dropped" }, "\(outcome)")
        #expect(dropped["bytes_sent"]?.integer == Self.bytes.count, "\(dropped)")
        #expect((1...Self.bytes.count).contains(dropped["bytes"]?.integer ?? 0), "\(dropped)")
        #expect(dropped["bytes_unsent"]?.integer == 0, "\(dropped)")
    }

    @Test(arguments: [["-q", "0"], ["-q", "0", "--no-shutdown"], ["--send-only", "-q", "5s"]])
    func `one that takes it has all of it, and nothing is told`(options: [String]) async throws {
        let peer = try python(Self.speaker + "say(len(drain(c)))")
        let outcome = try await dial(peer, options)
        outcome.expect(status: 0)
        #expect(try !outcome.events().contains { $0.name == "input-dropped" }, "\(outcome)")
        try await peer.finish().expect(lines: ["\(Self.bytes.count)"], after: 2)
    }

    @Test func `one that says nothing is not waited for, and gets all of it from the kernel`() async throws {
        let peer = try python(Self.narrow + "c = take(s); sys.stdin.readline(); say(len(drain(c)))", input: .open)
        let outcome = try await dial(peer, ["-q", "0"], hears: false)
        outcome.expect(status: 0)
        #expect(try !outcome.events().contains { $0.name == "input-dropped" }, "\(outcome)")
        peer.send("now\n")
        try await peer.finish().expect(lines: ["\(Self.bytes.count)"], after: 1)
    }
}
