import SockKit
import Testing

/// `http-get --repeat`: what is counted, and how.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HTTPLoadTests {
    private func summary(_ arguments: String...) async throws -> (outcome: Outcome, summary: Event) {
        let outcome = try await sockctl(["http-get", "--json"] + arguments).finish(within: patience * 3)
        return (outcome, try #require(try outcome.events().last { $0.name == "summary" }, "\(outcome)"))
    }

    @Test func `every request is counted once, and connections are kept`() async throws {
        let peer = try WebPeer.start(#"answer(b"0123456789")"#)
        let url = "http://127.0.0.1:\(try await peer.port())/"
        let (outcome, summary) = try await summary("--repeat", "100", "--parallel", "4", url)
        outcome.expect(status: 0)
        outcome.expect(out: "")
        for (name, count) in [
            ("planned", 100), ("sent", 100), ("not_sent", 0), ("stale_repeats", 0), ("answered", 100), ("failed", 0),
            ("cut", 0), ("bytes", 1000),
        ] { #expect(summary[name]?.integer == count, "\(name): \(outcome)") }
        #expect(summary["statuses"]?["200"]?.integer == 100)
        #expect(summary["closed_loop"]?.bool == true)
        let latency = try #require(summary["latency"])
        let ranks = ["min", "p50", "p90", "p99", "p999", "max"].compactMap { latency[$0]?.number }
        #expect(ranks.count == 6 && ranks == ranks.sorted() && ranks[0] > 0)
        // A connection may be handed on while another is being made for the same request.
        let made = try #require(summary["new_connections"]?.integer)
        #expect(
            try await Set(peer.requests(100).map(\.connection)).count == made && made >= 4 && made <= 8, "\(outcome)")
        #expect(summary["reused_connections"]?.integer == 100 - made)
        #expect(try outcome.events().filter { $0.name == "exchange" }.count == 100)
    }

    @Test func `several URLs are taken in turn, and a bad status is an answer`() async throws {
        let peer = try WebPeer.start(#"answer(b"", status="500 No")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let (outcome, summary) = try await summary("--repeat", "5", "\(place)/a", "\(place)/b")
        outcome.expect(status: 0)
        #expect(summary["statuses"]?["500"]?.integer == 5)
        #expect(try await peer.requests(5).map { $0.text.dropFirst(5).prefix(1) } == ["a", "b", "a", "b", "a"])
        let failing = try await sockctl("http-get", "--quiet", "--fail", "--repeat", "2", place).finish()
        failing.expect(status: 1)
    }

    @Test func `what fails is counted by phase and cause, and is the status`() async throws {
        let peer = try WebPeer.start(
            "RESET", #"answer(b"half", length=9) + CLOSE"#, #"b"nonsense\r\n\r\n" + CLOSE"#, #"answer(b"")"#)
        let (outcome, summary) = try await summary("--repeat", "5", "127.0.0.1:\(try await peer.port())")
        outcome.expect(status: 74)
        #expect(summary["answered"]?.integer == 2 && summary["failed"]?.integer == 3)
        #expect(summary["errors"]?["head"]?["message"]?.integer == 1, "\(outcome)")
        #expect(summary["errors"]?["first_byte"]?["ECONNRESET"]?.integer == 1, "\(outcome)")
        #expect(summary["errors"]?["body"]?["truncated"]?.integer == 1, "\(outcome)")
        let refused = try await self.summary("--repeat", "3", "127.0.0.1:\(unboundPort())")
        refused.outcome.expect(status: 69)
        #expect(refused.summary["errors"]?["connect"]?["ECONNREFUSED"]?.integer == 3, "\(refused.outcome)")
    }

    @Test func `with --rate a standstill is seen by all who were due meanwhile`() async throws {
        // The fifth request stands still for 400 ms; the 39 that are due in that time wait for it.
        let peer = try python(
            """
            c = take(serve())
            served = 0
            while c.recv(1 << 16):
                served += 1
                if served == 5: time.sleep(0.4)
                c.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
            """)
        let (outcome, summary) = try await summary(
            "--repeat", "100", "--rate", "100", "127.0.0.1:\(try await peer.port())")
        outcome.expect(status: 0)
        #expect(summary["rate_asked"]?.number == 100 && summary["closed_loop"]?.bool == false)
        let (sent, planned) = (try #require(summary["latency"]), try #require(summary["latency_planned"]))
        // Only one request was on its way while the server stood still.
        #expect(sent["max"]?.number ?? 0 >= 0.4 && sent["p90"]?.number ?? 1 < 0.2, "\(outcome)")
        #expect(planned["p90"]?.number ?? 0 >= 0.2 && planned["max"]?.number ?? 0 >= 0.4, "\(outcome)")
        #expect(summary["elapsed"]?.number ?? 0 >= 0.98)
    }

    @Test func `what was due and found no connection is told, and sums up`() async throws {
        let peer = try python("c = take(serve()); hold()")
        let (outcome, summary) = try await summary(
            "--duration", "500ms", "--rate", "20", "127.0.0.1:\(try await peer.port())")
        outcome.expect(status: 75)
        let counts = ["planned", "sent", "not_sent"].map { summary[$0]?.integer }
        #expect(counts == [10, 1, 9], "\(outcome)")
    }

    @Test func `--duration cuts what still runs, and says so`() async throws {
        let peer = try python("c = take(serve()); hold()")
        let (outcome, summary) = try await summary("--duration", "300ms", "127.0.0.1:\(try await peer.port())")
        // A load without a single answer is no success.
        outcome.expect(status: 75)
        #expect(summary["sent"]?.integer == 1 && summary["cut"]?.integer == 1 && summary["answered"]?.integer == 0)
        #expect(summary["elapsed"]?.number ?? 0 >= 0.3 && summary["latency"] == .null)
    }

    @Test func `where there may be only two connections, the others wait for one`() async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let (_, summary) = try await summary("--repeat", "40", "--parallel", "10", "--max-per-host", "2", place)
        #expect(summary["answered"]?.integer == 40 && summary["new_connections"]?.integer == 2)
    }

    @Test func `with -o each body is whole in the file, and a picture is drawn`() async throws {
        let peer = try WebPeer.start(#"answer(b"<" + b"x" * 100000 + b">")"#)
        let (file, picture) = (try scratch("bodies"), try scratch("load.svg"))
        let outcome = try await sockctl(
            "http-get", "--repeat", "20", "--parallel", "5", "-o", file, "--svg", picture, "--plot",
            "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 0)
        let bodies = String(decoding: try contents(of: file), as: UTF8.self)
        #expect(bodies == String(repeating: "<" + String(repeating: "x", count: 100_000) + ">", count: 20))
        #expect(String(decoding: try contents(of: picture), as: UTF8.self).contains("<svg"))
        #expect(outcome.err.contains("How long answers took") && outcome.err.contains("A closed loop:"), "\(outcome)")
    }

    @Test func `an interrupt ends it with what was measured`() async throws {
        let peer = try WebPeer.start(#"answer(b"")"#)
        let process = try sockctl("http-get", "--duration", "60s", "127.0.0.1:\(try await peer.port())")
        _ = try await peer.requests(4)
        let outcome = try await process.finish(after: 2)
        outcome.expect(status: 130)
        #expect(outcome.err.contains("\nanswered "), "\(outcome)")
    }
}
