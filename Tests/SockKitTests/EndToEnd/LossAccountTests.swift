import Glibc
import Testing

/// What is said of the bytes of a transfer that is broken off, and how it ends: what did not arrive is told, as far as
/// anybody can know, and nothing else is.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct LossAccountTests {
    /// What a peer begins with that has room for little: its kernel has not all of what is sent.
    private static let narrow = """
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        s.bind(("127.0.0.1", 0)); s.listen(); say(s.getsockname()[1])
        c = take(s)

        """

    /// More than that room, and less than a kernel takes that was asked for a buffer of 64 KiB.
    private static let few = noise(20_000)
    /// More than any kernel takes of a socket that nobody reads.
    private static let much = noise(16 << 20)

    private func file(_ bytes: [UInt8]) throws -> ChildProcess.Input {
        let path = try scratch("input")
        try writeFile(path, bytes)
        return .file(path)
    }

    // MARK: A reset while what was sent is on its way

    // With --send-only nobody reads of the peer, and who waits until all has arrived is told of the reset.
    @Test(arguments: [[], ["--send-only"]])
    func `what a peer's kernel had not taken when it reset the connection is a failure, and a FIN is no byte of it`(
        options: [String]
    ) async throws {
        let peer = try python(Self.narrow + "sys.stdin.readline(); say(stuck(c)); reset(c)", input: .open)
        let words = ["dial", "--json", "-O", "64K"] + options + ["127.0.0.1:\(try await peer.port())"]
        let dialer = try sockctl(words, input: file(Self.few))
        // All of it was given to the kernel, and its end behind it.
        try await dialer.waitForEvent("half-closed", whose: "by", is: "local")
        peer.send("now\n")
        let outcome = try await dialer.finish()
        outcome.expect(status: 74)
        let told = try await peer.finish().lines
        let taken = try #require(told.last.flatMap { Int($0) }, "\(told)")
        let events = try outcome.events()
        #expect(events.last { $0.name == "failed" }?["error"]?["code"]?.string == "ECONNRESET", "\(outcome)")
        let dropped = try #require(events.last { $0.name == "input-dropped" }, "\(outcome)")
        #expect(dropped["bytes_sent"]?.integer == Self.few.count)
        #expect(dropped["bytes"]?.integer == Self.few.count - taken, "\(taken), \(dropped)")
        let closed = try #require(events.last { $0.name == "closed" }, "\(outcome)")
        #expect(closed["by"]?.string == "reset")
        #expect(closed["bytes_unacknowledged"]?.integer == Self.few.count - taken, "\(taken), \(closed)")
        for event in [dropped, closed] {
            let unsent = try #require(event["bytes_unsent"]?.integer, "\(event)")
            #expect(unsent <= Self.few.count - taken, "\(taken), \(event)")
        }
    }

    @Test func `with --send-only a peer that has all of it may reset the connection`() async throws {
        let peer = try python("c = take(serve()); say(len(drain(c))); reset(c)")
        let outcome = try await sockctl(
            "dial", "--send-only", "127.0.0.1:\(try await peer.port())", input: file(Self.few)
        ).finish()
        outcome.expectQuietErrors(status: 0)
        try await peer.finish().expect(lines: ["\(Self.few.count)"], after: 1)
    }

    // MARK: Unix sockets

    /// Reads a little, waits until no more arrives, and ends with the rest unread: that resets the connection.
    private static let reader = """
        s = socket.socket(socket.AF_UNIX); s.bind(arguments[0]); s.listen(); say("up")
        c = s.accept()[0]; c.recv(100); stuck(c); say("read"); sys.stdin.readline(); c.close()
        """

    private func dialReader(_ options: [String], _ bytes: [UInt8]) async throws -> Outcome {
        let path = try scratch("socket")
        let peer = try python(Self.reader, path, input: .open)
        try await peer.waitForLine(containing: "up", on: .out)
        let dialer = try sockctl(["dial"] + options + ["unix:\(path)"], input: .open)
        dialer.send(bytes)
        try await peer.waitForLine(containing: "read", on: .out)
        peer.send("now\n")
        return try await dialer.finish()
    }

    @Test func `of what a Unix socket's peer was sent nothing is told as lost, or as acknowledged`() async throws {
        let outcome = try await dialReader([], Array(repeating: 7, count: 4000))
        outcome.expect(status: 74)
        #expect(outcome.err.contains("whether the peer read the 4000 bytes sent is not known"), "\(outcome)")
        #expect(!outcome.err.contains("acknowledged"), "\(outcome)")
    }

    @Test func `of a Unix socket what cannot have arrived is told by itself`() async throws {
        let outcome = try await dialReader(["--json", "-x", "/dev/null"], Self.much)
        outcome.expect(status: 74)
        let dropped = try #require(try outcome.events().last { $0.name == "input-dropped" }, "\(outcome)")
        #expect(dropped["bytes"] == nil, "\(dropped)")
        let sent = try #require(dropped["bytes_sent"]?.integer, "\(dropped)")
        let unsent = try #require(dropped["bytes_unsent"]?.integer, "\(dropped)")
        let closed = try outcome.events().last { $0.name == "closed" }
        #expect(closed?["bytes_sent"]?.integer == sent - unsent, "\(outcome)")
    }

    // MARK: A peer that ended first

    @Test func `what is sent to a peer that has gone after its end is refused, and told as lost`() async throws {
        let pair = try await join(.dial, "--json", "--half-open", input: .open, peer: "c.close()")
        try await pair.program.waitForEvent("half-closed", whose: "by", is: "peer")
        try await pair.expect(told: [])
        pair.program.send("late\n")
        pair.program.closeInput()
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        let events = try outcome.events()
        #expect(events.last { $0.name == "failed" }?["error"]?["code"]?.string == "ECONNRESET", "\(outcome)")
        #expect(events.last { $0.name == "input-dropped" }?["bytes"]?.integer == 5, "\(outcome)")
    }

    @Test(arguments: Side.allCases)
    func `what is sent to a peer that ended first, and takes it before it goes, is no loss`(side: Side) async throws {
        let pair = try await join(
            side, "--json", "--half-open", input: .open,
            peer: "c.shutdown(socket.SHUT_WR); say(drain(c)); c.close()")
        try await pair.program.waitForEvent("half-closed", whose: "by", is: "peer")
        pair.program.send("late\n")
        pair.program.closeInput()
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(!outcome.err.contains("input-dropped"), "\(outcome)")
        try await pair.expect(told: [#"b'late\n'"#])
    }

    // MARK: Told to end

    // A file is read in pieces that are larger than the buffers here: some of the first one is left over in any case.
    @Test(arguments: [["-x", "/dev/null"], ["--rate", "1000"], ["--write-size", "100", "--write-delay", "10ms"]])
    func `who is told to end tells what it had taken of standard input and never sent, to the byte`(
        options: [String]
    ) async throws {
        let peer = try python(
            Self.narrow + "c.recv(1, socket.MSG_PEEK); say('begun'); sys.stdin.readline(); say(len(drain(c)))",
            input: .open)
        let address = "127.0.0.1:\(try await peer.port())"
        let dialer = try sockctl(["dial", "--json", "-O", "8K"] + options + [address], input: file(noise(1 << 20)))
        try await peer.waitForLine(containing: "begun", on: .out)
        let outcome = try await dialer.finish(after: SIGTERM)
        outcome.expect(status: 143)
        peer.send("now\n")
        let told = try await peer.finish().lines
        let arrived = try #require(told.last.flatMap { Int($0) }, "\(told)")
        let dropped = try #require(try outcome.events().last { $0.name == "input-dropped" }, "\(outcome)")
        let sent = try #require(dropped["bytes_sent"]?.integer, "\(dropped)")
        let bytes = try #require(dropped["bytes"]?.integer, "\(dropped)")
        #expect(bytes > 0 && bytes == sent - arrived, "\(arrived), \(dropped)")
        #expect(dropped["bytes_unsent"]?.integer == bytes, "\(dropped)")
    }

    @Test(
        arguments: [
            (["-O", "8K", "--max-time", "1s"], 75), (["-O", "8K", "-i", "1s"], 75), (["-x", "/dev/full"], 73),
        ] as [([String], Int32)])
    func `of a file what an end of this side's leaves unsent is told, to the byte`(
        options: [String], status: Int32
    ) async throws {
        let peer = try python(Self.narrow + "sys.stdin.readline(); say(len(drain(c)))", input: .open)
        let words = ["dial", "--json"] + options + ["127.0.0.1:\(try await peer.port())"]
        let outcome = try await sockctl(words, input: file(noise(1 << 20))).finish()
        outcome.expect(status: status)
        peer.send("now\n")
        let told = try await peer.finish().lines
        let arrived = try #require(told.last.flatMap { Int($0) }, "\(told)")
        let dropped = try #require(try outcome.events().last { $0.name == "input-dropped" }, "\(outcome)")
        #expect(dropped["bytes_sent"]?.integer == 1 << 20, "\(dropped)")
        #expect(dropped["bytes"]?.integer == (1 << 20) - arrived, "\(arrived), \(dropped)")
    }

    @Test(arguments: [["-x", "/dev/null"], ["--rate", "10M"]])
    func `who is told to end tells what it had read and never written, to the byte`(options: [String]) async throws {
        let peer = try python("c = take(serve()); c.sendall(bytes(4 << 20)); hold()")
        let pipe = try scratch("output")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let reader = unsafe open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        let dialer = try sockctl(
            ["dial", "--json", "-vv"] + options + ["127.0.0.1:\(try await peer.port())"], input: .open,
            output: .file(pipe))
        // More than the pipe takes, which nobody reads; 1032 is F_GETPIPE_SZ.
        try await dialer.wait(for: "more reads than a pipe has room for") { record in
            record.errText.split(separator: "\n").compactMap { try? Event($0) }.filter { $0.name == "read" }
                .reduce(0) { $0 + ($1["bytes"]?.integer ?? 0) } > Int(fcntl(reader, 1032)) ? () : nil
        }
        let outcome = try await dialer.finish(after: SIGTERM)
        outcome.expect(status: 143)
        let events = try outcome.events()
        let dropped = try #require(events.last { $0.name == "output-dropped" }, "\(outcome.err.suffix(600))")
        let received = try #require(events.last { $0.name == "closed" }?["bytes_received"]?.integer)
        var room = [UInt8](repeating: 0, count: 4 << 20)
        let written = unsafe read(reader, &room, room.count)
        #expect(dropped["bytes_received"]?.integer == received, "\(dropped)")
        #expect(dropped["bytes"]?.integer == received - written, "\(dropped), \(written)")
    }

    // MARK: Another connection

    @Test func `what a peer's kernel has is perhaps unread, whatever the peer has said since`() async throws {
        let peer = try python(
            """
            s = serve(); c = s.accept()[0]
            until(lambda: len(c.recv(9, socket.MSG_PEEK)) == 5)
            c.sendall(b"hi"); taken(c); reset(c)
            drain(s.accept()[0])
            """)
        let dialer = try sockctl(
            "dial", "--json", "--reconnect", "--retry-delay", "10ms", "127.0.0.1:\(try await peer.port())",
            input: .open)
        dialer.send("hello")
        let lost = try await dialer.waitForEvent("disconnected")
        #expect(lost["bytes_sent"]?.integer == 5 && lost["bytes_unacknowledged"]?.integer == 0, "\(lost)")
        #expect(lost["bytes_perhaps_unread"]?.integer == 5 && lost["bytes_since_heard"]?.integer == 0, "\(lost)")
        dialer.closeInput()
        try await dialer.finish().expect(status: 0)
    }
}
