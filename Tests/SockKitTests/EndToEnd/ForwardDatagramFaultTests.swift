import Glibc
import Testing

/// Datagrams that are forwarded badly on purpose, and what is kept of them.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardDatagramFaultTests {
    /// A server that is the target, and a client of the forwarder.
    private static let peers = """
        import json
        port, target = int(arguments[0]), int(arguments[1])
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(30); s.bind(("127.0.0.1", target))
        def client():
            c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.settimeout(30); c.connect(("127.0.0.1", port)); return c
        def trip(c):
            start = time.monotonic(); c.send(b"?"); s.sendto(b"!", s.recvfrom(9)[1]); c.recv(9)
            return time.monotonic() - start

        """

    private func run(_ script: String, _ options: String..., level: String = "--json") async throws -> (
        lines: [String], forward: Outcome
    ) {
        let target = try unboundPort()
        let forward = try sockctl(["forward", "-u", level, "127.0.0.1:0", "127.0.0.1:\(target)"] + options)
        let outcome = try await python(Self.peers + script, forward.listening().port, target).finish()
        outcome.expect(status: 0)
        let end = try await forward.finish(after: SIGINT)
        end.expect(status: 0)
        return (outcome.lines, end)
    }

    private func summary(_ outcome: Outcome) throws -> Event {
        try #require(try outcome.events().last { $0.name == "summary" })
    }

    @Test func `latencies of both ways add up`() async throws {
        let (lines, forward) = try await run(
            "c = client(); say(all(0.15 <= trip(c) < 10 for _ in range(3)))", "--up", "latency=100ms", "--down",
            "latency=50ms")
        #expect(lines == ["True"])
        let faults = try forward.events().filter { $0.name == "fault" }
        #expect(faults.map { $0["fault"]?.string } == ["latency=100ms", "latency=50ms"])
        #expect(faults.map { $0["direction"]?.string } == ["up", "down"])
    }

    @Test func `a latency beyond the limit on silence is no silence`() async throws {
        let (lines, forward) = try await run(
            "c = client(); say(trip(c) >= 0.8, trip(c) >= 0.8)", "--fault", "latency=400ms", "-i", "200ms")
        #expect(lines == ["True True"])
        #expect(try summary(forward)["dropped"]?.integer == 0)
    }

    @Test func `what is lost and doubled is counted, and is the same with the same seed`() async throws {
        let script = """
            c, sound = client(), client(); got = []
            for i in range(200): c.send(b"%d" % i); time.sleep(0.0005)
            sound.send(b"end")
            while got[-1:] != [b"end"]: got.append(s.recv(9))
            numbers = [int(g) for g in got[:-1]]; say(numbers == sorted(numbers), numbers)
            """
        var seen: Set<[String]> = []
        for _ in 0..<2 {
            let (lines, forward) = try await run(
                script, "--up", "loss=20%,duplicate=10%,first=1", "--seed", "11")
            let summary = try summary(forward)
            let (lost, doubled) = (summary["lost"]?.integer ?? 0, summary["duplicated"]?.integer ?? 0)
            #expect(lost > 0 && doubled > 0 && summary["datagrams_up"]?.integer == 201 - lost + doubled, "\(summary)")
            #expect(summary["corrupted"]?.integer == 0 && summary["dropped"]?.integer == 0, "\(summary)")
            #expect(lines.first?.hasPrefix("True [") == true)
            seen.insert(lines)
        }
        #expect(seen.count == 1, "\(seen)")
    }

    @Test func `what is reordered arrives all the same, and what none overtook is not counted`() async throws {
        let (lines, forward) = try await run(
            """
            c = client()
            for i in range(3): c.send(b"%d" % i)
            say(sorted(s.recv(9) for _ in range(3)))
            """, "--up", "reorder=1")
        #expect(lines == ["[b'0', b'1', b'2']"])
        // The last one waited for nobody.
        #expect(try summary(forward)["reordered"]?.integer == 1)
    }

    @Test func `only the senders that are chosen suffer, and each loss is told with -vv`() async throws {
        let (lines, forward) = try await run(
            """
            first, second = client(), client()
            first.send(b"1"); say(s.recv(9))
            second.send(b"2"); first.send(b"3"); say(s.recv(9))
            """, "--json", "--fault", "loss=1,every=2", level: "-vv")
        #expect(lines == ["b'1'", "b'3'"])
        let acts = try forward.events().filter { $0.name == "fault" && $0["acts"]?.bool == true }
        #expect(acts.map { $0["fault"]?.string } == ["loss=1"] && acts.map { $0["connection"]?.integer } == [2])
        #expect(try summary(forward)["lost"]?.integer == 1)
    }

    @Test func `orders add faults to a sender that is there, and cut it`() async throws {
        let path = try scratch("control")
        let (lines, forward) = try await run(
            """
            control = socket.socket(socket.AF_UNIX); control.connect("\(path)"); answers = control.makefile("r")
            def ask(do, **members):
                control.sendall(json.dumps({"do": do, **members}).encode() + b"\\n"); return json.loads(answers.readline())
            c = client(); trip(c)
            say(ask("add", fault="latency=100ms", direction="down")); say(trip(c) >= 0.1)
            say([(e["connection"], e["bytes_up"], e["faults"]) for e in ask("connections")["connections"]])
            say(ask("add", fault="reset-after=1")["error"])
            ask("remove", id=1); say(ask("cut", connection=1)); trip(c); say(ask("connections")["connections"][0]["connection"])
            """, "--control", "unix:\(path)")
        #expect(
            lines == [
                "{'ok': True, 'id': 1}", "True", "[(1, 2, [1])]",
                "'reset-after' is about connections, and udp has none",
                "{'ok': True, 'connection': 1}", "2",
            ])
        #expect(try forward.events().filter { $0.name == "closed" }.map { $0["by"]?.string }.first == "reset")
    }

    @Test func `a record has each datagram of both sides, and is played`() async throws {
        let file = try scratch("record.json")
        let (_, _) = try await run(
            """
            c = client()
            for i in range(3): c.send(b"q%d" % i); s.sendto(b"a%d" % i, s.recvfrom(9)[1]); c.recv(9)
            """, "--record-json", file)
        let lines = try String(decoding: contents(of: file), as: UTF8.self).split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
        #expect(lines.map { $0["event"]?.string } == ["opened"] + Array(repeating: "data", count: 6))
        #expect(lines.compactMap { $0["text"]?.string } == ["q0", "a0", "q1", "a1", "q2", "a2"])
        #expect(lines.compactMap { $0["direction"]?.string } == ["up", "down", "up", "down", "up", "down"])
        let target = try unboundPort()
        let server = try python(
            """
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", \(target))); say("ready")
            for i in range(3): d, p = s.recvfrom(9); s.sendto(b"a" + d[1:], p)
            """)
        try await server.waitForLine(containing: "ready", on: .out)
        let replay = try await sockctl("forward", "--json", "--replay", file, "udp://127.0.0.1:\(target)").finish()
        replay.expect(status: 0)
        #expect(try replay.events().first { $0.name == "replayed" }?["bytes_down"]?.integer == 6)
    }

    @Test(arguments: [
        (["--fault", "slice=1/1s"], "'slice' is about connections, and udp has none"),
        (["--fault", "refuse=1"], "'refuse' is about connections, and udp has none"),
        (["--fault", "connect-delay=1s"], "'connect-delay' is about how TCP connects, and this is udp"),
        (["--rate", "64K"], "'--rate' slows senders down, and those of udp are not to be told"),
    ])
    func `what datagrams cannot suffer is refused`(options: [String], message: String) async throws {
        let outcome = try await sockctl(["forward", "-u", "127.0.0.1:0", "127.0.0.1:9"] + options).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(message), "\(outcome.err)")
    }
}
