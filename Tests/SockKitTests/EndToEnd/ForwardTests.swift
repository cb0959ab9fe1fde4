import Glibc
import Testing

/// Two ends that are joined, and what either sees of the other.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardTests {
    @Test func `an answer that comes late, after the client's end, arrives`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            c, s = pair(); c.sendall(b"question"); c.shutdown(1)
            say(*rest(s)); time.sleep(0.5); s.sendall(b"late"); s.close(); say(*rest(c))
            """)
        outcome.expect(lines: ["8 end", "4 end"])
    }

    @Test func `what had come before a reset is delivered, and then the reset`() async throws {
        let (outcome, forward) = try await ForwardedPairs.run(
            """
            c, s = pair(); s.sendall(b"x" * 100000); time.sleep(0.2); reset(s); say(*rest(c))
            c, s = pair(); c.sendall(b"y" * 50000); time.sleep(0.2); reset(c); say(*rest(s))
            """)
        outcome.expect(lines: ["100000 reset", "50000 reset"])
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["by"]?.string == "reset" && closed["bytes_down"]?.integer == 100_000)
    }

    @Test func `a client that resets after its own end resets the target`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            c, s = pair(); c.shutdown(1); say(*rest(s)); reset(c)
            try:
                while True: s.send(b"a"); time.sleep(0.01)
            except OSError as e: say("gone")
            """)
        outcome.expect(lines: ["0 end", "gone"])
    }

    @Test func `bytes that nobody took are told to the byte`() async throws {
        let (outcome, forward) = try await ForwardedPairs.run(
            """
            c, s = pair(); c.setblocking(False); sent = 0
            deadline = time.time() + 1
            while time.time() < deadline:
                try: sent += c.send(b"w" * 65536)
                except BlockingIOError: time.sleep(0.01)
            reset(s); c.setblocking(True); say(sent, *rest(c))
            """)
        let words = outcome.lines.first?.split(separator: " ").map(String.init) ?? []
        #expect(words.dropFirst() == ["0", "reset"])
        let failed = try await forward.waitForEvent("failed")
        let closed = try await forward.waitForEvent("closed")
        let unread = try #require(failed["bytes_unread"]?.integer)
        let unacknowledged = try #require(failed["bytes_unacknowledged"]?.integer)
        let up = try #require(closed["bytes_up"]?.integer)
        // The client's own kernel may not have sent everything: that it knows itself.
        #expect(unread > 0 && up >= unacknowledged)
        #expect(up + unread <= Int(words[0]) ?? 0)
    }

    @Test func `a target that refuses is a reset for the client, at once, and a failure here`() async throws {
        let target = try unboundPort()
        let forward = try sockctl("forward", "--json", "127.0.0.1:0", "127.0.0.1:\(target)")
        let script = "try: say(dial(arguments[0]).recv(1))\nexcept ConnectionResetError: say('reset')"
        let port = try await forward.listening().port
        try await python(script, port).finish().expect(lines: ["reset"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "ECONNREFUSED")
    }

    @Test func `with --retry a target that comes late is waited for`() async throws {
        let target = try unboundPort()
        let forward = try sockctl(
            "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(target)", "--retry", "forever", "--retry-delay", "20ms")
        let dial = try sockctl("dial", "127.0.0.1:\(await forward.listening().port)", input: .text("late"))
        try await forward.waitForEvent("retrying")
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:\(target)")
        let outcome = try await dial.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "late")
        _ = server
    }

    @Test func `a target that cannot be reached is passed over, and has its turn again`() async throws {
        let good = try sockctl("listen", "--serve", "time", "127.0.0.1:0")
        let missing = try unboundPort()
        let forward = try sockctl(
            "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(missing)", "--target",
            "127.0.0.1:\(await good.listening().port)")
        let port = try await forward.listening().port
        for _ in 0..<2 { try await sockctl("dial", "127.0.0.1:\(port)", input: .empty).finish().expect(status: 0) }
        let down = try await forward.waitForEvent("target-down")
        #expect(down["target"]?.string == "127.0.0.1:\(missing)" && down["seconds"]?.number == 1)
        let back = try sockctl("listen", "--serve", "time", "127.0.0.1:\(missing)")
        _ = try await back.listening()
        // Until then the other one has the connections.
        while try await ForwardedPairs.events("target-up", of: forward).isEmpty {
            try await sockctl("dial", "127.0.0.1:\(port)", input: .empty).finish().expect(status: 0)
        }
    }

    @Test(arguments: [("first", "4 0"), ("round-robin", "2 2"), ("least", "2 2")])
    func `the balance says which target a connection gets`(balance: String, expected: String) async throws {
        let script = """
            servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
            say(*[s.getsockname()[1] for s in servers])
            port = int(sys.stdin.readline()); clients = []; counts = [0, 0]
            for _ in range(4):
                clients.append(dial(port))
                ready = select.select(servers, [], [])[0]
                for s in ready: counts[servers.index(s)] += 1; clients.append(s.accept()[0])
            say(*counts)
            """
        let peer = try python(script, input: .open)
        let ports = try await peer.waitForLine(on: .out).split(separator: " ")
        let forward = try sockctl(
            "forward", "127.0.0.1:0", "127.0.0.1:\(ports[0])", "--target", "127.0.0.1:\(ports[1])", "--balance", balance
        )
        peer.send("\(try await forward.listening().port)\n")
        try await peer.finish().expect(lines: [expected], after: 1)
    }

    @Test func `the same seed chooses the same targets`() async throws {
        var chosen: Set<[String]> = []
        for _ in 0..<2 {
            let names = (0..<3).map { "unix:/nowhere/\($0)" }
            let forward = try sockctl(
                ["forward", "--json", "127.0.0.1:0", "--balance", "random", "--seed", "7"]
                    + names.flatMap { ["--target", $0] })
            let port = try await forward.listening().port
            _ = try await sockctl("dial", "127.0.0.1:\(port)", input: .empty).finish()
            try await forward.waitForEvent("failed")
            chosen.insert(
                try await ForwardedPairs.events("target-down", of: forward).compactMap { $0["target"]?.string })
        }
        #expect(chosen.count == 1 && chosen.first?.count == 3)
    }

    @Test func `the first signal ends silent pairs, and the status is 0`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let forward = try sockctl("forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await server.listening().port)")
        let client = try sockctl("dial", "127.0.0.1:\(await forward.listening().port)", input: .open)
        try await forward.waitForEvent("joined")
        forward.signal(SIGINT)
        try await forward.finish().expect(status: 0)
        try await client.finish().expect(status: 0)
    }

    @Test func `an idle pair is closed with a goodbye to the client`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let forward = try sockctl(
            "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await server.listening().port)", "-i", "300ms",
            "--goodbye",
            "bye")
        let client = try sockctl("dial", "127.0.0.1:\(await forward.listening().port)", input: .open)
        let outcome = try await client.finish()
        outcome.expect(out: "bye")
        #expect(outcome.elapsed >= .milliseconds(300))
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "timeout")
    }

    @Test(arguments: [
        (["3000"], "'3000' says where to listen, and nothing where to connect to"),
        (["udp://3000", "tcp://127.0.0.1:80"], "'tcp://127.0.0.1:80' is of tcp, and udp is listened on"),
        (["3000", "udp://127.0.0.1:53"], "'udp://127.0.0.1:53' is of udp, and tcp is listened on"),
        (["-u", "3000", "unixpacket:/tmp/x"], "'unixpacket:/tmp/x' is of unixpacket, and udp is listened on"),
        (["-u", "3000", "127.0.0.1:0"], "nothing can be sent to port 0"),
        (["-u", "3000", "53", "--retry", "1"], "'--retry' is about targets that refuse a connection"),
        (["-u", "3000", "53", "--max-bytes", "1"], "'--max-bytes' has no meaning for udp"),
        (["3000", "80", "90"], "unexpected argument '90'"),
        (["3000", "80", "--seed", "1"], "'--seed' is about chance"),
        (["3000", "80", "--balance", "best"], "'best'"),
    ])
    func `a command line that makes no sense says what is wrong with it`(words: [String], text: String) async throws {
        let outcome = try await sockctl(["forward"] + words).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(text), "\(outcome)")
    }

    @Test(.needs(.python3)) func `a Unix client that closes when all is said is no reset`() async throws {
        let target = try python("c = take(serve()); say(drain(c)); c.close()")
        let path = try scratch("listen")
        let forward = try sockctl("forward", "--json", "unix:\(path)", "127.0.0.1:\(try await target.port())")
        try await forward.waitForEvent("listening")
        let script = "c = socket.socket(socket.AF_UNIX); c.connect(arguments[0]); c.sendall(b'all'); c.close()"
        try await python(script, path).finish().expect(status: 0)
        try await target.finish().expect(lines: ["b'all'"], after: 1)
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["by"]?.string == "peer" && closed["bytes_up"]?.integer == 3, "\(closed)")
    }

    @Test func `what a client had said before its reset is delivered, however early that comes`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            for i in range(40): c = dial(port); c.sendall(b"x" * 1000); reset(c)
            say({rest(server.accept()[0]) for _ in range(40)})
            """)
        outcome.expect(lines: ["{(1000, 'reset')}"])
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a target that is the forwarder itself is refused instead of going round`(host: String) async throws {
        let port = try unboundPort()
        let forward = try sockctl("forward", "--json", "127.0.0.1:\(port)", "\(host):\(port)")
        try await forward.waitForEvent("listening")
        try await python("try: say(dial(arguments[0]).recv(1))\nexcept ConnectionResetError: say('reset')", port)
            .finish().expect(lines: ["reset"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["message"]?.string?.contains("every connection would come back") == true, "\(failed)")
        let outcome = try await forward.finish(after: SIGTERM)
        #expect(try outcome.events().count { $0.name == "failed" } < 10)
    }
}
