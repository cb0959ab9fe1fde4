import Glibc
import Testing

/// Every documented status is given for its reason, with one clear line on standard error.
@Suite(.endToEnd, .needsSockctl) struct ExitStatusTests {
    // MARK: 64, the command line

    @Test(arguments: [
        (["dial", "--tiemout", "1s", "127.0.0.1:1"], "--timeout"), (["lisen", "0"], "listen"),
        (["dial"], "ADDRESS"), (["dial", "127.0.0.1:1", "2", "3"], "'3'"),
        (["dial", "127.0.0.1:99999"], "99999"), (["dial", "::1:80"], "[::1]:80"), (["dial", "foo://x:1"], "foo"),
        (["dial", "--network", "foo", "127.0.0.1:1"], "foo"),
        (["dial", "127.0.0.1:no-such-service"], "no-such-service"),
        (["dial", "-n", "localhost:1"], "localhost"), (["forward", "-n", "0", "localhost:1"], "'localhost' is a name"),
        (["dial", "-w", "1x", "127.0.0.1:1"], "1x"),
        (["dial", "-w", "-1s", "127.0.0.1:1"], "-1s"), (["dial", "--timeout=", "127.0.0.1:1"], "--timeout"),
        (["dial", "127.0.0.1:1", "-w"], "-w"),
        (["dial", "--read-size", "99999999999999999999G", "127.0.0.1:1"], "--read-size"),
        (["listen", "--backlog", "many", "0"], "many"), (["listen", "--max-accepts", "-1", "0"], "-1"),
        (["listen", "--serve", "foo", "0"], "foo"), (["listen", "--mode", "0999", "unix:/tmp/x"], "0999"),
        (["dial", "--color", "maybe", "127.0.0.1:1"], "maybe"),
        (["dial", "--verbose=yes", "127.0.0.1:1"], "--verbose"),
        (["dial", "unix:/" + String(repeating: "x", count: 107)], "108"), (["dial", "010.0.0.1:80"], "010.0.0.1"),
        (["dial", "-d", "127.0.0.1:1"], "--recv-only"), (["dial", "-k", "127.0.0.1:1"], "--keepalive"),
        (["-l", "3000"], "sockctl listen 3000"),
        (["listen", "--serve", "echo", "-o", "x", "0"], "--output"),
        (["listen", "-u", "--keepalive", "5s", "0"], "--keepalive"),

        (["listen", "--mode", "0600", "--mode", "0644", "0"], "--mode"),
    ])
    func `a wrong command line is 64 and what was wrong is named`(arguments: [String], named: String) async throws {
        let outcome = try await sockctl(arguments).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.hasPrefix("sockctl: "), "\(outcome)")
        #expect(outcome.err.contains(named), "\(outcome)")
        outcome.expect(out: "")
    }

    @Test func `what was wrong is told whole, however long it is`() async throws {
        let word = "--" + String(repeating: "x", count: 30_000)
        for arguments in [[word], ["dial", word], ["generate", word, word]] {
            let outcome = try await sockctl(arguments).finish()
            outcome.expect(status: 64)
            #expect(outcome.err.contains(arguments[0] == "generate" ? "sockctl generate ." : word))
        }
    }

    @Test(.needs(.python3)) func `what was wrong is told to a reader that is behind`() async throws {
        let peer = try python(
            """
            import subprocess
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            try:
                while True: os.write(writer, bytes(4096))
            except BlockingIOError: pass
            os.set_blocking(writer, True)
            program = subprocess.Popen([arguments[0], "dial", "--frobnicate"], stderr=writer)
            os.close(writer)
            try: program.wait(0.5)
            except subprocess.TimeoutExpired: pass
            text = b"".join(iter(lambda: os.read(reader, 65536), b""))
            say(program.wait(), b"--frobnicate" in text)
            """, [try #require(Binary.sockctl)])
        #expect(try await peer.finish().out == "64 True\n")
    }

    @Test(arguments: [["--help"], ["--version"], ["dial", "-h"], ["listen", "--help"], ["help", "dial"], ["help"]])
    func `help and version go to standard output with 0`(arguments: [String]) async throws {
        let outcome = try await sockctl(arguments).finish()
        outcome.expect(status: 0)
        #expect(!outcome.out.isEmpty && outcome.err == "", "\(outcome)")
    }

    // MARK: 68, no such host

    @Test(.needsOwnNetwork) func `a name that does not resolve is 68`() async throws {
        let program = try via(.unshare, "-rn", run: ["dial", "no-such-host.invalid:80"])
        let outcome = try await program.finish(within: patience)
        outcome.expect(status: 68)
        #expect(outcome.err.contains("no-such-host.invalid"), "\(outcome)")
    }

    @Test(arguments: [
        ["-6", "127.0.0.1:1"], ["-4", "[::1]:1"], ["tcp6://127.0.0.1:1"],
        ["-6", "--resolve", "here=127.0.0.1", "here:1"],
    ])
    func `a host without an address of the family asked for is 68`(arguments: [String]) async throws {
        try await sockctl(["dial"] + arguments).finish().expect(status: 68)
    }

    // MARK: 69, 75: nobody answers

    @Test func `a refused dial is 69, says so in Go's words and gives a hint`() async throws {
        let port = try refusingPort()
        let outcome = try await sockctl("dial", "127.0.0.1:\(port)").finish()
        outcome.expect(status: 69)
        let lines = outcome.err.split(separator: "\n")
        #expect(lines.first == "sockctl: dial tcp 127.0.0.1:\(port): connect: connection refused")
        #expect(lines.count == 2 && lines.last?.hasPrefix("hint: ") == true, "\(outcome)")
        outcome.expect(out: "")
    }

    @Test(.needs(.python3)) func `a reset right after the accept is 74, whether the dial or a read meets it`()
        async throws
    {
        let peer = try python(
            """
            l = serve()
            while True:
                reset(l.accept()[0])
            """)
        let port = try await peer.port()
        for _ in 0..<30 {
            let outcome = try await sockctl("dial", "127.0.0.1:\(port)", input: .open).finish()
            outcome.expect(status: 74)
            #expect(outcome.err.contains("connection reset by peer"), "\(outcome)")
        }
    }

    @Test(.needsOwnNetwork) func `a network without a route is 69`() async throws {
        let outcome = try await via(.unshare, "-rn", run: ["dial", "192.0.2.1:80"]).finish()
        outcome.expect(status: 69)
        #expect(outcome.err.contains("network is unreachable"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `a dial that nobody answers in time is 75`() async throws {
        let port = try await blackHole("127.0.0.2")
        let outcome = try await sockctl("dial", "-w", "300ms", "127.0.0.2:\(port)").finish()
        outcome.expect(status: 75)
        #expect(outcome.err.hasPrefix("sockctl: dial tcp 127.0.0.2:\(port): i/o timeout\n"), "\(outcome)")
    }

    @Test func `a listen that nobody dials in time is 75`() async throws {
        let outcome = try await sockctl("listen", "-w", "200ms", "127.0.0.1:0").finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(200))
    }

    @Test(.needs(.python3), arguments: Side.allCases)
    func `a run that takes longer than --max-time is 75`(side: Side) async throws {
        let pair = try await join(side, "--max-time", "1s", input: .open, peer: "hold()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .seconds(1))
    }

    // MARK: 71, 73, 77: the system refuses

    @Test(.needs(.prlimit)) func `no descriptors left is 71`() async throws {
        let address = "127.0.0.1:\(try occupiedPort())"
        try await via(.prlimit, "--nofile=4", run: ["dial", address]).finish().expect(status: 71)
    }

    /// The C library says of a name that it does not exist where it could not open the file that has it.
    @Test(arguments: 5...14) func `a name is not unknown where no descriptor is left to look it up with`(
        limit: Int
    ) async throws {
        let words = [
            "-c", #"ulimit -n "$1"; exec "$0" dial "localhost:$2""#, try #require(Binary.sockctl), "\(limit)",
            "\(try refusingPort())",
        ]
        let outcome = try await start("/bin/sh", words).finish()
        // With a few more there are enough, and nobody listens.
        #expect(outcome.status == 71 || outcome.status == 69, "\(outcome)")
        #expect(outcome.status == 69 || outcome.err.contains("too many open files"), "\(outcome)")
    }

    @Test func `an address in use is 73`() async throws {
        let port = try occupiedPort()
        let outcome = try await sockctl("listen", "127.0.0.1:\(port)").finish()
        outcome.expect(status: 73)
        #expect(
            outcome.err.hasPrefix("sockctl: listen tcp 127.0.0.1:\(port): bind: address already in use\n"), "\(outcome)"
        )
    }

    @Test func `an address that is not this machine's is 73`() async throws {
        try await sockctl("listen", "192.0.2.1:0").finish().expect(status: 73)
    }

    @Test func `an output file that cannot be made is 73`() async throws {
        let path = try scratch("missing/file")
        let outcome = try await sockctl("dial", "-o", path, "127.0.0.1:\(occupiedPort())").finish()
        outcome.expect(status: 73)
        #expect(outcome.err.contains(path), "\(outcome)")
    }

    @Test(.needsNobody, .enabled(if: firstFreePort > 80, "needs port 80 to be privileged"))
    func `a privileged port is 77`() async throws {
        let program = try start(
            #require(Tool.setpriv.path), Tool.asNobody + [#require(Binary.sockctl), "listen", "127.0.0.1:80"])
        let outcome = try await program.finish()
        outcome.expect(status: 77)
        #expect(outcome.err.contains("permission denied"), "\(outcome)")
        #expect(outcome.err.contains("hint: "), "\(outcome)")
    }

    @Test(.needsNobody) func `a path in somebody else's directory is 77`() async throws {
        for command in ["dial", "listen"] {
            let arguments = [command, "unix:\(try scratch("socket"))"]
            let program = try start(
                #require(Tool.setpriv.path), Tool.asNobody + [#require(Binary.sockctl)] + arguments)
            try await program.finish().expect(status: 77)
        }
    }

    // MARK: 128 + n, signals

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func `a dial that is interrupted is 128 and the signal's number`(signal: Int32, status: Int32) async throws {
        let dial = try sockctl("dial", "--json", "127.0.0.1:\(occupiedPort())", input: .open)
        try await dial.waitForEvent("connected")
        try await dial.finish(after: signal).expect(status: status)
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func `a listen that is interrupted is 128 and the signal's number`(signal: Int32, status: Int32) async throws {
        let listen = try sockctl("listen", "127.0.0.1:0", input: .open)
        _ = try await listen.listening()
        try await listen.finish(after: signal).expect(status: status)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a server takes the first signal as the order to finish`(signal: Int32) async throws {
        let server = try sockctl("listen", "-k", "127.0.0.1:0", input: .open)
        _ = try await server.listening()
        try await server.finish(after: signal).expect(status: 0)
    }

    @Test(.needs(.python3)) func `a server's second signal ends it at once`() async throws {
        let server = try sockctl("listen", "--serve", "chargen", "127.0.0.1:0")
        let port = try await server.listening().port
        // A peer that does not read keeps the server in the middle of a write.
        let client = try python("c = dial(arguments[0]); say(c.recv(1)); hold()", port)
        try await client.waitForLine(containing: "b'", on: .out)
        var (queued, looks) = (0, 0)
        try await eventually("a write that blocks") {
            let now = socketTable("tcp").first { $0.remotePort == port && $0.state == .established }?.receiveQueue ?? 0
            looks = now > 0 && now == queued ? looks + 1 : 0
            queued = now
            return looks == 15 ? () : nil
        }
        server.signal(SIGTERM)
        try server.hold(for: "end of listening") { _ in
            socketTable("tcp").contains { $0.localPort == port && $0.state == .listen } ? nil : ()
        }
        #expect(server.record.status == nil, "the connection that is left is finished first")
        try await server.finish(after: SIGTERM).expect(status: 143)
    }

    private static let firstFreePort: Int = {
        let text = try? contents(of: "/proc/sys/net/ipv4/ip_unprivileged_port_start")
        return text.flatMap { Int(String(decoding: $0, as: UTF8.self).prefix { $0.isNumber }) } ?? 1024
    }()
}
