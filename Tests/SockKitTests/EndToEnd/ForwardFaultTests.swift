import Glibc
import Testing

/// A forwarder with faults on purpose, between clients and servers that are scripts.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardFaultTests {
    @Test func `latency is never less, and is that of the end and of a reset as well`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            def late(act, see):
                start = time.monotonic(); act(); see(); return 0.1 <= time.monotonic() - start < 5
            def gone():
                try: c.recv(1)
                except ConnectionResetError: return
                raise AssertionError
            c, s = pair()
            say(late(lambda: s.sendall(b"down"), lambda: c.recv(4)))
            say(late(lambda: s.shutdown(1), lambda: c.recv(1)))
            c, s = pair()
            # Joined for certain: a reset in the middle of the dial is a target that refuses.
            s.sendall(b"x"); c.recv(1)
            say(late(lambda: reset(s), gone))
            """, ["--down", "latency=100ms"])
        outcome.expect(lines: ["True", "True", "True"])
    }

    @Test func `many connections are late at once, none of them less than it should be`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            pairs = [pair() for _ in range(300)]
            sent = {}
            for c, s in pairs: sent[c.fileno()] = time.monotonic(); s.sendall(b"x")
            poll = select.poll(); least = 60
            for c, s in pairs: poll.register(c, select.POLLIN)
            while sent:
                for fd, _ in poll.poll(60000):
                    os.read(fd, 1); poll.unregister(fd); least = min(least, time.monotonic() - sent.pop(fd))
            say(0.1 <= least < 30)
            """, ["--down", "latency=100ms"])
        outcome.expect(lines: ["True"])
    }

    @Test func `what is wrong one way leaves the other way alone`() async throws {
        for (way, here, there) in [("--up", "s", "c"), ("--down", "c", "s")] {
            let (outcome, _) = try await ForwardedPairs.run(
                "c, s = pair(); \(here).sendall(b'x'); say(\(there).recv(1))", [way, "latency=1h"])
            outcome.expect(lines: ["b'x'"])
        }
    }

    @Test func `a reset comes after exactly so many bytes, on both sides`() async throws {
        let (outcome, forward) = try await ForwardedPairs.run(
            """
            c, s = pair(); s.sendall(b"x" * 200000); say(*rest(c)); say(rest(s)[1])
            """, ["--down", "reset-after=100001"])
        outcome.expect(lines: ["100001 reset", "reset"])
        let events = try await ForwardedPairs.events("fault", of: forward)
        #expect(events.map { $0["fault"]?.string } == ["reset-after=100001", "reset-after=100001"])
        #expect(events.map { $0["acts"]?.bool } == [false, true])
        #expect(events.allSatisfy { $0["direction"]?.string == "down" && $0["connection"]?.integer == 1 })
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["bytes_down"]?.integer == 100_001 && closed["by"]?.string == "local")
    }

    @Test func `a close comes after exactly so many bytes, and is an end`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            c, s = pair(); s.sendall(b"x" * 70000); say(*rest(c)); say(*rest(s))
            """, ["--down", "close-after=50000"])
        outcome.expect(lines: ["50000 end", "0 end"])
    }

    @Test func `a cut at a time does not wait for bytes`() async throws {
        for (fault, end) in [("reset-after=150ms", "reset"), ("close-after=150ms", "end")] {
            let (outcome, _) = try await ForwardedPairs.run(
                """
                start = time.monotonic(); c, s = pair(); say(*rest(c)); say(*rest(s))
                say(0.15 <= time.monotonic() - start < 5)
                """, ["--fault", fault])
            outcome.expect(lines: ["0 \(end)", "0 \(end)", "True"])
        }
    }

    @Test func `what is dropped is dropped for good, and the end with it`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            c, s = pair(); s.sendall(b"x" * 70000); s.shutdown(1)
            count = 0
            while count < 1000: count += len(c.recv(1000 - count))
            say(quiet(c, 0.3)); c.sendall(b"still there"); c.shutdown(1); say(*rest(s)); say(*rest(c))
            """, ["--down", "drop-after=1000"])
        outcome.expect(lines: ["True", "11 end", "0 end"])
    }

    @Test func `the same seed spoils the same bytes and chooses the same connections`() async throws {
        let script = """
            import hashlib
            for _ in range(8):
                c, s = pair(); s.sendall(bytes(20000)); s.close(); say(hashlib.md5(drain(c)).hexdigest())
            """
        var runs: [[String]] = []
        for seed in ["3", "3", "4"] {
            let (outcome, _) = try await ForwardedPairs.run(
                script, ["--fault", "corrupt=1%,share=50%", "--seed", seed])
            outcome.expect(status: 0)
            runs.append(outcome.lines)
        }
        #expect(runs[0] == runs[1] && runs[0] != runs[2])
        #expect(Set(runs[0]).count > 1, "all alike")
    }

    @Test func `order is kept and nothing is lost, whatever is slow about it`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            data = os.urandom(60000)
            c, s = pair(); c.sendall(data); c.shutdown(1); say(drain(s) == data)
            s.sendall(data); s.close(); say(drain(c) == data)
            """, ["--fault", "latency=20ms,jitter=20ms", "--up", "rate=200K,slice=1000/1ms", "--down", "stall=100ms@9"])
        outcome.expect(lines: ["True", "True"])
    }

    @Test func `a rate is not exceeded`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            """
            c, s = pair(); start = time.monotonic(); s.sendall(bytes(100000)); s.close(); drain(c)
            say(0.99 <= time.monotonic() - start < 20)
            """, ["--down", "rate=100000"])
        outcome.expect(lines: ["True"])
    }

    @Test func `a connection that is refused is reset before the target is dialled`() async throws {
        let target = try unboundPort()
        let forward = try sockctl(
            "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(target)", "--fault", "refuse=1,every=2")
        let script = """
            def see():
                try: return dial(arguments[0]).recv(1) or "end"
                except ConnectionResetError: return "reset"
            say(see(), see())
            """
        // Nobody is there: the first one is reset for that, and the second although nobody was asked.
        try await python(script, try await forward.listening().port).finish().expect(lines: ["reset reset"])
        let acts = try await forward.waitForEvent("fault")
        #expect(acts["connection"]?.integer == 2 && acts["fault"]?.string == "refuse=1")
        #expect(try await ForwardedPairs.events("failed", of: forward).count == 1)
    }

    @Test func `a connection is slow to be made, each by itself`() async throws {
        let server = try sockctl("listen", "--serve", "time", "127.0.0.1:0")
        let forward = try sockctl(
            "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await server.listening().port)", "--fault",
            "connect-delay=900ms")
        let script = """
            import threading
            def see(): start = time.monotonic(); dial(arguments[0]).recv(1); times.append(time.monotonic() - start)
            times = []; threads = [threading.Thread(target=see) for _ in range(3)]
            for t in threads: t.start(); time.sleep(0.35)
            for t in threads: t.join()
            say(all(0.9 <= t < 20 for t in times), len(times))
            """
        try await python(script, try await forward.listening().port).finish().expect(lines: ["True 3"])
    }

    @Test func `with latency=0 nothing is done to the bytes, and told`() async throws {
        let (outcome, forward) = try await ForwardedPairs.run(
            "c, s = pair(); s.sendall(b'x'); s.close(); say(*rest(c))",
            [
                "--fault", "latency=0",
            ])
        outcome.expect(lines: ["1 end"])
        #expect(try await ForwardedPairs.events("fault", of: forward).isEmpty)
    }

    @Test(arguments: [
        (["--fault", "lag=1s"], "'--fault': 'lag' is no fault"),
        (["--up", "loss=1%"], "'--up': 'loss' is about datagrams, and tcp has none"),
        (["--down", "corrupt=2"], "'--down': corrupt: '2' is more than always"),
        (["--control", "3001"], "'--control': '3001' is of tcp, and orders are taken on a Unix socket only"),
    ])
    func `a fault that makes no sense says what is wrong with it`(words: [String], text: String) async throws {
        let outcome = try await sockctl(["forward", "3000", "80"] + words).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(text), "\(outcome)")
    }

    @Test func `a cut at no byte at all is told of after its set`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let forward = try sockctl(
            "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await server.listening().port)", "--fault", "reset-after=0"
        )
        try await python(
            "try: say(dial(arguments[0]).recv(1))\nexcept ConnectionResetError: say('reset')",
            forward.listening().port
        ).finish().expect(lines: ["reset"])
        try await forward.waitForEvent("closed")
        let outcome = try await forward.finish(after: SIGTERM)
        let faults = try outcome.events().filter { $0.name == "fault" }
        #expect(faults.map { $0["acts"]?.bool } == [false, true], "\(faults)")
        #expect(faults.map { $0["fault"]?.string } == ["reset-after=0", "reset-after=0"], "\(faults)")
    }

    @Test func `a reset that comes before the target is reached is as late as any`() async throws {
        let script = """
            target = serve(); forward = dial(int(sys.stdin.readline())); start = time.monotonic()
            reset(forward)
            c = target.accept()[0]; c.settimeout(30)
            try: say(c.recv(1))
            except ConnectionResetError: say("reset", time.monotonic() - start >= 0.2)
            """
        let peer = try python(script, input: .open)
        let forward = try sockctl(
            "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await peer.port())", "--up", "latency=200ms")
        peer.send("\(try await forward.listening().port)\n")
        try await peer.finish().expect(lines: ["reset True"], after: 1)
    }

    @Test func `what a fault keeps back is no silence, where a connection's age is limited as well`() async throws {
        let (outcome, _) = try await ForwardedPairs.run(
            "c, s = pair(); c.sendall(b'late'); say(s.recv(4))",
            ["--up", "latency=6s", "-i", "2s", "--close-after", "60s"])
        outcome.expect(lines: ["b'late'"])
    }

    @Test func `of a pair that a fault ends as many bytes are told as the target got`() async throws {
        let (outcome, forward) = try await ForwardedPairs.run(
            """
            import threading
            def pour():
                try: c.sendall(bytes(64 << 20))
                except OSError: pass
            c, s = pair(); threading.Thread(target=pour).start()
            say(c.recv(1), *rest(s))
            """, ["--fault", "close-after=500ms"])
        let words = outcome.lines.first?.split(separator: " ") ?? []
        try #require(words.count == 3 && words[2] == "end", "\(outcome)")
        let closed = try await forward.waitForEvent("closed")
        #expect(closed["bytes_up"]?.integer == Int(words[1]), "\(closed)")
    }
}
