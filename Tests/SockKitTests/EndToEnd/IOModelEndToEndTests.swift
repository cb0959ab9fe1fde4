import Glibc
import SockKit
import Testing

/// `listen --io-model`, and what the loop does instead.
@Suite(.endToEnd, .needsSockctl) struct IOModelEndToEndTests {
    /// Those that can be had here; `UringEndToEndTests` are skipped, with a reason, where one is not.
    private static let models = IOModel.allCases.filter(\.isAvailable).map(\.rawValue)

    @Test(.needs(.python3), arguments: models)
    func `peers are echoed one after another until a signal, and then comes the summary`(model: String) async throws {
        let server = try sockctl("listen", "--json", "--io-model", model, "127.0.0.1:0")
        let script = """
            for word in (b"one", b"two"):
                c = dial(arguments[0]); time.sleep(0.2); c.sendall(word); say(c.recv(10))
                c.shutdown(socket.SHUT_WR); say(drain(c))
            """
        let client = try await python(script, server.listening().port)
        try await client.finish().expect(lines: ["b'one'", "b''", "b'two'", "b''"])
        let outcome = try await server.finish(after: SIGINT)
        outcome.expect(status: 0)
        let summary = try #require(try outcome.events().last)
        #expect(summary["io_model"]?.string == model && summary["peers"]?.integer == 2, "\(summary)")
        #expect(summary["reads"]?.integer == 2 && summary["bytes"]?.integer == 6, "\(summary)")
        #expect(try #require(summary["wait_seconds"]?.number) >= 0.35)
        let calls = try #require(summary["syscalls"]?.integer)
        let vain = try #require(summary["would_block"]?.integer)
        switch model {
        // Two waits a peer: one for the word, one for the end.
        case "blocking", "uring": #expect(calls == 4 && vain == 0, "\(summary)")
        case "epoll": #expect(calls == 8 && vain == 0, "\(summary)")
        default: #expect(calls > 1000 && vain == calls - 4, "\(summary)")
        }
    }

    /// Three clients come one after the other, each with an echo; then they speak again, the last one first, and leave.
    private static let threeClients = """
        held = []
        for _ in range(3):
            held.append(dial(arguments[0]))
            held[-1].sendall(b"0"); say(held[-1].recv(10))
        for c in reversed(held): c.sendall(b"1")
        for c in reversed(held): say(c.recv(10))
        for c in held: c.shutdown(socket.SHUT_WR); say(drain(c))
        """

    @Test(.needs(.python3), arguments: models.filter { $0 != "blocking" })
    func `three peers are served at once`(model: String) async throws {
        let server = try sockctl("listen", "--json", "--io-model", model, "--max-accepts", "3", "127.0.0.1:0")
        let clients = try await python(Self.threeClients, server.listening().port)
        try await clients.finish().expect(
            lines: Array(repeating: "b'0'", count: 3) + Array(repeating: "b'1'", count: 3)
                + Array(repeating: "b''", count: 3))
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        let events = try outcome.events()
        #expect(events.filter { $0.name == "closed" }.map { $0["bytes_sent"]?.integer } == [2, 2, 2])
        let summary = try #require(events.last)
        #expect(summary["peers"]?.integer == 3 && summary["reads"]?.integer == 6, "\(summary)")
    }

    @Test(.needs(.python3)) func `with blocking the second peer is accepted when the first has left`() async throws {
        let server = try sockctl("listen", "--json", "--io-model", "blocking", "--max-accepts", "2", "127.0.0.1:0")
        let script = """
            first, second = dial(arguments[0]), dial(arguments[0])
            second.sendall(b"2"); first.sendall(b"1"); say(first.recv(1))
            first.close(); say(second.recv(1))
            """
        let clients = try await python(script, server.listening().port)
        try await clients.finish().expect(lines: ["b'1'", "b'2'"])
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        let story = try outcome.events().filter { ["accepted", "closed"].contains($0.name) }
        #expect(story.map(\.name) == ["accepted", "closed", "accepted", "closed"])
        #expect(story.map { $0["connection"]?.integer } == [1, 1, 2, 2])
    }

    @Test(.needs(.python3), arguments: models)
    func `a peer that says nothing does not keep a signal from being heard`(model: String) async throws {
        let server = try sockctl("listen", "-v", "--io-model", model, "127.0.0.1:0")
        let client = try await python("c = dial(arguments[0]); say(drain(c))", server.listening().port)
        try await server.waitForLine(containing: "accepted")
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        #expect(outcome.err.contains("closed") && outcome.err.contains("from this side"), "\(outcome)")
        try await client.finish().expect(out: "b''\n")
    }

    @Test(.needs(.python3), arguments: models)
    func `a server that was stopped and goes on has kept its client`(model: String) async throws {
        let server = try sockctl("listen", "--io-model", model, "127.0.0.1:0")
        let script = """
            c = dial(arguments[0]); c.sendall(b"1"); say(c.recv(1))
            sys.stdin.readline(); c.sendall(b"2"); say(c.recv(1))
            """
        let client = try await python(script, server.listening().port, input: .open)
        try await client.waitForLine(containing: "b'1'", on: .out)
        try await server.pause()
        server.signal(SIGCONT)
        client.send("\n")
        try await client.finish().expect(lines: ["b'1'", "b'2'"])
    }

    @Test(.needs(.python3)) func `--max-accepts is the end, and --trace shows the model's calls`() async throws {
        let server = try sockctl("listen", "--trace", "--io-model", "epoll", "--max-accepts", "1", "127.0.0.1:0")
        let script = "c = dial(arguments[0]); c.sendall(b'x'); say(c.recv(1))"
        try await python(script, server.listening().port).finish().expect(out: "b'x'\n")
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        #expect(outcome.err.contains(/epoll_ctl\(\d+, EPOLL_CTL_ADD, \d+, EPOLLIN\)/), "\(outcome)")
    }

    @Test(.needs(.python3)) func `200 idle connections are one thread`() async throws {
        let server = try sockctl("listen", "-k", "--serve", "echo", "127.0.0.1:0")
        let script = """
            held = [dial(arguments[0]) for _ in range(200)]
            # The last one's echo: all have been accepted.
            held[-1].sendall(b"x"); say(held[-1].recv(1)); hold()
            """
        let clients = try await python(script, server.listening().port)
        #expect(try await clients.waitForLine(on: .out) == "b'x'")
        #expect(names(in: "/proc/\(server.pid)/task").count == 1)
        #expect(names(in: "/proc/\(server.pid)/fd").count >= 201)
    }
}
