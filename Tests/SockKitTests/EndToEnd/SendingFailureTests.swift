import Testing

/// What happens when sending fails for a reason of this side's own, and when standard output learns of the peer's end.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct SendingFailureTests {
    // MARK: Files that sendfile(2) refuses

    @Test(arguments: ["discard", "echo"])
    func `a file that the kernel will not move is copied, to a server`(service: String) async throws {
        let server = try sockctl("listen", "--json", "--serve", service, "127.0.0.1:0")
        let address = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl("dial", "--json", address, input: .file("/proc/self/status")).finish()
        outcome.expect(status: 0)
        let sent = try #require(try outcome.events().last { $0.name == "closed" }?["bytes_sent"]?.integer)
        let closed = try await server.waitForEvent("closed")
        #expect(sent > 100 && closed["bytes_received"]?.integer == sent, "\(closed)")
        if service == "echo" { #expect(outcome.out.hasPrefix("Name:\t") && outcome.bytes.count == sent, "\(outcome)") }
    }

    @Test(.needs(.nc)) func `a file that the kernel will not move is copied, to another netcat`() async throws {
        let server = try start(.nc, "-l", "127.0.0.1", "0")
        let address = "127.0.0.1:\(try await server.boundPort())"
        try await sockctl("dial", address, input: .file("/proc/self/status")).finish().expect(status: 0)
        let received = try await server.finish().out
        #expect(received.hasPrefix("Name:\t") && received.hasSuffix("\n"), "\(received)")
    }

    @Test func `a listener copies such a file too`() async throws {
        let pair = try await join(.listen, input: .file("/proc/self/limits"), peer: "say(drain(c)[:5])")
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["b'Limit'"])
    }

    // MARK: Calls that fail

    /// A dial to a peer that reads to the end, in which a call fails with an error from some moment on.
    private func dial(
        _ options: [String] = [], failing call: String, with error: String, when: String, input: ChildProcess.Input
    ) async throws -> Outcome {
        let peer = try python("c = take(serve()); drain(c); hold()")
        let address = "127.0.0.1:\(try await peer.port())"
        let trace = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)"]
        let program = try start(
            #require(Tool.strace.path),
            trace + ["-e", "inject=\(call):error=\(error):when=\(when)", #require(Binary.sockctl), "dial"] + options
                + [address], input: input)
        return try await program.finish()
    }

    /// The number of bytes that were not sent, which the report must have.
    private func expectBytes(_ outcome: Outcome) {
        #expect(outcome.err.contains(/[0-9]+( of [0-9]+)? bytes/), "\(outcome)")
    }

    private func bigFile() throws -> ChildProcess.Input {
        let path = try scratch("big")
        try writeFile(path, Self.payload)
        return .file(path)
    }

    private static let payload = noise(8_000_000)

    @Test(.needsTracing, arguments: ["1", "2+", "3"])
    func `a file that cannot be read to its end is 66, and standard input is named`(when: String) async throws {
        let outcome = try await dial(failing: "sendfile", with: "EIO", when: when, input: bigFile())
        outcome.expect(status: 66)
        #expect(outcome.err.contains("standard input") && outcome.err.contains("input/output error"), "\(outcome)")
    }

    static let refusals = [("ENOMEM", 71), ("ENOBUFS", 71), ("EPERM", 77)] as [(String, Int32)]

    @Test(.needsTracing, arguments: refusals, ["1", "2+", "3"])
    func `a file that the kernel fails to send ends it at once, with the bytes`(
        refusal: (error: String, status: Int32), when: String
    ) async throws {
        let outcome = try await dial(failing: "sendfile", with: refusal.error, when: when, input: bigFile())
        outcome.expect(status: refusal.status)
        expectBytes(outcome)
    }

    // With --send-only nothing but what is sent goes by splice(2).
    @Test(.needsTracing, arguments: refusals, ["1", "2+", "5"])
    func `a pipe that the kernel fails to send ends it at once, with the bytes`(
        refusal: (error: String, status: Int32), when: String
    ) async throws {
        let outcome = try await dial(
            ["--send-only"], failing: "splice", with: refusal.error, when: when, input: .bytes(Self.payload))
        outcome.expect(status: refusal.status)
        // Before the first call nothing had been taken from the pipe, and how much it holds is not known.
        if when != "1" { expectBytes(outcome) }
    }

    @Test(.needsTracing) func `an end that cannot be passed on is told, and is 71`() async throws {
        let outcome = try await dial(failing: "shutdown", with: "ENOBUFS", when: "1+", input: .text("x"))
        outcome.expect(status: 71)
        #expect(outcome.err.contains("shutdown: no buffer space available"), "\(outcome)")
    }

    // MARK: Standard output after the peer's end

    @Test(arguments: Side.allCases, [["--half-open"], ["--input-grace", "1h"]])
    func `the reader of standard output learns of the peer's end at once, while standard input goes on`(
        side: Side, options: [String]
    ) async throws {
        let pair = try await join(
            side, options, peer: "c.sendall(b'bye'); c.shutdown(socket.SHUT_WR); say(drain(c))"
        ) { try sockctl($0, input: .open) }
        let written = try await pair.program.wait(for: "end of standard output") { record in
            record.openStreams == 1 ? record : nil
        }
        #expect(written.outText == "bye" && written.status == nil)
        pair.program.send("late")
        pair.program.closeInput()
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["b'late'"])
    }

    @Test(arguments: Side.allCases)
    func `a terminal that is standard output stays open after the peer's end`(side: Side) async throws {
        let pair = try await join(side, ["--half-open"], peer: "c.sendall(b'bye'); c.close()") { arguments in
            try python(
                """
                import pty, subprocess
                ours, theirs = pty.openpty()
                p = subprocess.Popen(arguments, stdout=theirs)
                os.close(theirs)
                got = b""
                while len(got) < 3: got += os.read(ours, 100)
                # Its end would be an error to be read here.
                say(got, quiet(ours, 0.5))
                sys.exit(p.wait())
                """, [#require(Binary.sockctl)] + arguments, input: .open)
        }
        try await pair.program.waitForOutput("True")
        pair.program.closeInput()
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(lines: ["b'bye' True"])
    }
}
