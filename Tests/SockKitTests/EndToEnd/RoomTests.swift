import Glibc
import Testing

/// Chats and brokers: what one says goes to all the others, and nobody waits for who does not read.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct RoomTests {
    /// The beginning of every script: lines of a chat, without the announcements.
    private static let reading = """
        def line(c):
            "The next line."
            text = b""
            while not text.endswith(b"\\n"): text += c.recv(1)
            return text.decode()
        def said(c):
            "The next line that somebody said."
            while (text := line(c)).startswith("<announce>"): pass
            return text
        def join():
            c = dial(arguments[0]); c.hello = line(c); return c
        def tell(*texts): print(*texts, end="", flush=True)
        def gather(count):
            "Peers of a broker, all of them known to it: they come in this order, and the last is heard by all."
            peers = [dial(arguments[0]) for _ in range(count)]
            peers[-1].sendall(b"here")
            for peer in peers[:-1]: peer.recv(100)
            return peers
        class Peer(socket.socket): pass
        def dial(port):
            c = Peer(); c.settimeout(10); c.connect(("127.0.0.1", int(port))); return c

        """

    private func room(_ options: String...) throws -> ChildProcess {
        try sockctl(["listen"] + options + ["127.0.0.1:0"], input: .open)
    }

    private func clients(_ script: String, of server: ChildProcess) async throws -> ChildProcess {
        try await python(Self.reading + script, server.listening().port, input: .open)
    }

    @Test func `a line goes to all others with its author's name, and whole`() async throws {
        let server = try room("--serve", "chat")
        let script = """
            a, b, c = join(), join(), join()
            a.sendall(b"hel"); taken(a); b.sendall(b"in between\\n"); tell(said(a), said(c))
            a.sendall("lo wörld\\r\\n".encode()); tell(said(b), said(c))
            say(quiet(a, 0.1))
            """
        try await clients(script, of: server).finish().expect(
            lines: ["<user2> in between", " <user2> in between", "<user1> hello wörld", " <user1> hello wörld", "True"])
    }

    @Test func `who leaves with a reset has said what he said before, and nobody hears what was before him`()
        async throws
    {
        let server = try room("--serve", "chat")
        let script = """
            a = join(); tell(a.hello)
            for number in range(2, 6):
                b = join(); tell(line(a))
                a.sendall(b"unread\\n"); until(lambda: select.select([b], [], [], 0)[0])
                b.sendall(b"bye"); taken(b); reset(b); tell(line(a)); tell(line(a))
            """
        let expected = (2...5).flatMap { number in
            [
                "<announce> <user\(number)> joined from 127.0.0.1", "<user\(number)> bye",
                "<announce> <user\(number)> left",
            ]
        }
        try await clients(script, of: server).finish().expect(
            lines: ["<announce> you are <user1>; nobody else is here yet"] + expected)
    }

    @Test func `the host takes part, and who comes and goes is told`() async throws {
        let server = try room("--serve", "chat")
        let script = """
            a = join(); tell(a.hello); b = join(); tell(b.hello); tell(line(a))
            sys.stdin.readline()
            tell(line(a)); line(b)
            b.sendall(b"bye"); b.close(); tell(line(a)); tell(line(a)); hold()
            """
        let clients = try await clients(script, of: server)
        try await clients.waitForLine(containing: "joined", on: .out)
        server.send("welcome\n")
        clients.send("\n")
        try await clients.waitForLine(containing: "<user2> left", on: .out)
        #expect(
            clients.record.outText == """
                <announce> you are <user1>; nobody else is here yet
                <announce> you are <user2>; here are <user1>
                <announce> <user2> joined from 127.0.0.1
                <host> welcome
                <user2> bye
                <announce> <user2> left

                """)
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        outcome.expect(
            out: """
                <announce> <user1> joined from 127.0.0.1
                <announce> <user2> joined from 127.0.0.1
                <user2> bye
                <announce> <user2> left

                """)
    }

    @Test func `a name is never another's`() async throws {
        let server = try room("--serve", "chat")
        let script = """
            for _ in range(3): c = join(); say(c.hello.split(";")[0]); c.close()
            """
        try await clients(script, of: server).finish().expect(
            lines: (1...3).map { "<announce> you are <user\($0)>" })
    }

    @Test func `a hundred who come at once are told of together`() async throws {
        let server = try room("--serve", "chat")
        let script = """
            a = join()
            others = [dial(arguments[0]) for _ in range(100)]
            others[-1].sendall(b"here\\n")
            told = 0
            while "here" not in (text := line(a)): told += 1
            say(told < 50)
            """
        try await clients(script, of: server).finish().expect(lines: ["True"])
    }

    @Test func `a broker passes bytes on as they are, to all others and the host`() async throws {
        let server = try room("--serve", "broker")
        let script = """
            a, b, c = gather(3)
            a.sendall(b"\\0\\xff\\r no line"); say(b.recv(100), c.recv(100))
            sys.stdin.readline(); say(a.recv(100), b.recv(100), c.recv(100)); hold()
            """
        let clients = try await clients(script, of: server)
        try await clients.waitForLine(containing: "no line", on: .out)
        clients.send("\n")
        server.send("typed")
        try await clients.waitForLine(containing: "b'typed' b'typed' b'typed'", on: .out)
        #expect(clients.record.outText.hasPrefix(#"b'\x00\xff\r no line' b'\x00\xff\r no line'"#))
        #expect(server.record.out.suffix(11) == [0, 0xff, 0x0d] + Array(" no line".utf8))
    }

    @Test func `with -i a peer that only listens stays as long as it is spoken to`() async throws {
        let server = try room("--serve", "chat", "-i", "2s")
        let script = """
            a, b = join(), join()
            a.sendall(b"one\\n"); said(b); a.sendall(b"two\\n"); said(b)
            for i in range(8): b.sendall(b"%d\\n" % i); heard = said(a); time.sleep(0.4)
            say(heard.strip())
            began = time.monotonic(); drain(a); say(time.monotonic() - began > 1.5)
            """
        try await clients(script, of: server).finish().expect(lines: ["<user2> 7", "True"])
        let outcome = try await server.finish(after: SIGTERM)
        #expect(outcome.err.contains("nothing came or went for 2.00 s"), "\(outcome)")
    }

    @Test func `a member with a limit on reads is cut off, however much it is told`() async throws {
        let server = try room("--serve", "chat", "-i", "60s", "--read-timeout", "1s")
        let script = """
            a, b = join(), join()
            a.sendall(b"one\\n"); said(b)
            while True:
                try: b.sendall(b"x\\n"); heard = a.recv(100)
                except ConnectionResetError: break
                if not heard: break
                time.sleep(0.1)
            say("cut off")
            """
        try await clients(script, of: server).finish().expect(lines: ["cut off"])
    }

    @Test func `what standard output does not take in time is told, and is no failure`() async throws {
        let script = """
            import subprocess
            p = subprocess.Popen([arguments[0], "listen", "--serve", "broker", "127.0.0.1:0"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            c = dial(p.stderr.readline().split("127.0.0.1:")[1].split()[0])
            c.sendall(b"x" * 1900000); taken(c)
            p.terminate(); say(p.wait(60)); print(p.stderr.read(), file=sys.stderr)
            """
        let outcome = try await python(Self.reading + script, #require(Binary.sockctl)).finish()
        outcome.expect(lines: ["0"])
        #expect(outcome.err.contains("standard output is too slow: "), "\(outcome)")
        #expect(!outcome.err.contains("cancel"), "\(outcome)")
    }

    /// A peer that has ended and takes nothing has its grace, and so has standard output: both count from the order.
    @Test(arguments: ["chat", "broker"])
    func `peers and standard output that take nothing have one grace, and not one after the other`(
        manner: String
    ) async throws {
        let script = """
            import subprocess
            p = subprocess.Popen([arguments[0], "listen", "--serve", arguments[1], "--queue", "4M", "-O", "64K",
                                  "127.0.0.1:0"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            port = p.stderr.readline().split("127.0.0.1:")[1].split()[0]
            deaf = Peer(); deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            deaf.settimeout(10); deaf.connect(("127.0.0.1", int(port)))
            c = dial(port)
            # More than the kernel takes, and no more than is queued for anybody: nobody is dropped for it.
            c.sendall((b"x" * 99 + b"\\n") * 30000); taken(c)
            for peer in (c, deaf): peer.shutdown(socket.SHUT_WR)
            began = time.monotonic(); p.terminate(); say(p.wait(60)); say(time.monotonic() - began < 8)
            print(p.stderr.read(), file=sys.stderr)
            """
        let outcome = try await python(Self.reading + script, #require(Binary.sockctl), manner).finish()
        outcome.expect(lines: ["0", "True"])
        #expect(outcome.err.contains("standard output is too slow: "), "\(outcome)")
    }

    @Test func `whoever ends first still gets what was said before`() async throws {
        let server = try room("--serve", "broker")
        let script = """
            a, b = gather(2)
            a.sendall(b"x" * 300000 + b"end"); a.shutdown(socket.SHUT_WR)
            say(drain(a)); got = b""
            while not got.endswith(b"end"): got += b.recv(65536)
            say(len(got))
            """
        try await clients(script, of: server).finish().expect(lines: ["b''", "300003"])
    }
}

/// Peers that do not read what they are given.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct SlowPeerTests {
    /// One that never reads, others that do, and so many bytes said by one of them.
    private static let flood = """
        import threading
        count, most, options = int(arguments[1]), int(arguments[2]), arguments[3:]
        dead = dial(arguments[0]); readers = [dial(arguments[0]) for _ in range(count)]; sender = dial(arguments[0])
        lengths = [0] * count
        def read(i):
            readers[i].settimeout(60)
            while lengths[i] < most and (part := readers[i].recv(1 << 20)): lengths[i] += len(part)
        threads = [threading.Thread(target=read, args=(i,)) for i in range(count)]
        for t in threads: t.start()
        sender.settimeout(60); text = b"0123456789abcde\\n" * 4096
        for _ in range(most // len(text)): sender.sendall(text)
        for t in threads: t.join()
        say(set(lengths) == {most})

        """

    @Test func `one that never reads is dropped, and the others get everything`() async throws {
        let server = try sockctl(
            "listen", "--serve", "broker", "--json", "127.0.0.1:0", input: .open, output: .file("/dev/null"))
        let script = Self.flood + "try: say(len(drain(dead)) < most)\nexcept OSError as error: say(error.errno == 104)"
        let clients = try await python(script, server.listening().port, 9, 100 << 20)
        try await clients.finish(within: .seconds(120)).expect(lines: ["True", "True"])
        let slow = try await server.waitForEvent("slow")
        #expect(slow["connection"]?.integer == 1 && slow["action"]?.string == "drop")
        #expect(slow["bytes"]?.integer ?? 0 > 1 << 20)
        #expect(try peakMemory(of: server) < 64 << 10)
    }

    @Test func `with --slow skip it misses the oldest lines, and gets the last ones whole`() async throws {
        let server = try sockctl(
            "listen", "--serve", "broker", "--slow", "skip", "--queue", "256K", "--json", "127.0.0.1:0", input: .open,
            output: .file("/dev/null"))
        let script =
            Self.flood + """
                sender.sendall(b"the end\\n"); dead.settimeout(10); got = b""
                while not got.endswith(b"the end\\n"): got += dead.recv(1 << 20)
                lines = got.split(b"\\n"); say(len(got) < most, set(lines) == {b"0123456789abcde", b"the end", b""})
                """
        let clients = try await python(script, server.listening().port, 2, 32 << 20)
        try await clients.finish(within: .seconds(60)).expect(lines: ["True", "True True"])
        let slow = try await server.waitForEvent("slow")
        #expect(slow["connection"]?.integer == 1 && slow["action"]?.string == "skip")
    }

    @Test func `with -k standard input goes on without a peer that does not read`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", input: .open)
        let script = """
            dead, alive = dial(arguments[0]), dial(arguments[0])
            for c in (dead, alive): c.sendall(b"here\\n")
            got = 0
            while got < 16 << 20: got += len(alive.recv(1 << 20))
            say(got); hold()
            """
        let clients = try await python(script, server.listening().port)
        try await server.waitForOutput("here\nhere\n")
        for _ in 0..<16 { server.send([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)) }
        try await clients.waitForLine(containing: "\(16 << 20)", on: .out)
        #expect(try await server.waitForEvent("slow")["connection"]?.integer == 1)
    }

    @Test func `with -k a peer that is alone is waited for`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", input: .bytes(noise(16 << 20)))
        let script = """
            c = dial(arguments[0]); say(stuck(c) > 0); time.sleep(1.5); say(len(drain(c)))
            """
        let clients = try await python(script, server.listening().port)
        try await clients.finish().expect(lines: ["True", "\(16 << 20)"])
        #expect(!server.record.errText.contains("slow"))
    }

    private func peakMemory(of process: ChildProcess) throws -> Int {
        let status = String(decoding: try contents(of: "/proc/\(process.pid)/status"), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}
