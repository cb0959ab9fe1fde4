import Testing

/// Rules 2 to 4 of the end of data: what the peer's end, a broken connection and a lost reader mean depends on what
/// standard input is.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct EndOfPeerTests {
    private static let payload = noise(20_000_000)

    /// The bytes that the report counts each way.
    private func counts(_ outcome: Outcome) throws -> [Int?] {
        let closed = try #require(try outcome.events().last { $0.name == "closed" }, "\(outcome)")
        return ["bytes_sent", "bytes_received"].map { closed[$0]?.integer }
    }

    // MARK: Standard input has ended

    @Test func `with --send-only what comes late is sent, though the peer had ended its own side`() async throws {
        let peer = try python("c = take(serve()); c.shutdown(1); say(drain(c))")
        let dial = try await sockctl("dial", "--send-only", "127.0.0.1:\(peer.port())", input: .open)
        // Longer than --input-grace.
        await #expect(throws: Overdue.self) {
            try await dial.wait(for: "end", within: .milliseconds(1300)) { $0.status }
        }
        dial.send("late")
        dial.closeInput()
        try await dial.finish().expect(status: 0)
        try await peer.finish().expect(lines: ["b'late'"], after: 1)
    }

    @Test func `what a peer that has ended takes slowly is no silence of standard input`() async throws {
        let peer = try python(
            "c = take(serve()); c.shutdown(1); stuck(c); time.sleep(1.2); say(len(drain(c)))")
        let dial = try await sockctl("dial", "127.0.0.1:\(peer.port())", input: .bytes(noise(12_000_000)))
        try await dial.finish().expect(status: 0)
        try await peer.finish().expect(lines: ["12000000"], after: 1)
    }

    @Test(arguments: Side.allCases, [["--input-grace", "1h"], ["--half-open"], ["--idle-timeout", "1h"]])
    func `once standard input has ended the peer's end is the end at once`(
        side: Side, options: [String]
    ) async throws {
        let pair = try await join(side, options, peer: "c.sendall(drain(c)); c.close()") {
            try sockctl($0, input: .text("x"))
        }
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "x")
        outcome.expectNoWordOfInput()
    }

    @Test(arguments: Side.allCases)
    func `an end of standard input within the grace is the end at once, and no word is said of it`(
        side: Side
    ) async throws {
        let pair = try await join(
            side, "--input-grace", "1h", from: .pipe, peer: "c.shutdown(socket.SHUT_WR); say('ended'); say(drain(c))")
        try await pair.peer.waitForLine(containing: "ended", on: .out)
        pair.program.send("last")
        pair.program.closeInput()
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expectNoWordOfInput()
        try await pair.expect(told: ["ended", "b'last'"])
    }

    // MARK: Standard input goes on

    @Test(arguments: Side.allCases)
    func `at a terminal the peer's end is the end at once`(side: Side) async throws {
        let pair = try await join(side, "--input-grace", "1h", from: .terminal, peer: "c.sendall(b'bye'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "bye")
        outcome.expectNoWordOfInput()
    }

    @Test(arguments: Side.allCases)
    func `at a terminal --half-open goes on until the end of standard input`(side: Side) async throws {
        let pair = try await join(
            side, "--half-open", from: .terminal,
            peer: "c.shutdown(socket.SHUT_WR); say(quiet(c, 0.3)); say(drain(c))")
        try await pair.peer.waitForLine(containing: "True", on: .out)
        pair.program.send("late\n")
        pair.program.closeInput()
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["True", #"b'late\n'"#])
    }

    @Test(arguments: Side.allCases)
    func `a file is sent to its end however long that takes`(side: Side) async throws {
        let path = try scratch("file")
        try writeFile(path, Array("abcdefgh".utf8))
        let options = ["--json", "--input-grace", "10ms", "--write-size", "2", "--write-delay", "150ms"]
        let pair = try await join(side, options, peer: "c.shutdown(socket.SHUT_WR); say(drain(c))") {
            try sockctl($0, input: .file(path))
        }
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expectNoWordOfInput()
        try await pair.expect(told: ["b'abcdefgh'"])
        #expect(try counts(outcome) == [8, 0])
    }

    @Test(arguments: Side.allCases, [InputKind.pipe, .socket])
    func `what comes from a pipe or socket renews the grace, and a word is said when it is over`(
        side: Side, kind: InputKind
    ) async throws {
        let pair = try await join(
            side, "--input-grace", "4s", from: kind,
            peer: """
                c.shutdown(socket.SHUT_WR); say("ended"); say(c.recv(9))
                last = time.monotonic(); say(c.recv(9)); say(time.monotonic() - last > 2.5)
                """)
        try await pair.peer.waitForLine(containing: "ended", on: .out)
        // When more than half of it is over. Had the grace not begun anew, less than half would be left.
        await #expect(throws: Overdue.self) {
            try await pair.program.wait(for: "end", within: .milliseconds(2100)) { $0.status }
        }
        pair.program.send("late")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.err.contains("standard input"), "\(outcome)")
        try await pair.expect(told: ["ended", "b'late'", "b''", "True"])
    }

    @Test(arguments: Side.allCases)
    func `without a limit of the grace only the end of standard input ends it`(side: Side) async throws {
        let pair = try await join(
            side, "--input-grace", "none", from: .pipe,
            peer: "c.shutdown(socket.SHUT_WR); say(quiet(c, 1.3)); say(drain(c))")
        try await pair.peer.waitForLine(containing: "True", on: .out)
        pair.program.send("late")
        pair.program.closeInput()
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["True", "b'late'"])
    }

    @Test func `with --quiet no word is said of an input that had not ended`() async throws {
        let pair = try await join(.dial, "--quiet", "--input-grace", "50ms", from: .pipe, peer: "c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expectNoWordOfInput()
    }

    @Test(arguments: Side.allCases, InputKind.allCases)
    func `all that the peer sent before its end is written and counted`(side: Side, kind: InputKind) async throws {
        let (path, bytes) = (try scratch("sent"), Self.payload.prefix(300_007))
        try writeFile(path, Array(bytes))
        let peer = "c.sendall(open('\(path)', 'rb').read()); c.shutdown(socket.SHUT_WR); drain(c)"
        // With a dump the bytes pass through the process; without it the kernel moves them where it can.
        for options in [["--json"], ["--json", "-x", "/dev/null"]] {
            let pair = try await join(side, options, peer: peer) { arguments in
                try kind == .file ? kind.start(arguments, sending: [7]) : kind.startOpen(arguments)
            }
            let outcome = try await pair.program.finish()
            outcome.expect(status: 0)
            #expect(outcome.bytes[...] == bytes)
            #expect(try counts(outcome) == [kind == .file ? 1 : 0, bytes.count], "\(outcome.err)")
        }
    }

    // MARK: Broken

    /// How the bytes go: by sendfile(2), by splice(2), through this process.
    enum Way: String, CaseIterable, Sendable {
        case file, pipe, copy
    }

    @Test(arguments: Side.allCases, Way.allCases)
    func `after a reset the report has what the peer's kernel did not acknowledge, to the byte`(
        side: Side, way: Way
    ) async throws {
        let options = way == .copy ? ["--json", "-x", "/dev/null"] : ["--json"]
        let pair = try await join(side, options, peer: "got = len(c.recv(1000)); say(got + stuck(c)); reset(c)") {
            try (way == .file ? InputKind.file : .pipe).start($0, sending: Self.payload)
        }
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        let told = try await pair.peer.finish().lines
        let taken = try #require(told.last.flatMap { Int($0) })
        let closed = try #require(try outcome.events().last { $0.name == "closed" }, "\(outcome)")
        let sent = try #require(closed["bytes_sent"]?.integer)
        #expect(closed["by"]?.string == "reset" && closed["bytes_unacknowledged"]?.integer == sent - taken, "\(closed)")
    }

    @Test(arguments: Side.allCases)
    func `a standard output without a reader from the start is the end, quietly`(side: Side) async throws {
        let pair = try await join(side, [], peer: "say(drain(c))") {
            try sockctl($0, input: .open, output: .closedPipe)
        }
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(!outcome.err.contains("pipe"), "\(outcome)")
        try await pair.expect(told: ["b''"])
    }
}

extension Outcome {
    /// Records an issue if something was said of a standard input that had not ended.
    fileprivate func expectNoWordOfInput(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(!err.contains("standard input"), "\(self)", sourceLocation: sourceLocation)
    }
}
