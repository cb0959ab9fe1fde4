import Glibc
import Testing

/// Writers and readers at once, against peers that count for themselves.
@Suite(.endToEnd, .needsSockctl) struct ConcurrentUseEndToEndTests {
    /// A Python reader that tells how many messages came, how many were torn, and how often each letter came.
    private static let countingReader = """
        c = take(serve())
        size = int(arguments[0])
        data = drain(c)
        parts = [data[i:i + size] for i in range(0, len(data), size)]
        say(len(parts), sum(len(set(part)) > 1 for part in parts))
        say(*(f"{chr(x)}{data.count(x)}" for x in sorted(set(data))))
        """

    private func write(_ options: String...) async throws -> (dial: Outcome, told: [String]) {
        let reader = try python(Self.countingReader, ["65536"])
        let dial = try sockctl(
            ["dial", "--json", "--writers", "3", "--messages", "40", "--message-size", "64K", "--sndbuf", "32K"]
                + options + ["127.0.0.1:\(try await reader.port())"])
        let outcome = try await dial.finish()
        return (outcome, Array(try await reader.finish().lines.dropFirst()))
    }

    @Test(.needs(.python3)) func `writers in turn tear nothing, and every byte arrives`() async throws {
        let (dial, told) = try await write()
        dial.expect(status: 0)
        #expect(told == ["120 0", "a2621440 b2621440 c2621440"], "\(dial)")
        let summary = try #require(try dial.events().last)
        #expect(summary.name == "summary" && summary["writers"]?.integer == 3 && summary["messages"]?.integer == 120)
        #expect(summary["message_size"]?.integer == 65536 && summary["bytes"]?.integer == 7_864_320)
        #expect(try #require(summary["elapsed"]?.number) > 0 && summary["rate"]?.integer ?? 0 > 0)
    }

    @Test(.needs(.python3), arguments: ["--unlocked", "--split"])
    func `without the turn, or in two calls, messages are torn, and every byte arrives`(how: String) async throws {
        let (dial, told) = try await write(how)
        dial.expect(status: 0)
        #expect(told.last == "a2621440 b2621440 c2621440", "\(dial)")
        let torn = told.first.flatMap { Int($0.split(separator: " ").last ?? "") }
        #expect(try #require(torn) >= 1, "\(told)")
    }

    @Test(.needs(.python3)) func `writers read meanwhile, and standard input is left alone`() async throws {
        let script = """
            c = take(serve())
            while part := c.recv(1 << 16): c.sendall(part)
            c.shutdown(socket.SHUT_WR)
            """
        let echo = try python(script)
        let dial = try sockctl(
            ["dial", "--writers", "2", "--messages", "20", "--message-size", "256K"]
                + ["127.0.0.1:\(try await echo.port())"], input: .open)
        let outcome = try await dial.finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes.count == 40 << 18)
    }

    @Test(.needs(.python3)) func `a peer that resets ends the writers with 74 and the summary`() async throws {
        let peer = try python("c = take(serve()); c.recv(1000); reset(c)")
        let dial = try sockctl(
            "dial", "--json", "--writers", "4", "--messages", "1000", "127.0.0.1:\(try await peer.port())")
        let outcome = try await dial.finish()
        outcome.expect(status: 74)
        let events = try outcome.events()
        #expect(events.count { $0.name == "failed" } == 1, "\(outcome)")
        let summary = try #require(events.last)
        #expect(summary.name == "summary" && summary["bytes"]?.integer ?? 0 > 0, "\(summary)")
        #expect(summary["bytes_unacknowledged"]?.integer != nil, "\(summary)")
    }

    @Test(.needs(.python3)) func `an interrupt ends writers that wait for room`() async throws {
        let peer = try python("c = take(serve()); say('there'); hold()")
        let dial = try sockctl("dial", "-v", "--writers", "2", "127.0.0.1:\(try await peer.port())", "--messages", "99")
        try await dial.waitForLine(containing: "connected")
        try await dial.finish(after: SIGINT).expect(status: 130)
    }

    // MARK: - Readers

    @Test(.needs(.python3)) func `two readers split a word, and each read says whose it was`() async throws {
        let options = ["--json", "-vv", "--readers", "2", "--read-size", "4"]
        let server = try sockctl(["listen"] + options + ["127.0.0.1:0"])
        let client = try await python("c = dial(arguments[0]); c.sendall(b'world')", server.listening().port)
        _ = try await client.finish()
        let outcome = try await server.finish()
        outcome.expect(out: "world")
        let reads = try outcome.events().filter { $0.name == "read" }
        #expect(reads.compactMap { $0["bytes"]?.integer } == [4, 1], "\(outcome)")
        #expect(reads.allSatisfy { (1...2).contains($0["reader"]?.integer ?? 0) }, "\(outcome)")
        let summary = try #require(try outcome.events().last)
        #expect(summary["readers"]?.integer == 2 && summary["bytes"]?.integer == 5, "\(summary)")
        #expect(summary["reader_bytes"]?.array?.compactMap(\.integer).reduce(0, +) == 5, "\(summary)")
    }

    @Test(.needs(.python3)) func `the peer's end is told when the last of two readers has come to it`() async throws {
        let options = ["--json", "-vv", "--readers", "2", "--read-size", "4", "--read-delay", "400ms"]
        let server = try sockctl(["listen"] + options + ["127.0.0.1:0"])
        _ = try await python("c = dial(arguments[0]); c.sendall(b'world!!')", server.listening().port).finish()
        let outcome = try await server.finish()
        outcome.expect(out: "world!!")
        let events = try outcome.events()
        let read = try #require(events.last { $0.name == "read" }?["elapsed"]?.number)
        let ends = events.filter { $0.name == "half-closed" && $0["by"]?.string == "peer" }
        #expect(ends.count == 1, "\(outcome)")
        // Whoever read last waits for its delay before it reads again and finds the end.
        #expect(try #require(ends.first?["elapsed"]?.number) >= read + 0.4, "\(outcome)")
    }

    @Test(.needs(.python3), arguments: [[], ["--readers", "4"]])
    func `the messages of a Python writer are counted, and two of them are torn`(options: [String]) async throws {
        let script = """
            c = dial(arguments[0])
            good = b"".join(bytes([97 + i % 5]) * 50000 for i in range(40))
            c.sendall(good + b"a" * 30000 + b"b" * 50000 + b"c" * 20000 + good + b"end")
            """
        let server = try sockctl(
            ["listen", "--json", "--message-size", "50000", "--read-size", "1000"] + options + ["127.0.0.1:0"])
        _ = try await python(script, server.listening().port).finish()
        let outcome = try await server.finish()
        #expect(outcome.bytes.count == 4_100_003 && outcome.bytes.suffix(3) == Array("end".utf8)[...])
        let events = try outcome.events()
        let summary = try #require(events.last)
        #expect(summary["messages"]?.integer == 82 && summary["torn"]?.integer == 2, "\(summary)")
        #expect(summary["unfinished_bytes"]?.integer == 3 && summary["bytes"]?.integer == 4_100_003, "\(summary)")
        let torn = events.filter { $0.name == "torn" }
        #expect(torn.compactMap { $0["index"]?.integer } == [41, 42], "\(outcome)")
        let pieces = torn.first?["pieces"]?.array?.compactMap { $0["count"]?.integer }
        #expect(pieces == [30000, 20000], "\(outcome)")
    }

    @Test(.needs(.python3)) func `readers of a discard server count over all its peers`() async throws {
        let server = try sockctl(
            "listen", "--json", "--serve", "discard", "--readers", "3", "--message-size", "1000", "--max-accepts", "2",
            "127.0.0.1:0")
        let script = "for x in (b'a', b'b'): c = dial(arguments[0]); c.sendall(x * 500000); c.close()"
        _ = try await python(script, server.listening().port).finish()
        let summary = try #require(try await server.finish().events().last)
        #expect(summary["messages"]?.integer == 1000 && summary["torn"]?.integer == 0, "\(summary)")
        #expect(summary["reader_bytes"]?.array?.compactMap(\.integer).reduce(0, +) == 1_000_000, "\(summary)")
    }
}
