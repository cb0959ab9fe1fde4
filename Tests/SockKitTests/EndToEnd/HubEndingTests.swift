import Glibc
import Testing

/// `listen -k` in pipe mode that is told to finish, or whose peers end before it: what is still on its way, either way.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HubEndingTests {
    /// More than the kernel keeps between buffers of 64 KiB, and no more than the server queues for one peer.
    private static let queued = 500_000

    /// A peer that takes nothing until it is told to; then it says what it got, and how that ended.
    private static let slow = """
        c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        c.connect(("127.0.0.1", int(arguments[0]))); c.sendall(b"here\\n")
        c.recv(1, socket.MSG_PEEK); stuck(c); say("full"); sys.stdin.readline()
        if arguments[1] == "late": stuck(c)
        if arguments[1] == "resets": reset(c); sys.exit()
        if arguments[1] == "leaves": c.close(); sys.exit()
        got = 0
        try:
            while part := c.recv(1 << 16): got += len(part)
            say("end", got)
        except ConnectionResetError: say("reset", got)
        """

    /// A server that has read more of standard input than such a peer's kernel takes, and that peer.
    private func start(_ manner: String) async throws -> (server: ChildProcess, peer: ChildProcess) {
        let server = try sockctl("listen", "-k", "--json", "-O", "64K", "127.0.0.1:0", input: .open)
        let peer = try python(Self.slow, ["\(try await server.listening().port)", manner], input: .open)
        try await server.waitForOutput("here\n")
        server.send(noise(Self.queued))
        try await peer.waitForLine(containing: "full", on: .out)
        return (server, peer)
    }

    @Test func `what is queued for a peer is written to it before the end`() async throws {
        let (server, peer) = try await start("late")
        server.signal(SIGTERM)
        try await server.waitForEvent("stopping")
        peer.send("now\n")
        try await peer.finish().expect(lines: ["full", "end \(Self.queued)"])
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        #expect(!outcome.err.contains("input-dropped"), "\(outcome)")
    }

    @Test func `what a peer does not take is told to the byte, and the connection is no clean end`() async throws {
        let (server, peer) = try await start("never")
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        let dropped = try #require(try outcome.events().first { $0.name == "input-dropped" }, "\(outcome)")
        peer.send("now\n")
        let told = try #require(try await peer.finish().lines.last).split(separator: " ")
        #expect(told.first == "reset", "\(told)")
        let arrived = try #require(told.last.flatMap { Int($0) })
        #expect(dropped["bytes_sent"]?.integer == Self.queued, "\(dropped)")
        #expect(dropped["bytes"]?.integer == Self.queued - arrived, "\(arrived), \(dropped)")
    }

    @Test func `what was still to be sent to a peer that resets is told to the byte`() async throws {
        let (server, peer) = try await start("resets")
        peer.send("now\n")
        let closed = try await server.waitForEvent("closed")
        let dropped = try await server.waitForEvent("input-dropped")
        #expect(dropped["connection"]?.integer == 1 && dropped["bytes_sent"]?.integer == Self.queued, "\(dropped)")
        let sent = try #require(closed["bytes_sent"]?.integer)
        let figures = ["bytes_unacknowledged", "bytes_unsent"].map { closed[$0]?.integer }
        let (atRisk, unsent) = try (#require(figures[0]), #require(figures[1]))
        #expect(dropped["bytes"]?.integer == Self.queued - sent + atRisk, "\(dropped), \(closed)")
        #expect(dropped["bytes_unsent"]?.integer == Self.queued - sent + unsent, "\(dropped), \(closed)")
        #expect(server.record.status == nil)
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `what a peer has not taken that ends, and is gone, is told to the byte`() async throws {
        let (server, peer) = try await start("leaves")
        peer.send("now\n")
        let dropped = try await server.waitForEvent("input-dropped")
        let closed = try await server.waitForEvent("closed")
        let sent = try #require(closed["bytes_sent"]?.integer)
        let acknowledged = try sent - #require(closed["bytes_unacknowledged"]?.integer)
        // Closed with bytes unread it is a reset, and then some were not even given to the kernel.
        let all = try #require(dropped["bytes_sent"]?.integer)
        #expect(dropped["connection"]?.integer == 1 && all <= Self.queued && all >= sent, "\(dropped), \(closed)")
        #expect(dropped["bytes"]?.integer == all - acknowledged, "\(dropped), \(closed)")
        #expect(server.record.status == nil)
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `what was read of a peer, and nobody took of standard output, is told and no failure`() async throws {
        let pipe = try scratch("output")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let reader = unsafe open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        let pair = try await join(
            .listen, "-k", "--json", "-vv", input: .open, output: .file(pipe),
            peer: "c.sendall(bytes(4 << 20)); hold()")
        // More than the pipe takes, which nobody reads. How much that is depends on the sizes of the reads, as each begins a
        // page of its own; 1032 is F_GETPIPE_SZ.
        var (seen, looks) = (0, 0)
        try await eventually("a program that reads no more") {
            let last = pair.program.record.errText.split(separator: "\n").last { $0.contains("\"read\"") }
            // The last line may not be whole yet.
            let total = last.flatMap { try? Event($0)["total"]?.integer } ?? 0
            looks = total > Int(fcntl(reader, 1032)) / 2 && total == seen ? looks + 1 : 0
            seen = total
            return looks == 20 ? () : nil
        }
        let outcome = try await pair.program.finish(after: SIGTERM)
        outcome.expect(status: 0)
        let events = try outcome.events()
        #expect(!events.contains { $0.name == "failed" }, "\(outcome.err.suffix(600))")
        let dropped = try #require(events.last { $0.name == "output-dropped" }, "\(outcome.err.suffix(600))")
        let received = try #require(events.last { $0.name == "closed" }?["bytes_received"]?.integer)
        var room = [UInt8](repeating: 0, count: 4 << 20)
        let written = unsafe read(reader, &room, room.count)
        #expect(dropped["bytes_received"]?.integer == received, "\(dropped)")
        #expect(dropped["bytes"]?.integer == received - written, "\(dropped), \(written)")
    }

    @Test(arguments: [["-k"], ["--max-accepts", "2"]], ["--quit-after=1", "--half-open"])
    func `an end that is about one peer is refused where there are several`(
        several: [String], option: String
    ) async throws {
        let outcome = try await sockctl(["listen"] + several + [option, "127.0.0.1:0"]).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("is about one peer"), "\(outcome)")
    }

    @Test func `nc takes -q beside -k`() async throws {
        let server = try sockctl("nc", "-vlk", "-q", "1", "-s", "127.0.0.1", "-p", "0")
        try await server.waitForLine(containing: "Listening on")
    }

    @Test func `with --send-only a peer that has ended its own side gets what comes late`() async throws {
        let server = try sockctl(
            "listen", "-k", "--send-only", "--input-grace", "100ms", "127.0.0.1:0", input: .open)
        let peer = try await python(
            "c = dial(arguments[0]); c.shutdown(socket.SHUT_WR); say(quiet(c, 1.3)); say(drain(c))",
            server.listening().port)
        try await peer.waitForLine(containing: "True", on: .out)
        server.send("late")
        server.closeInput()
        try await peer.finish().expect(lines: ["True", "b'late'"])
    }

    @Test func `a peer that reads nothing holds nobody up, however slowly the others are written to`() async throws {
        let server = try sockctl("listen", "-k", "--serve", "broker", "--read-size", "4096", "127.0.0.1:0")
        let peers = try await python(
            """
            stuck = dial(arguments[0])
            one, two = dial(arguments[0]), dial(arguments[0])
            one.settimeout(30)
            # Much more than the kernel and the server keep for one that reads nothing.
            for _ in range(200): one.sendall(b"x" * 65536); two.recv(1 << 20)
            two.settimeout(30)
            one.sendall(b"over")
            while True:
                part = two.recv(1 << 20)
                # One that was kept from the CPU may have been dropped as well; nobody was held up.
                if not part or part.endswith(b"over"): break
            say("over")
            """, server.listening().port)
        try await peers.finish(within: .seconds(60)).expect(lines: ["over"])
    }

    @Test func `with --send-only a peer that is gone is parted from`() async throws {
        let server = try sockctl("listen", "-k", "--json", "-v", "--send-only", "127.0.0.1:0", input: .open)
        let peer = try await python(
            """
            c = dial(arguments[0]); c.shutdown(socket.SHUT_WR); sys.stdin.readline(); reset(c)
            """, [String(server.listening().port)], input: .open)
        try await server.waitForEvent("accepted")
        peer.send("now\n")
        try await server.waitForEvent("closed")
    }

    @Test func `the order to finish ends the wait for what a peer that has ended may still get`() async throws {
        let server = try sockctl("listen", "-k", "--json", "--input-grace", "1m", "127.0.0.1:0", input: .open)
        let peer = try await python(
            "c = dial(arguments[0]); c.sendall(b'x'); c.shutdown(socket.SHUT_WR); c.recv(1); say('over')",
            server.listening().port)
        try await server.waitForOutput("x")
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        try await peer.finish().expect(lines: ["over"])
        let events = try outcome.events()
        let times = ["stopping", "closed"].map { name in events.last { $0.name == name }?["elapsed"]?.number ?? 0 }
        // Peers that do not end by themselves have 5 s.
        #expect(times[1] - times[0] < 4, "\(outcome)")
    }
}
