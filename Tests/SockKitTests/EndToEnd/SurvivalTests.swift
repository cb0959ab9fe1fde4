import Glibc
import Testing

/// Killed peers, signals, interrupted calls and missing descriptors lose nothing silently.
@Suite(.endToEnd, .needsSockctl) struct SurvivalTests {
    @Test(.needs(.python3), arguments: Side.allCases)
    func `a peer that is killed in the middle of a transfer is an error with the bytes`(side: Side) async throws {
        let pair = try await join(side, input: .file("/dev/zero"), peer: "c.recv(65536); say('reading'); hold()")
        try await pair.peer.waitForLine(containing: "reading", on: .out)
        pair.peer.signal(SIGKILL)
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        #expect(outcome.err.contains("bytes"), "\(outcome)")
    }

    @Test func `both directions at once carry every byte`() async throws {
        let (up, down) = (noise(24_000_001, seed: 1), noise(16_000_003, seed: 2))
        let (upward, downward) = (try scratch("up"), try scratch("down"))
        try writeFile(upward, up)
        try writeFile(downward, down)
        let (atListen, atDial) = (try scratch("at-listen"), try scratch("at-dial"))
        let listen = try sockctl("listen", "127.0.0.1:0", input: .file(downward), output: .file(atListen))
        let port = try await listen.listening().port
        let dial = try sockctl("dial", "127.0.0.1:\(port)", input: .file(upward), output: .file(atDial))
        try await dial.finish(within: .seconds(60)).expect(status: 0)
        try await listen.finish(within: .seconds(60)).expect(status: 0)
        #expect(try contents(of: atListen) == up)
        #expect(try contents(of: atDial) == down)
    }

    @Test func `stops, continuations and other signals in a transfer change nothing`() async throws {
        let bytes = noise(40 * 200_000)
        let listen = try sockctl("listen", "127.0.0.1:0", input: .open)
        let dial = try sockctl("dial", "127.0.0.1:\(await listen.listening().port)", input: .open)
        for round in 0..<40 {
            let part = Array(bytes[(round * 200_000)..<((round + 1) * 200_000)])
            dial.send(part)
            listen.send(part)
            for process in [dial, listen] {
                for harmless in [SIGWINCH, SIGURG, SIGCHLD, SIGCONT] { process.signal(harmless) }
                try await process.pause()
                process.signal(SIGCONT)
            }
        }
        dial.closeInput()
        listen.closeInput()
        let (sent, received) = (try await dial.finish(), try await listen.finish())
        sent.expect(status: 0)
        received.expect(status: 0)
        #expect(received.bytes == bytes && sent.bytes == bytes)
    }

    @Test(.needsTracing, arguments: Side.allCases)
    func `interrupted system calls are made again`(side: Side) async throws {
        // Not connect: strace would keep the kernel from seeing it, while an interrupted connect goes on by itself.
        let calls = "write,writev,sendto,sendmsg,recvfrom,recvmsg,splice,epoll_wait,epoll_pwait,accept4"
        let bytes = noise(2_000_001)
        let traced = { (arguments: [String]) in
            try via(
                .strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(calls)", "-e",
                "inject=\(calls):error=EINTR:when=1+3",
                run: arguments, input: .bytes(bytes))
        }
        let listenArguments = ["listen", "127.0.0.1:0"]
        let listen = try side == .listen ? traced(listenArguments) : sockctl(listenArguments, input: .bytes(bytes))
        let dialArguments = ["dial", "127.0.0.1:\(try await listen.listening().port)"]
        let dial = try side == .dial ? traced(dialArguments) : sockctl(dialArguments, input: .bytes(bytes))
        let (dialled, listened) = (
            try await dial.finish(within: .seconds(60)), try await listen.finish(within: .seconds(60))
        )
        dialled.expect(status: 0)
        listened.expect(status: 0)
        #expect(dialled.bytes == bytes && listened.bytes == bytes)
    }

    @Test(.needsTracing, .needs(.ncat), arguments: ["EMFILE", "ENFILE", "ENOBUFS", "ECONNABORTED"])
    func `an accept that fails for a while is tried again and said`(error: String) async throws {
        let server = try via(
            .strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=accept4", "-e",
            "inject=accept4:error=\(error):when=1..3",
            run: ["listen", "-k", "--serve", "echo", "-v", "127.0.0.1:0"])
        let client = try await Netcat(.ncat).dial(server.listening().port, sending: "hello\n")
        try await client.finish().expect(out: "hello\n")
        try await server.waitForLine(containing: "accept")
    }

    @Test(.needs(.prlimit, .python3)) func `clients beyond the descriptor limit wait and are served later`()
        async throws
    {
        let server = try via(.prlimit, "--nofile=16", run: ["listen", "-k", "--serve", "echo", "127.0.0.1:0"])
        let script = """
            held = [dial(arguments[0]) for _ in range(30)]
            for c in held: c.sendall(b"x")
            served = 0
            while held:
                ready, _, _ = select.select(held, [], [], 10)
                if not ready: break
                for c in ready:
                    served += len(c.recv(1)); c.close(); held.remove(c)
            say(served)
            """
        let clients = try await python(script, server.listening().port)
        try await clients.finish(within: patience).expect(out: "30\n")
        #expect(server.record.status == nil)
    }

    @Test(.needs(.prlimit, .python3), .enabled(if: mayOpen(4096), "needs 4096 descriptors"))
    func `more than 1024 clients are served at once`() async throws {
        let server = try via(
            .prlimit, "--nofile=4096", run: ["listen", "--serve", "echo", "--backlog", "2048", "127.0.0.1:0"])
        let script = """
            import resource
            resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
            held = [dial(arguments[0]) for _ in range(1500)]
            for i, c in enumerate(held): c.sendall(b"%d" % i)
            say(sum(c.recv(100) == b"%d" % i for i, c in enumerate(held)))
            """
        let clients = try await python(script, server.listening().port)
        try await clients.finish(within: .seconds(60)).expect(out: "1500\n")
    }

    private static func mayOpen(_ count: UInt) -> Bool {
        var limit = rlimit()
        return unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 && limit.rlim_max >= count
    }
}
