import Glibc
import Testing

/// A forwarder that takes orders on a Unix socket.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardControlTests {
    /// `ask` sends an order and reads its answer.
    private static let orders = """
        import json
        port, path = int(arguments[0]), arguments[1]
        control = socket.socket(socket.AF_UNIX); control.connect(path); answers = control.makefile("r")
        def tell(line): control.sendall(line + b"\\n"); return json.loads(answers.readline())
        def ask(do, **members): return tell(json.dumps({"do": do, **members}).encode())

        """

    private func run(_ script: String, _ options: [String] = []) async throws -> (Outcome, ChildProcess, String) {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let path = try scratch("control")
        let forward = try sockctl(
            [
                "forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await server.listening().port)", "--control",
                "unix:\(path)",
            ]
                + options)
        let port = try await forward.listening().port
        return (try await python(Self.orders + script, "\(port)", path).finish(), forward, path)
    }

    @Test func `faults are added, listed, changed and removed, and apply to connections that are there`() async throws {
        let (outcome, _, _) = try await run(
            """
            c = dial(port)
            def trip(): start = time.monotonic(); c.sendall(b"x"); c.recv(1); return time.monotonic() - start
            trip()
            say(ask("add", fault="latency=200ms", direction="down"))
            say(0.2 <= trip() < 5)
            say(ask("list"))
            say(ask("change", id=1, fault="latency=300ms", direction="up"))
            say(0.3 <= trip() < 5)
            say(ask("list"))
            ask("change", id=1, fault="latency=1h")
            say(ask("remove", id=1), ask("list"))
            trip(); say("at once")
            """)
        outcome.expect(lines: [
            "{'ok': True, 'id': 1}", "True",
            "{'ok': True, 'faults': [{'id': 1, 'fault': 'latency=200ms', 'direction': 'down', 'connections': 1}]}",
            "{'ok': True, 'id': 1}", "True",
            "{'ok': True, 'faults': [{'id': 1, 'fault': 'latency=300ms', 'direction': 'up', 'connections': 1}]}",
            "{'ok': True, 'id': 1} {'ok': True, 'faults': []}", "at once",
        ])
    }

    @Test func `those of the command line have numbers, too`() async throws {
        let (outcome, _, _) = try await run(
            "say([(f['id'], f['fault'], f['direction']) for f in ask('list')['faults']])",
            ["--up", "rate=1M", "--fault", "latency=1ms"])
        outcome.expect(lines: ["[(1, 'latency=1ms', 'both'), (2, 'rate=1M', 'up')]"])
    }

    @Test func `connections are listed, and one is cut`() async throws {
        let (outcome, _, _) = try await run(
            """
            a, b = dial(port), dial(port)
            for c in (a, b): c.sendall(b"hello"); c.recv(5, socket.MSG_WAITALL)
            b.sendall(b"hello"); b.recv(5, socket.MSG_WAITALL)
            until(lambda: sum(c["bytes_down"] for c in ask("connections")["connections"]) == 15)
            found = ask("connections")["connections"]
            say([(c["connection"], c["bytes_up"], c["bytes_down"], c["faults"]) for c in found])
            say(found[0]["remote"] == "127.0.0.1:%d" % a.getsockname()[1], found[0]["seconds"] > 0)
            say(ask("cut", connection=1))
            try: a.recv(1)
            except ConnectionResetError: say("reset")
            b.sendall(b"x"); say(b.recv(1))
            until(lambda: len(ask("connections")["connections"]) == 1)
            say(ask("cut", connection=1))
            """)
        outcome.expect(lines: [
            "[(1, 5, 5, []), (2, 10, 10, [])]", "True True", "{'ok': True, 'connection': 1}", "reset", "b'x'",
            "{'ok': False, 'error': 'there is no connection 1'}",
        ])
    }

    @Test func `a line that is wrong is answered, and the next one obeyed`() async throws {
        let (outcome, _, _) = try await run(
            """
            for line in [b"", b'{"do":1}', b"hello", b'{"do":"add","fault":"lag=1s"}', b'{"do":"add","fault":"loss=1%"}',
                b'{"do":"change","id":7,"fault":"rate=1K"}', b'{"do":"remove","id":7}', b'x' * 70000]:
                answer = tell(line); say(answer["ok"], answer["error"][:38])
            say(ask("list"))
            control.sendall(b'{"do":"list"}'); control.shutdown(1); say(answers.read().strip())
            """)
        outcome.expect(lines: [
            "False this is not a line of JSON: byte 1: '{", "False 'do' is no text; it is one of add, cha",
            "False this is not a line of JSON: byte 1: '{", "False 'lag' is no fault; there are latency, ",
            "False 'loss' is about datagrams, and tcp has", "False there is no fault 7",
            "False there is no fault 7",
            "False the line is longer than 64 KiB", "{'ok': True, 'faults': []}", #"{"ok":true,"faults":[]}"#,
        ])
    }

    @Test func `only its owner may give orders, and the file goes with the forwarder`() async throws {
        let (outcome, forward, path) = try await run("say(oct(os.stat(path).st_mode & 0o777))")
        outcome.expect(lines: ["0o600"])
        forward.signal(SIGTERM)
        try await forward.finish().expect(status: 0)
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func `any number give orders at once, and what is ordered while nobody is there is for who comes`()
        async throws
    {
        let (outcome, forward, path) = try await run(
            """
            others = []
            for _ in range(20):
                other = socket.socket(socket.AF_UNIX); other.connect(path); other.sendall(b'{"do":"add",'); others.append(other)
            ask("add", fault="reset-after=3,first=1", direction="down")
            for other in others: other.sendall(b'"fault":"rate=1M"}\\n')
            say(sorted(json.loads(other.makefile("r").readline())["id"] for other in others) == list(range(2, 22)))
            def see():
                c = dial(port); c.sendall(b"hello"); count = 0
                try:
                    while count < 5: count += len(c.recv(5))
                except ConnectionResetError: return count, "reset"
                return count
            say(see(), see())
            """)
        outcome.expect(lines: ["True", "(3, 'reset') 5"])
        #expect(try await forward.waitForEvent("fault", whose: "fault", is: "reset-after=3")["acts"]?.bool == true)
        _ = path
    }

    @Test func `dial is a client`() async throws {
        let (_, _, path) = try await run("")
        let outcome = try await sockctl(
            "dial", "unix:\(path)", input: .text(#"{"do":"add","fault":"latency=1s"}"# + "\n")
        )
        .finish()
        outcome.expectQuietErrors(status: 0)
        outcome.expect(out: #"{"ok":true,"id":1}"# + "\n")
    }
}
