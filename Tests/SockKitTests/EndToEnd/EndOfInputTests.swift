import Testing

/// Rule 1 of the end of data, with everything that standard input can be: its end is passed on, after its last byte.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct EndOfInputTests {
    /// What a terminal would not change, nor keep until the end of a line.
    private static let text = Array(String(repeating: "a line of thirty-two characters\n", count: 100).utf8)

    private static let payload = noise(300_007)

    private static func bytes(for kind: InputKind) -> [UInt8] { kind == .terminal ? text : payload }

    /// The bytes that the report counts each way.
    private func counts(_ outcome: Outcome) throws -> [Int?] {
        let closed = try outcome.events().filter { $0.name == "closed" }
        #expect(closed.count == 1, "\(outcome)")
        return ["bytes_sent", "bytes_received"].map { closed.first?[$0]?.integer }
    }

    // MARK: Every byte, then the end

    @Test(arguments: Side.allCases, InputKind.allCases)
    func `all of it arrives, then its end, and the report counts each byte`(
        side: Side, kind: InputKind
    ) async throws {
        // With a dump the bytes pass through the process; without it the kernel moves them where it can.
        for options in [["--json"], ["--json", "-x", "/dev/null"]] {
            let (bytes, received) = (Self.bytes(for: kind), try scratch("received"))
            let pair = try await join(
                side, options, peer: "open('\(received)', 'wb').write(drain(c)); c.sendall(b'thanks'); c.close()"
            ) { try kind.start($0, sending: bytes) }
            let outcome = try await pair.program.finish()
            outcome.expect(status: 0)
            outcome.expect(out: "thanks")
            try await pair.expect(told: [])
            #expect(try contents(of: received) == bytes)
            #expect(try counts(outcome) == [bytes.count, 6], "\(outcome)")
        }
    }

    @Test(arguments: Side.allCases, InputKind.allCases)
    func `one byte is enough for an end that is passed on at once`(side: Side, kind: InputKind) async throws {
        let pair = try await join(
            side, from: kind, sending: Array("\n".utf8), peer: "say(drain(c)); c.sendall(b'seen'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "seen")
        try await pair.expect(told: [#"b'\n'"#])
    }

    @Test(arguments: InputKind.allCases)
    func `a listen whose input ends without a byte says so only after the peer has`(kind: InputKind) async throws {
        let pair = try await join(
            .listen, "--json", from: kind, sending: [],
            peer: "say(quiet(c, 0.3)); c.sendall(b'data'); c.shutdown(socket.SHUT_WR); say(drain(c))")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "data")
        try await pair.expect(told: ["True", "b''"])
        #expect(try counts(outcome) == [0, 4])
    }

    @Test(arguments: InputKind.allCases)
    func `a dial whose input ends without a byte says so at once`(kind: InputKind) async throws {
        let pair = try await join(
            .dial, from: kind, sending: [], peer: "say(drain(c)); c.sendall(b'data'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "data")
        try await pair.expect(told: ["b''"])
    }

    // MARK: --no-shutdown

    @Test(arguments: Side.allCases, InputKind.allCases)
    func `with --no-shutdown all of it arrives, no end follows, and the peer's is the end`(
        side: Side, kind: InputKind
    ) async throws {
        let bytes = Self.bytes(for: kind)
        let pair = try await join(
            side, "--no-shutdown", "--json", from: kind, sending: bytes,
            peer: """
                got = 0
                while got < \(bytes.count): got += len(c.recv(1 << 16))
                say(got, quiet(c, 0.3)); c.sendall(b'bye'); c.close()
                """)
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "bye")
        try await pair.expect(told: ["\(bytes.count) True"])
        #expect(try counts(outcome) == [bytes.count, 3])
    }

    @Test(arguments: Side.allCases)
    func `with --no-shutdown -q still is the longest that it takes`(side: Side) async throws {
        let pair = try await join(
            side, "--no-shutdown", "-q", "300ms", input: .text("x"), peer: "say(c.recv(9)); say(drain(c))")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.elapsed >= .milliseconds(300))
        try await pair.expect(told: ["b'x'", "b''"])
    }

    // MARK: --quit-after

    @Test(arguments: Side.allCases)
    func `what comes before -q is over is written, and the end is 0`(side: Side) async throws {
        let pair = try await join(
            side, "--json", "-q", "1s", input: .text("question"), peer: "drain(c); c.sendall(b'answer'); hold()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "answer")
        #expect(outcome.elapsed >= .seconds(1))
        #expect(try counts(outcome) == [8, 6])
    }

    @Test(arguments: Side.allCases, [InputKind.file, .pipe])
    func `-q 0 ends with standard input, and nothing of it is lost`(side: Side, kind: InputKind) async throws {
        let pair = try await join(
            side, "-q", "0", from: kind, sending: Self.payload, peer: "say(len(drain(c))); hold()")
        try await pair.program.finish().expect(status: 0)
        try await pair.peer.waitForLine(containing: "300007", on: .out)
    }

    @Test(arguments: Side.allCases)
    func `-q counts from the end of standard input, not from the start`(side: Side) async throws {
        let pair = try await join(
            side, "-q", "100ms", from: .pipe, peer: "c.sendall(b'1'); c.recv(1); drain(c); hold()")
        try await pair.program.waitForOutput("1")
        await #expect(throws: Overdue.self) {
            try await pair.program.wait(for: "end", within: .milliseconds(400)) { $0.status }
        }
        pair.program.send("x")
        pair.program.closeInput()
        try await pair.program.finish().expect(status: 0)
    }

    @Test func `a listen with an empty input ends at -q too`() async throws {
        let pair = try await join(.listen, "-q", "300ms", peer: "c.sendall(b'data'); hold()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "data")
        #expect(outcome.elapsed >= .milliseconds(300))
    }
}
