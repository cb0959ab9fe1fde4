import Glibc
import Testing

/// What `listen` does before and beside the data: where it listens, whom it takes, and when it stops taking.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ListenTests {
    // MARK: Where

    @Test func `a bare port is this machine only and the line says so`() async throws {
        let listen = try sockctl("listen", "0", input: .open)
        #expect(try await listen.listening().line.contains("127.0.0.1:"))
    }

    @Test(.needsIPv6) func `a colon and a port are every interface of both families, and IPv4 peers look like IPv4`()
        async throws
    {
        let listen = try sockctl("listen", "-k", "--json", ":0", input: .open)
        let port = try await listen.listening().port
        let dialer =
            "c = socket.create_connection((arguments[0], int(arguments[1])), 10); say(c.getsockname()[1]); drain(c)"
        for host in ["127.0.0.1", "::1"] {
            let client = try python(dialer, host, port)
            let clientPort = try await client.port()
            let remote = host == "::1" ? "[::1]:\(clientPort)" : "127.0.0.1:\(clientPort)"
            let event = try await listen.waitForEvent("accepted", whose: "remote", is: remote)
            #expect(event["local"]?.string == (host == "::1" ? "[::1]:\(port)" : "127.0.0.1:\(port)"))
        }
        // A row may be missing of a table that changes while it is read.
        _ = try await eventually("row of the socket") {
            socketTable("tcp6").first { $0.localPort == port && $0.state == .listen }
        }
        let inodes = Set(socketTable("tcp").filter { $0.state == .listen && $0.localPort == port }.map(\.inode))
        #expect(inodes.isDisjoint(with: socketInodes(of: listen.pid)), "one socket for both families")
    }

    @Test func `a second listen on a port is refused while the first goes on`() async throws {
        let first = try sockctl("listen", "127.0.0.1:0", input: .text("yo"))
        let port = try await first.listening().port
        try await sockctl("listen", "127.0.0.1:\(port)").finish().expect(status: 73)
        let client = try python("say(drain(dial(arguments[0])))", port)
        try await client.finish().expect(out: "b'yo'\n")
    }

    @Test func `a port can be listened on again at once after its server closed first`() async throws {
        let port = try unboundPort()
        let first = try sockctl("listen", "-k", "--serve", "time", "127.0.0.1:\(port)")
        _ = try await first.listening()
        try await python("drain(dial(arguments[0]))", port).finish().expect(status: 0)
        try await first.finish(after: SIGTERM).expect(status: 0)
        let second = try sockctl("listen", "127.0.0.1:\(port)", input: .open)
        #expect(try await second.listening().port == port)
    }

    // MARK: Whom

    @Test func `without -k a second client is refused while the first is served`() async throws {
        let listen = try sockctl("listen", "127.0.0.1:0", input: .open)
        let script = """
            first = dial(arguments[0]); first.sendall(b"first\\n"); sys.stdin.readline()
            try: dial(arguments[0]); say("taken")
            except ConnectionRefusedError: say("refused")
            first.sendall(b"again\\n")
            """
        let client = try await python(script, listen.listening().port, input: .open)
        try await listen.waitForOutput("first\n")
        client.send("\n")
        try await client.finish().expect(out: "refused\n")
        try await listen.waitForOutput("again\n")
    }

    @Test func `one client after another, and several at once, are served with -k`() async throws {
        let listen = try sockctl("listen", "-k", "--serve", "echo", "127.0.0.1:0")
        let script = """
            held = [dial(arguments[0]) for _ in range(3)]
            for round in range(3):
                for i, c in enumerate(held):
                    c.sendall(b"%d %d;" % (round, i))
                for i, c in reversed(list(enumerate(held))):
                    say(c.recv(100).decode() == "%d %d;" % (round, i))
            for c in held: c.close()
            c = dial(arguments[0]); c.sendall(b"late"); say(c.recv(100) == b"late")
            """
        let outcome = try await python(script, listen.listening().port).finish()
        outcome.expect(lines: Array(repeating: "True", count: 10))
    }

    @Test func `with -k standard input goes to every peer and its end to all`() async throws {
        let listen = try sockctl("listen", "-k", "127.0.0.1:0", input: .open)
        let script = """
            held = [dial(arguments[0]) for _ in range(2)]
            for c in held: c.sendall(b"here\\n")
            say(*[c.recv(100) for c in held])
            say(*[c.recv(100) for c in held])
            """
        let clients = try await python(script, listen.listening().port)
        try await listen.waitForOutput("here\nhere\n")
        listen.send("to all\n")
        try await clients.waitForLine(containing: #"b'to all\n' b'to all\n'"#, on: .out)
        listen.closeInput()
        try await clients.waitForLine(containing: "b'' b''", on: .out)
    }

    @Test func `with -k a peer that has gone does not disturb standard input's end`() async throws {
        let server = try sockctl("listen", "-k", "--input-grace", "1m", "127.0.0.1:0", input: .open)
        let clients = try await python(
            """
            dial(arguments[0]).close(); c = dial(arguments[0]); c.sendall(b"here\\n")
            while text := c.recv(100): say(text.decode().strip())
            say("end")
            """, server.listening().port)
        try await server.waitForOutput("here\n")
        for text in ["a", "b", "c", "d"] {
            server.send("\(text)\n")
            try await clients.waitForLine(containing: text, on: .out)
        }
        server.closeInput()
        try await clients.finish().expect(lines: ["a", "b", "c", "d", "end"])
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `with -k standard input waits for the first peer`() async throws {
        let listen = try sockctl("listen", "-k", "127.0.0.1:0", input: .text("early\n"))
        let client = try await python("say(drain(dial(arguments[0])))", listen.listening().port)
        try await client.finish().expect(out: "b'early\\n'\n")
    }

    @Test func `lines of several peers are not mixed`() async throws {
        let listen = try sockctl("listen", "-k", "127.0.0.1:0", input: .open)
        let script = """
            a, b = dial(arguments[0]), dial(arguments[0])
            for c in (a, b): c.sendall(b"here\\n")
            sys.stdin.readline()
            a.sendall(b"AAA"); sys.stdin.readline()
            b.sendall(b"BBB\\n"); sys.stdin.readline()
            a.sendall(b"aaa\\n"); hold()
            """
        let clients = try await python(script, listen.listening().port, input: .open)
        try await listen.waitForOutput("here\nhere\n")
        clients.send("\n\n")
        try await listen.waitForOutput("BBB\n")
        clients.send("\n")
        try await listen.waitForOutput("aaa\n")
        #expect(listen.record.outText == "here\nhere\nBBB\nAAAaaa\n")
    }

    @Test func `one peer more than -m allows is closed and reported`() async throws {
        let listen = try sockctl("listen", "-k", "-m", "1", "--serve", "echo", "--json", "127.0.0.1:0")
        let script = """
            first = dial(arguments[0]); first.sendall(b"1"); say(first.recv(1))
            second = dial(arguments[0])
            try: say(second.recv(1))
            except ConnectionResetError: say("b''")
            first.sendall(b"2"); say(first.recv(1))
            """
        let outcome = try await python(script, listen.listening().port).finish()
        outcome.expect(lines: ["b'1'", "b''", "b'2'"])
        #expect(try await listen.waitForEvent("peer-refused")["reason"]?.string != nil)
    }

    @Test(arguments: [["-k"], [], ["--serve", "echo"], ["--max-accepts", "1"]])
    func `with -m 0 nobody is served, everyone is told and closed, and the next one is awaited`(
        options: [String]
    ) async throws {
        let listen = try sockctl(["listen", "-m", "0", "--json"] + options + ["127.0.0.1:0"], input: .open)
        let script = """
            for _ in range(2):
                c = dial(arguments[0])
                try: say(c.recv(1))
                except ConnectionResetError: say("b''")
            """
        let outcome = try await python(script, listen.listening().port).finish()
        outcome.expect(lines: ["b''", "b''"])
        try await listen.waitForEvent("peer-refused")
        let end = try await listen.finish(after: SIGTERM)
        end.expect(status: 0)
        let events = try end.events()
        #expect(events.count { $0.name == "peer-refused" } == 2 && !events.contains { $0.name == "accepted" })
    }

    @Test func `a refused peer does not end the wait for the first one`() async throws {
        let listen = try sockctl("listen", "-m", "0", "-w", "300ms", "127.0.0.1:0", input: .open)
        _ = try await python("dial(arguments[0])", listen.listening().port).finish()
        try await listen.finish().expect(status: 75)
    }

    @Test func `the queue is as long as the system allows, or as asked, and -v tells it`() async throws {
        let longest = try String(decoding: contents(of: "/proc/sys/net/core/somaxconn").dropLast(), as: UTF8.self)
        let free = try sockctl("listen", "--json", "127.0.0.1:0", input: .open)
        #expect(try await free.waitForEvent("listening")["backlog"]?.integer == Int(longest))
        let told = try sockctl("listen", "-v", "127.0.0.1:0", input: .open)
        try await told.waitForLine(containing: "(this machine only, backlog \(longest))")
        let asked = try sockctl("listen", "-v", "--backlog", "7", "127.0.0.1:0", input: .open)
        try await asked.waitForLine(containing: "(this machine only, backlog 7)")
    }

    @Test func `after --max-accepts the port is closed and those who came are finished`() async throws {
        let listen = try sockctl("listen", "--max-accepts", "2", "--serve", "echo", "127.0.0.1:0")
        let script = """
            held = [dial(arguments[0]) for _ in range(2)]
            for c in held: c.sendall(b"x"); c.recv(1)
            try: dial(arguments[0]); say("taken")
            except ConnectionRefusedError: say("refused")
            for c in held: c.sendall(b"y"); say(c.recv(1))
            """
        let outcome = try await python(script, listen.listening().port).finish()
        outcome.expect(lines: ["refused", "b'y'", "b'y'"])
        try await listen.finish().expect(status: 0)
    }

    @Test func `a client that resets or is killed does not disturb the others`() async throws {
        let listen = try sockctl("listen", "-k", "--serve", "echo", "127.0.0.1:0")
        let port = try await listen.listening().port
        let killed = try python("c = dial(arguments[0]); c.sendall(b'x'); c.recv(1); say('up'); hold()", port)
        let steady = try python(
            """
            c = dial(arguments[0]); c.sendall(b"1"); say(c.recv(1))
            bad = dial(arguments[0]); bad.sendall(b"x" * 100000); reset(bad)
            sys.stdin.readline()
            c.sendall(b"2"); say(c.recv(1))
            c = dial(arguments[0]); c.sendall(b"3"); say(c.recv(1))
            """, port, input: .open)
        try await killed.waitForLine(containing: "up", on: .out)
        killed.signal(SIGKILL)
        steady.send("\n")
        try await steady.finish().expect(lines: ["b'1'", "b'2'", "b'3'"])
        #expect(listen.record.status == nil)
    }

    // MARK: The queue

    @Test func `a dial succeeds and its data waits although nobody accepts`() async throws {
        let listen = try sockctl("listen", "127.0.0.1:0", input: .open)
        let port = try await listen.listening().port
        try await listen.pause()
        let client = try python("c = dial(arguments[0]); c.sendall(b'hello\\n'); say('sent'); hold()", port)
        try await client.waitForLine(containing: "sent", on: .out)
        #expect(listen.record.outText == "")
        listen.signal(SIGCONT)
        try await listen.waitForOutput("hello\n")
    }

    @Test func `a backlog of five admits six`() async throws {
        let listen = try sockctl("listen", "-k", "--serve", "time", "--backlog", "5", "127.0.0.1:0")
        let port = try await listen.listening().port
        try await listen.pause()
        let script = """
            held = []
            for _ in range(12):
                try: held.append(socket.create_connection(("127.0.0.1", int(arguments[0])), 0.3))
                except TimeoutError: break
            say(len(held)); sys.stdin.readline()
            for c in held: c.settimeout(10)
            say(sum(len(drain(c)) for c in held))
            """
        let client = try python(script, port, input: .open)
        #expect(try await client.waitForLine(on: .out) == "6")
        listen.signal(SIGCONT)
        client.send("\n")
        try await client.finish().expect(lines: ["6", "120"])
    }

    // MARK: How it reads and closes

    @Test func `a read returns what is there, at most --read-size`() async throws {
        let listen = try sockctl("listen", "--read-size", "10", "--json", "-vv", "127.0.0.1:0", input: .open)
        let client = try await python(
            "c = dial(arguments[0]); c.sendall(b'0123456789ABCDE'); c.close()", listen.listening().port)
        _ = try await client.finish()
        let outcome = try await listen.finish()
        outcome.expect(out: "0123456789ABCDE")
        let sizes = try outcome.events().filter { $0.name == "read" }.compactMap { $0["bytes"]?.integer }
        #expect(sizes.filter { $0 > 0 } == [10, 5])
    }

    @Test func `--close reset ends with a reset`() async throws {
        let pair = try await join(
            .listen, "--close", "reset", "--input-grace", "50ms", input: .open,
            peer: """
                c.shutdown(socket.SHUT_WR)
                try: say(c.recv(1))
                except ConnectionResetError: say("reset")
                """)
        _ = try await pair.program.finish()
        try await pair.expect(told: ["reset"])
    }

    @Test(arguments: [([], "b''"), (["--no-read"], "reset")])
    func `--close-after limits a connection's life, and what nobody read makes it a reset`(
        options: [String], seen: String
    ) async throws {
        let listen = try sockctl(["listen", "--close-after", "300ms"] + options + ["127.0.0.1:0"], input: .open)
        let script = """
            c = dial(arguments[0]); begun = time.monotonic(); c.sendall(b"x" * 1000)
            try: say(c.recv(1))
            except ConnectionResetError: say("reset")
            say(0.25 < time.monotonic() - begun < 5)
            """
        let outcome = try await python(script, listen.listening().port).finish()
        outcome.expect(lines: [seen, "True"])
    }

    // MARK: Others' turn

    @Test func `what standard input gives while the last peer leaves is the next one's`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", input: .open)
        let address = "127.0.0.1:\(try await server.listening().port)"
        try await sockctl("dial", address).finish().expect(status: 0)
        try await server.waitForEvent("closed")
        // It is being read since the first one came.
        server.send("one\n")
        let second = try sockctl("dial", address, input: .open)
        try await second.waitForOutput("one\n")
        server.send("two\n")
        try await second.waitForOutput("two\n")
    }

    @Test(.needs(.python3)) func `a peer that pours leaves a signal its turn`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", input: .open, output: .file("/dev/null"))
        let port = try await server.listening().port
        let pourer = try python(
            """
            c = dial(arguments[0]); say("begun"); block = bytes(1 << 20)
            try:
                while True: c.sendall(block)
            except OSError: pass
            """, port)
        try await pourer.waitForLine(containing: "begun", on: .out)
        try await server.waitForEvent("first-byte")
        let other = try sockctl("dial", "--json", "127.0.0.1:\(port)", input: .open)
        try await other.waitForEvent("connected")
        _ = try await server.wait(for: "the other one") { record in
            record.errText.split(separator: "\n").count { $0.contains(#""event":"accepted""#) } == 2 ? () : nil
        }
        #expect(try await server.finish(after: SIGTERM).status == 0)
    }

    @Test func `a program that pours errors leaves a signal its turn`() async throws {
        let server = try sockctl("listen", "-v", "127.0.0.1:0", "--sh-exec", "yes >&2")
        let client = try sockctl("dial", "127.0.0.1:\(try await server.listening().port)", input: .open)
        _ = try await server.waitForLine(containing: ": y")
        let outcome = try await server.finish(after: SIGTERM)
        #expect(outcome.status == 143, "\(outcome.err.suffix(300))")
        _ = try await client.finish()
    }

    @Test(.needs(.python3)) func `of several readers each may be the one that is told of a reset`() async throws {
        let server = try sockctl("listen", "-k", "--json", "--serve", "discard", "--readers", "3", "127.0.0.1:0")
        let script = """
            for _ in range(20):
                c = dial(arguments[0]); c.sendall(bytes(100_000)); time.sleep(0.01); reset(c)
            """
        try await python(script, server.listening().port).finish().expect(status: 0)
        _ = try await server.wait(for: "twenty failures") { record in
            record.errText.split(separator: "\n").count { $0.contains("ECONNRESET") } == 20 ? () : nil
        }
    }
}
