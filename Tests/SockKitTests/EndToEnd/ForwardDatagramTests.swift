import Glibc
import Testing

/// Datagrams that are forwarded: whose they are, what comes back, and what becomes of those that cannot go on.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardDatagramTests {
    /// A server that the forwarder's target is, `ask()` for a client of its own that asks and is answered.
    static let peers = """
        port, target = int(arguments[0]), int(arguments[1])
        def bound(port=0, host="127.0.0.1"):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(30)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22); s.bind((host, port)); return s
        def client(host="127.0.0.1"):
            c = bound(); c.connect((host, port)); return c
        def exchange(c, s, question=b"q", answer=b"a"):
            c.send(question); data, peer = s.recvfrom(70000); s.sendto(answer, peer)
            return data == question and c.recv(70000) == answer, peer

        """

    /// A forwarder to a port of the script's, and what the script says; then the forwarder is told to finish.
    private func run(
        _ script: String, _ options: [String] = [], listen: String = "127.0.0.1:0"
    ) async throws -> (lines: [String], forward: Outcome) {
        let target = try unboundPort()
        let forward = try sockctl(["forward", "-u", "--json", listen, "127.0.0.1:\(target)"] + options)
        let outcome = try await python(Self.peers + script, forward.listening().port, target).finish()
        outcome.expect(status: 0)
        let end = try await forward.finish(after: SIGINT)
        end.expect(status: 0)
        return (outcome.lines, end)
    }

    private func summary(_ outcome: Outcome) throws -> Event {
        try #require(try outcome.events().last { $0.name == "summary" })
    }

    // MARK: Whose they are

    @Test func `boundaries, lengths and order are kept both ways`() async throws {
        let (lines, forward) = try await run(
            """
            s, c = bound(target), client()
            sizes = [0, 1, 1, 1472, 1472, 1472, 1000, 65507, 0, 9000, 2]
            sent = [bytes([65 + i]) * size for i, size in enumerate(sizes)]
            for d in sent: c.send(d)
            got = [s.recvfrom(70000) for _ in sent]; say([g[0] for g in got] == sent)
            for d in sent: s.sendto(d, got[0][1])
            say([c.recv(70000) for _ in sent] == sent)
            """)
        #expect(lines == ["True", "True"])
        let closed = try #require(try forward.events().first { $0.name == "closed" })
        #expect(closed["bytes_up"]?.integer == 79927 && closed["bytes_down"]?.integer == 79927, "\(closed)")
        let summary = try summary(forward)
        #expect(summary["datagrams_up"]?.integer == 11 && summary["datagrams_down"]?.integer == 11, "\(summary)")
    }

    @Test func `each sender has a socket of its own, which stays`() async throws {
        let (lines, _) = try await run(
            """
            s = bound(target); clients = [client() for _ in range(50)]
            first = [exchange(c, s, b"%d" % i, b"%d!" % i) for i, c in enumerate(clients)]
            again = [exchange(c, s, b"%d" % i, b"%d?" % i) for i, c in enumerate(clients)]
            say(all(ok for ok, _ in first + again), len({peer for _, peer in first}), first == again)
            """)
        #expect(lines == ["True 50 True"])
    }

    @Test func `an answer comes from the address that was asked, where that is one of many`() async throws {
        let (lines, _) = try await run(
            """
            s = bound(target)
            for host in ("127.0.0.1", "127.0.0.2", "127.8.8.8"): say(exchange(client(host), s)[0])
            a = bound()
            for host in ("127.0.0.2", "127.0.0.3"):
                a.sendto(b"?", (host, port)); s.sendto(b"!", s.recvfrom(9)[1]); say(a.recvfrom(9)[1] == (host, port))
            """, listen: ":0")
        #expect(lines == ["True", "True", "True", "True", "True"])
    }

    @Test(arguments: [
        ["-u", "127.0.0.1:0", "127.0.0.1:PORT"], ["udp://127.0.0.1:0", "127.0.0.1:PORT"],
        ["udp4://127.0.0.1:0", "udp://127.0.0.1:PORT"], ["-u", "127.0.0.1:0", "udp4://localhost:PORT"],
        ["unixgram:LISTEN", "udp://127.0.0.1:PORT"], ["-u", "unix:LISTEN", "127.0.0.1:PORT"],
        ["-u", "127.0.0.1:0", "unix:TARGET"], ["unixgram:LISTEN", "unixgram:TARGET"],
    ])
    func `any network of datagrams is forwarded to any other`(words: [String]) async throws {
        try await exchange(words, "127.0.0.1")
    }

    @Test(
        .needsIPv6,
        arguments: [
            ["-u", "127.0.0.1:0", "[::1]:PORT"], ["udp6://[::1]:0", "udp://[::1]:PORT"],
            ["-u", "-6", "[::1]:0", "[::1]:PORT"], ["udp6://:0", "[::1]:PORT"],
        ])
    func `IPv6 goes to IPv6, and IPv4 to IPv6`(words: [String]) async throws {
        try await exchange(words, "::1")
    }

    private func exchange(_ words: [String], _ host: String) async throws {
        let (target, listen) = (try scratch("target"), try scratch("listen"))
        let port = try unboundPort()
        let named = words.map {
            $0.replacing("PORT", with: "\(port)").replacing("TARGET", with: target).replacing("LISTEN", with: listen)
        }
        let forward = try sockctl(["forward", "--json"] + named)
        let local = try #require(try await forward.waitForEvent("listening")["local"]?.string)
        let script = """
            local, host, port, target, mine, is_unix = arguments
            def made(kind): s = socket.socket(kind, socket.SOCK_DGRAM); s.settimeout(30); return s
            def family(host): return socket.AF_INET6 if ":" in host else socket.AF_INET
            if is_unix == "true": s = made(socket.AF_UNIX); s.bind(target)
            else: s = made(family(host)); s.bind((host, int(port)))
            if "/" in local: c = made(socket.AF_UNIX); c.bind(mine); c.connect(local)
            else:
                near, _, number = local.rpartition(":"); near = near.strip("[]").replace("::", "::1").replace("::11", "::1")
                c = made(family(near)); c.connect((near, int(number)))
            for question in (b"one", b"", b"x" * 20000):
                c.send(question); data, peer = s.recvfrom(70000); s.sendto(data.upper(), peer)
                say(c.recv(70000) == question.upper())
            """
        let isUnix = named.last?.hasSuffix(target) == true
        let mine = try scratch("mine")
        try await python(script, local, host, port, target, mine, isUnix).finish()
            .expect(lines: ["True", "True", "True"])
    }

    // MARK: How long

    @Test func `a sender that is silent for -i is forgotten, and is new when it comes back`() async throws {
        let target = try unboundPort()
        let forward = try sockctl(
            "forward", "-u", "--json", "127.0.0.1:0", "127.0.0.1:\(target)", "-i", "300ms")
        let script = """
            s, c = bound(target), client(); ok, first = exchange(c, s, b"four", b"a"); say(ok); sys.stdin.readline()
            ok, second = exchange(c, s); say(ok, first == second)
            """
        let peer = try await python(Self.peers + script, forward.listening().port, target, input: .open)
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["by"]?.string == "timeout" && closed["connection"]?.integer == 1)
        #expect(closed["bytes_up"]?.integer == 4 && closed["bytes_down"]?.integer == 1, "\(closed)")
        #expect(closed["seconds"]?.number ?? 0 >= 0.3)
        peer.send("\n")
        try await peer.finish().expect(lines: ["True", "True False"])
        // It is no failure.
        try await forward.finish(after: SIGTERM).expect(status: 0)
        #expect(!forward.record.errText.contains("\"failed\""))
    }

    @Test func `datagrams of either side break the silence`() async throws {
        let (lines, forward) = try await run(
            """
            s, c = bound(target), client(); ok, peer = exchange(c, s)
            for _ in range(8): time.sleep(0.1); s.sendto(b"more", peer)
            for _ in range(8): time.sleep(0.1); c.send(b"more")
            say(ok, sum(len(c.recv(9)) for _ in range(8)), {s.recvfrom(9)[1] for _ in range(8)} == {peer})
            """, ["-i", "20s"])
        #expect(lines == ["True 32 True"])
        #expect(try forward.events().filter { $0.name == "accepted" }.count == 1)
    }

    @Test func `--close-after ends an association at that age, whatever it does`() async throws {
        let (lines, forward) = try await run(
            """
            s, c = bound(target), client(); start = time.monotonic()
            def source(): c.send(b"x"); return s.recvfrom(9)[1]
            first = source()
            while source() == first: time.sleep(0.02)
            say(time.monotonic() - start > 0.25)
            """, ["--close-after", "300ms"])
        #expect(lines == ["True"])
        let closed = try #require(try forward.events().first { $0.name == "closed" })
        #expect(closed["by"]?.string == "timeout" && closed["seconds"]?.number ?? 0 >= 0.3, "\(closed)")
    }

    @Test func `with --max-accepts it ends with the last sender`() async throws {
        let target = try unboundPort()
        let forward = try sockctl(
            "forward", "-u", "--json", "127.0.0.1:0", "127.0.0.1:\(target)", "-i", "200ms", "--max-accepts", "1")
        let script = "say(exchange(client(), bound(target))[0]); client().send(b'x')"
        try await python(Self.peers + script, forward.listening().port, target).finish().expect(lines: ["True"])
        let outcome = try await forward.finish()
        outcome.expect(status: 0)
        #expect(outcome.elapsed >= .milliseconds(200))
    }

    // MARK: Who is not served

    @Test func `a sender too many is dropped, counted and told once`() async throws {
        let (lines, forward) = try await run(
            """
            s, c = bound(target), client(); say(exchange(c, s)[0])
            for _ in range(5): client().send(b"crowd")
            say(exchange(c, s)[0], quiet(s, 0))
            """, ["-m", "1"])
        #expect(lines == ["True", "True True"])
        #expect((1..<5).contains(try forward.events().count { $0.name == "peer-refused" }))
        #expect(try summary(forward)["dropped"]?.integer == 5)
    }

    @Test func `whom a rule turns away is dropped and counted`() async throws {
        let (lines, forward) = try await run(
            """
            s = bound(target); d = bound(host="127.0.0.9"); d.sendto(b"no", ("127.0.0.1", port))
            say(exchange(client(), s)[0], quiet(s, 0))
            """, ["--deny", "127.0.0.9"])
        #expect(lines == ["True True"])
        #expect(try summary(forward)["denied"]?.integer == 1)
        #expect(try summary(forward)["senders"]?.integer == 1)
    }

    @Test func `out of descriptors it says so once, goes on, and takes others later`() async throws {
        let target = try unboundPort()
        let forward = try start(
            "/bin/sh",
            [
                "-c", #"ulimit -n 40; exec "$0" forward -u --json 127.0.0.1:0 127.0.0.1:"$1" -i 1s"#,
                try #require(Binary.sockctl), "\(target)",
            ])
        let script = """
            s = bound(target); clients = [client() for _ in range(60)]
            for c in clients: c.send(b"hello")
            say(len({s.recvfrom(9)[1] for _ in range(20)}))
            sys.stdin.readline()
            while not quiet(s, 0): s.recv(9)
            say(exchange(client(), s)[0])
            """
        let peer = try await python(Self.peers + script, forward.listening().port, target, input: .open)
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "EMFILE", "\(failed)")
        try await forward.waitForEvent("closed", whose: "by", is: "timeout")
        peer.send("\n")
        try await peer.finish().expect(lines: ["20", "True"])
        let outcome = try await forward.finish(after: SIGINT)
        outcome.expect(status: 0)
        #expect((1..<20).contains(try outcome.events().count { $0.name == "failed" }))
        #expect(try summary(outcome)["dropped"]?.integer ?? 0 >= 20)
    }

    @Test func `two thousand senders are answered, and leave no descriptor behind`() async throws {
        let target = try unboundPort()
        let forward = try sockctl("forward", "-u", "--quiet", "127.0.0.1:0", "127.0.0.1:\(target)", "-i", "1s")
        let port = try await forward.boundPort(datagram: true)
        let before = names(in: "/proc/\(forward.pid)/fd").count
        let script = """
            import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
            s = bound(target); count = 0
            for i in range(2000):
                c = client(); ok, peer = exchange(c, s, b"%d" % i, b"%d" % -i); count += ok
            say(count)
            """
        try await python(Self.peers + script, port, target).finish().expect(lines: ["2000"])
        // The loop may have made a timer for itself meanwhile.
        try await eventually("few descriptors") { names(in: "/proc/\(forward.pid)/fd").count <= before + 1 ? () : nil }
    }

    // MARK: Targets

    @Test func `a target that refuses is passed over, and the next one has what it refused`() async throws {
        let (missing, target) = (try unboundPort(), try unboundPort())
        let forward = try sockctl(
            "forward", "-u", "--json", "127.0.0.1:0", "127.0.0.1:\(missing)", "--target", "127.0.0.1:\(target)")
        let script = """
            s = bound(target); say(*[exchange(client(), s)[0] for _ in range(3)])
            m = bound(int(arguments[2])); c = client()
            while not select.select([m], [], [], 0.05)[0]: c = client(); c.send(b"back?")
            m.sendto(b"yes", m.recvfrom(9)[1]); say("back")
            """
        let peer = try await python(Self.peers + script, forward.listening().port, target, missing)
        try await peer.finish().expect(lines: ["True True True", "back"])
        try await forward.waitForEvent("target-up")
        let events = try await forward.finish(after: SIGINT).events()
        let down = events.filter { $0.name == "target-down" }
        #expect(down.count == 1 && down.first?["target"]?.string == "udp://127.0.0.1:\(missing)", "\(down)")
        #expect(down.first?["error"]?["code"]?.string == "ECONNREFUSED")
        #expect(events.filter { $0.name == "failed" }.isEmpty)
    }

    @Test func `where every target refuses it is a failure, told once, and the next datagram tries them again`()
        async throws
    {
        let missing = try unboundPort()
        let (lines, forward) = try await run(
            """
            c = client()
            for _ in range(5): c.send(b"nobody"); time.sleep(0.05)
            s = bound(target); c.send(b"now"); say(s.recv(9))
            """, ["--target", "127.0.0.1:\(missing)"])
        #expect(lines == ["b'now'"])
        let events = try forward.events()
        #expect((1..<5).contains(events.count { $0.name == "failed" }))
        #expect(events.filter { $0.name == "closed" }.first?["by"]?.string == "reset")
    }

    @Test func `the only target may refuse and come back: it is told once, and the sender is known`() async throws {
        let (lines, forward) = try await run(
            """
            def reached(c, s):
                # The forwarder may still have some of those that were for nobody, or be told of one that was refused.
                while not select.select([s], [], [], 0.05)[0]: c.send(b"nobody")
                c.send(b"q")
                while (found := s.recvfrom(9))[0] != b"q": pass
                s.sendto(b"a", found[1])
                return c.recv(9) == b"a"
            c = client()
            for _ in range(20): c.send(b"nobody"); time.sleep(0.005)
            s = bound(target); say(reached(c, s)); s.close()
            for _ in range(20): c.send(b"nobody"); time.sleep(0.005)
            s = bound(target); say(reached(c, s))
            """)
        #expect(lines == ["True", "True"])
        let events = try forward.events()
        let failed = events.filter { $0.name == "failed" }
        #expect(failed.first?["error"]?["code"]?.string == "ECONNREFUSED" && failed.count < 20, "\(failed)")
        #expect(events.filter { $0.name == "accepted" }.count == 1)
        #expect(try summary(forward)["refused"]?.integer ?? 0 >= 20)
    }

    @Test func `a refusal is nobody's but the sender's whose datagram it was`() async throws {
        let target = try unboundPort()
        let other = try unboundPort()
        let forward = try sockctl(
            "forward", "-u", "--json", "127.0.0.1:0", "127.0.0.1:\(target)", "--target", "127.0.0.1:\(other)",
            "--balance", "round-robin")
        let script = """
            s, t = bound(target), bound(int(arguments[2])); c, d = client(), client()
            ok, peer = exchange(c, s); say(ok); say(exchange(d, t)[0]); t.close()
            for i in range(10):
                d.send(b"x"); c.send(b"%d" % i)
                while (got := s.recvfrom(9))[0] == b"x": pass
                say(got == (b"%d" % i, peer)); s.sendto(b"!", peer); c.recv(9)
            """
        let outcome = try await python(Self.peers + script, forward.listening().port, target, other).finish()
        outcome.expect(lines: Array(repeating: "True", count: 12))
    }

    @Test func `a Unix target that does not read loses what does not fit, and it is told`() async throws {
        let path = try scratch("target")
        let forward = try sockctl("forward", "-u", "--json", "127.0.0.1:0", "unix:\(path)")
        let script = """
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(arguments[1]); s.settimeout(30)
            c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.connect(("127.0.0.1", int(arguments[0])))
            for i in range(100): c.send(b"%d" % i)
            for i in range(100, 300): c.send(b"%d" % i); time.sleep(0.001)
            sys.stdin.readline(); got = []
            while True:
                c.send(b"end"); got.append(s.recv(99))
                if got[-1] == b"end": break
            got = [int(g) for g in got[:-1]]; say(len(got) < 300, got == sorted(got), got[:5])
            """
        let peer = try await python(script, forward.listening().port, path, input: .open)
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "EAGAIN", "\(failed)")
        peer.send("\n")
        try await peer.finish().expect(lines: ["True True [0, 1, 2, 3, 4]"])
    }

    @Test func `a Unix sender without a name is forwarded, and its answer is not`() async throws {
        let (path, target) = (try scratch("listen"), try unboundPort())
        let forward = try sockctl("forward", "--json", "unixgram:\(path)", "udp://127.0.0.1:\(target)")
        try await forward.waitForEvent("listening")
        let script = """
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", int(arguments[1])))
            c = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); c.connect(arguments[0])
            c.send(b"log"); data, peer = s.recvfrom(9); say(data); s.sendto(b"thanks", peer)
            """
        try await python(script, path, target).finish().expect(lines: ["b'log'"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "EDESTADDRREQ", "\(failed)")
        try await forward.finish(after: SIGINT).expect(status: 0)
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func `a target that is what is listened on is refused instead of going round`() async throws {
        let port = try unboundPort()
        let forward = try sockctl("forward", "-u", "--json", ":\(port)", "127.0.0.1:\(port)")
        try await forward.waitForEvent("listening")
        let script = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', int(arguments[0])))"
        try await python(script, port).finish().expect(status: 0)
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["message"]?.string?.contains("every datagram would come back") == true, "\(failed)")
    }

    // MARK: What is kept of it

    @Test func `copies are kept of what passes`() async throws {
        let (output, dump) = (try scratch("output"), try scratch("dump"))
        let (lines, _) = try await run(
            "say(exchange(client(), bound(target), b'question', b'answer')[0])", ["-o", output, "-x", dump])
        #expect(lines == ["True"])
        #expect(try contents(of: output) == Array("question".utf8))
        let dumped = String(decoding: try contents(of: dump), as: UTF8.self)
        #expect(dumped.contains("question") && dumped.contains("answer"))
    }
}
