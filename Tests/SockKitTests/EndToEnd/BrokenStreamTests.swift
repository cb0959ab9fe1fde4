import Testing

/// Rules 3 and 4 of the end of data: a connection that breaks, and a standard output that does.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct BrokenStreamTests {
    @Test(arguments: Side.allCases)
    func `a reset is an error`(side: Side) async throws {
        let pair = try await join(side, input: .open, peer: "c.recv(1); reset(c)")
        pair.program.send("x")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        #expect(outcome.err.contains("connection reset by peer"), "\(outcome)")
    }

    @Test(arguments: [["--version"], ["--help"], ["dial", "--help"]])
    func `what is printed without a loop may have lost its reader`(words: [String]) async throws {
        try await sockctl(words, output: .closedPipe).finish().expectQuietErrors(status: 0)
    }

    @Test(arguments: [["--version"], ["--help"], ["dial", "--help"]])
    func `what is printed without a loop and cannot be written is told`(words: [String]) async throws {
        let outcome = try await sockctl(words, output: .file("/dev/full")).finish()
        outcome.expect(status: 74)
        #expect(outcome.err == "sockctl: write standard output: no space left on device\n", "\(outcome)")
    }

    @Test(arguments: Side.allCases)
    func `what came before a reset is not lost`(side: Side) async throws {
        let pair = try await join(side, input: .open, peer: "c.recv(1); c.sendall(b'answer'); reset(c)")
        pair.program.send("x")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        outcome.expect(out: "answer")
    }

    @Test(arguments: Side.allCases)
    func `a peer that leaves data unread is an error that tells of bytes`(side: Side) async throws {
        let pair = try await join(side, input: .bytes(noise(8_000_000)), peer: "c.recv(1); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        #expect(outcome.err.contains("bytes"), "\(outcome)")
    }

    @Test(arguments: Side.allCases)
    func `a peer that ends and then no longer takes what is sent is an error`(side: Side) async throws {
        let pair = try await join(side, "--input-grace", "1h", input: .open, peer: "c.close(); say('closed')")
        try await pair.peer.waitForLine(containing: "closed", on: .out)
        // The first write after the peer's close succeeds into the kernel's buffer; its answer is the reset.
        for _ in 0..<40 where pair.program.record.status == nil {
            let before = pair.program.record.err.count
            pair.program.send("x")
            _ = try? await pair.program.wait(for: "report", within: .milliseconds(100)) {
                $0.status != nil || $0.err.count > before ? () : nil
            }
        }
        try await pair.program.finish().expect(status: 74)
    }

    @Test(arguments: Side.allCases)
    func `a reader of standard output that goes away is noticed although nothing arrives`(side: Side) async throws {
        let pair = try await join(side, input: .open, peer: "c.sendall(b'hello\\n'); hold()")
        try await pair.program.waitForOutput("hello\n")
        pair.program.closeOutput()
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(!outcome.err.contains("pipe"), "\(outcome)")
    }

    @Test(arguments: Side.allCases)
    func `a reader of standard output that goes away in the middle of a flood ends it quietly`(side: Side) async throws
    {
        let pair = try await join(
            side, input: .open,
            peer: """
                try:
                    while True: c.sendall(b'line\\n' * 1000)
                except OSError: say("gone")
                """)
        try pair.program.hold(for: "output") { $0.out.isEmpty ? nil : () }
        pair.program.closeOutput()
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(!outcome.err.contains("pipe"), "\(outcome)")
        try await pair.expect(told: ["gone"])
    }

    @Test(.needs(.sh), arguments: Side.allCases)
    func `a shell's head takes its line and the pipeline ends`(side: Side) async throws {
        let flood = "c = %@\ntry:\n    while True: c.sendall(b'line\\n' * 1000)\nexcept OSError: pass"
        let script = #"exec 3>&1; { "$@"; echo "status $?" >&3; } | head -n 1 >&3"#
        let program = try #require(Binary.sockctl)
        switch side {
        case .dial:
            let peer = try python(flood.replacing("%@", with: "take(serve())"))
            let port = try await peer.port()
            let shell = try start(.sh, "-c", script, "sh", program, "dial", "127.0.0.1:\(port)", input: .open)
            #expect(try await Set(shell.finish().lines) == ["line", "status 0"])
        case .listen:
            let shell = try start(.sh, "-c", script, "sh", program, "listen", "127.0.0.1:0", input: .open)
            _ = try await python(flood.replacing("%@", with: "dial(arguments[0])"), shell.listening().port)
            #expect(try await Set(shell.finish().lines) == ["line", "status 0"])
        }
    }

    @Test(arguments: Side.allCases)
    func `a full disk is an error with its reason`(side: Side) async throws {
        let pair = try await join(side, output: .file("/dev/full"), peer: "c.sendall(b'x'); drain(c)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        #expect(outcome.err.lowercased().contains("no space left on device"), "\(outcome)")
    }

    @Test(arguments: [
        ["backlog-probe", "--backlog", "0", "--dials", "1"], ["write-block-probe", "--writes", "1"],
        ["udp-send", "--unconnected", "127.0.0.1:9", "x"],
    ])
    func `reports that are the output and find the disk full are an error with its reason`(
        words: [String]
    ) async throws {
        let outcome = try await sockctl(words, output: .file("/dev/full")).finish()
        outcome.expect(status: 74)
        #expect(outcome.err.lowercased().contains("no space left on device"), "\(outcome)")
    }

    @Test(arguments: [
        ["backlog-probe", "--backlog", "0", "--dials", "1"], ["write-block-probe", "--writes", "1"],
        ["udp-send", "--unconnected", "127.0.0.1:9", "x"], ["lab"], ["lab", "short-read", "--check"],
    ])
    func `reports that are the output and have nowhere to go are an error with its reason`(
        words: [String]
    ) async throws {
        let outcome = try await sockctl(words, output: .closed).finish()
        outcome.expect(status: 74)
        #expect(outcome.err.lowercased().contains("bad file descriptor"), "\(outcome)")
    }

    @Test func `a scan whose findings have nowhere to go is an error with its reason`() async throws {
        let peer = try python("s = serve(); hold()")
        let address = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("dial", "-z", address, output: .closed).finish()
        outcome.expect(status: 74)
        #expect(outcome.err.lowercased().contains("bad file descriptor"), "\(outcome)")
    }

    @Test(arguments: Side.allCases)
    func `a broken connection is told with what cannot have arrived`(side: Side) async throws {
        let pair = try await join(side, "--json", input: .bytes(noise(8_000_000)), peer: "c.recv(1); reset(c)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        let closed = try #require(try outcome.events().last { $0.name == "closed" }, "\(outcome)")
        #expect(closed["by"]?.string == "reset")
        #expect(try #require(closed["bytes_unacknowledged"]?.integer, "\(closed)") >= 0)
    }
}
