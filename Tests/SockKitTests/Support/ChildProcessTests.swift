import Glibc
import Testing

@Suite(.endToEnd) struct ChildProcessTests {
    @Test func `what is sent comes back and the end of the input ends the program`() async throws {
        let cat = try start(.cat, input: .open)
        cat.send("one\n")
        #expect(try await cat.waitForLine(on: .out) == "one")
        cat.send("two")
        try await cat.waitForOutput("two")
        cat.closeInput()
        let outcome = try await cat.finish()
        #expect(outcome.out == "one\ntwo" && outcome.status == 0)
    }

    @Test func `more than a pipe holds passes through in both directions`() async throws {
        let bytes = noise(3_000_001)
        let outcome = try await start(.cat, input: .bytes(bytes)).finish()
        #expect(outcome.bytes == bytes)
    }

    @Test(arguments: [("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137)] as [(String, Int32)])
    func `a status is told as a shell tells it`(script: String, status: Int32) async throws {
        try await start(.sh, "-c", script).finish().expect(status: status)
    }

    @Test func `standard input and output can be files, closed, or a pipe without a reader`() async throws {
        let (from, to) = (try scratch("from"), try scratch("to"))
        try writeFile(from, Array("text".utf8))
        try await start(.cat, input: .file(from), output: .file(to)).finish().expect(status: 0)
        #expect(try contents(of: to) == Array("text".utf8))
        try await start(.sh, "-c", "read x", input: .closed).finish().expect(status: 1)
        try await start(.sh, "-c", "echo x", output: .closed).finish().expect(status: 1)
        try await start(.cat, input: .text("x"), output: .closedPipe).finish().expect(status: 141)
        #expect(try await start(.cat, input: .file(from), output: .file("/dev/full")).finish().status == 1)
    }

    @Test func `a wait that cannot come true any more ends at once, one that does not come true at its deadline`()
        async throws
    {
        let done = try start(.sh, "-c", "echo gone")
        let start = SuspendingClock.now
        await #expect(throws: Overdue.self) {
            try await done.waitForLine(containing: "other", within: .seconds(3600))
        }
        let waiting = try sleeper()
        await #expect(throws: Overdue.self) { try await waiting.waitForLine(within: .milliseconds(50)) }
        #expect(.now - start < .seconds(600))
    }

    @Test func `a last line without a newline counts once nothing can follow it`() async throws {
        let shell = try start(.sh, "-c", "printf 'half ' >&2; read x; printf 'whole' >&2", input: .open)
        await #expect(throws: Overdue.self) { try await shell.waitForLine(within: .milliseconds(50)) }
        shell.closeInput()
        #expect(try await shell.waitForLine() == "half whole")
    }

    @Test func `the end kills the whole process group`() async throws {
        let shell = try start(.sh, "-c", "cat /dev/zero > /dev/null & echo $!; wait")
        let child = try #require(pid_t(try await shell.waitForLine(on: .out)))
        #expect(kill(child, 0) == 0)
        await shell.end()
        try await eventually("end of the child") {
            // An orphan is a zombie until its new parent looks.
            [nil, "Z", "X"].contains(processState(of: child)) ? () : nil
        }
    }

    @Test(arguments: [
        ("listening on tcp 127.0.0.1:3000", 3000), ("listening on tcp [::1]:3000 (this machine)", 3000),
        ("listening on [::]:1, every interface", 1), ("sockctl: listening", nil), ("listening on unix:/tmp/x", nil),
    ])
    func `a port is read from a line`(line: String, port: Int?) {
        #expect(ChildProcess.port(in: line) == port)
    }

    @Test(.needs(.python3)) func `the port of any listener is found`() async throws {
        let peer = try python("held = serve(); hold()")
        let told = try await peer.port()
        #expect(try await peer.boundPort() == told)
        let datagrams = try python("held = serve(kind=socket.SOCK_DGRAM); hold()")
        let port = try await datagrams.port()
        let found = try await datagrams.boundPort(datagram: true)
        #expect(found == port, "\(socketInodes(of: datagrams.pid)) \(socketTable("udp")) \(socketTable("udp6"))")
    }

    @Test(.needs(.python3, .nc))
    func `a black hole swallows a dial, a reserved port refuses it, an occupied one takes it`() async throws {
        let hole = try await blackHole("127.0.0.2", "127.0.0.3")
        let dialer = """
            for host in ("127.0.0.2", "127.0.0.3"):
                try: socket.create_connection((host, int(arguments[0])), timeout=0.2)
                except TimeoutError: say("timeout")
            try: dial(arguments[1])
            except ConnectionRefusedError: say("refused")
            dial(arguments[2]); say("taken")
            """
        let outcome = try await python(dialer, hole, try refusingPort(), try occupiedPort()).finish()
        #expect(outcome.out == "timeout\ntimeout\nrefused\ntaken\n", "\(outcome)")
    }

    @Test(.needs(.nc, .ncat, .socat), arguments: [Tool.nc, .ncat, .socat])
    func `the peers that the other suites use can talk to each other`(tool: Tool) async throws {
        let server = try Netcat(tool).listen(sending: "yo\n")
        let port = try await server.boundPort()
        let client = try Netcat(.ncat).dial(port, sending: "hi\n")
        #expect(try await client.finish().out == "yo\n")
        #expect(try await server.finish().out == "hi\n")
    }

    private func sleeper() throws -> ChildProcess { try start(.cat, input: .open) }
}
