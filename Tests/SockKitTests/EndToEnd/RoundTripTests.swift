import SockKit
import Testing

/// `--send`: round trips.
@Suite(.endToEnd, .needsSockctl) struct RoundTripTests {
    private static let addresses = [
        "127.0.0.1:0", "udp://127.0.0.1:0", "unix:\(freshAddress(.unix))", "unixpacket:\(freshAddress(.unixpacket))",
    ]

    @Test(arguments: addresses)
    func `each is told, and all together`(address: String) async throws {
        let server = try sockctl("listen", "--serve", "echo", address)
        let line = try await server.listening(onAnything: address)
        let outcome = try await sockctl("dial", "--json", "--send", "ping\\n", "--count", "7", line).finish()
        outcome.expect(status: 0)
        outcome.expect(out: String(repeating: "ping\n", count: 7))
        let events = try outcome.events()
        let trips = events.filter { $0.name == "round-trip" }
        #expect(trips.compactMap { $0["index"]?.integer } == Array(1...7))
        #expect(trips.allSatisfy { $0["bytes"]?.integer == 5 })
        let seconds = trips.compactMap { $0["seconds"]?.number }.sorted()
        let summary = try #require(events.last)
        #expect(summary.name == "summary" && summary["sent"]?.integer == 7)
        let together = try #require(summary["round_trip"])
        #expect(together["count"]?.integer == 7)
        #expect(together["min"]?.number == seconds[0] && together["max"]?.number == seconds[6])
        #expect(together["median"]?.number == seconds[3] && together["p99"]?.number == seconds[6])
    }

    @Test(.needs(.python3)) func `the summary is shown without -v, and standard input is not read`() async throws {
        let peer = try python("c = take(serve()); c.sendall(c.recv(100).upper()); drain(c)")
        let outcome = try await sockctl(
            "dial", "--send", "abc", "127.0.0.1:\(try await peer.port())", input: .open
        ).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "ABC")
        #expect(
            outcome.err.contains(/^sent        1\nround trip  count 1, min .*, median .*, p99 .*, max .*\n$/),
            "\(outcome)")
    }

    @Test(.needs(.python3), arguments: [("300ms", "30s"), ("30s", "300ms")])
    func `an answer is waited for as long as the shorter of the idle and the read timeout`(
        idle: String, read: String
    ) async throws {
        let peer = try python("c = take(serve()); hold()")
        let outcome = try await sockctl(
            "dial", "--send", "x", "-i", idle, "--read-timeout", read, "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(300) && outcome.elapsed < .seconds(60))
    }

    @Test(.needs(.python3)) func `the interval lies between sends, and what is left of an answer is no answer`()
        async throws
    {
        let peer = try python(
            """
            c = take(serve())
            while part := c.recv(100):
                c.sendall(b"a")
                taken(c)
                c.sendall(b"b")
            """)
        let outcome = try await sockctl(
            "dial", "--json", "--send", "x", "--count", "3", "--interval", "500ms",
            "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "ababab")
        #expect(outcome.elapsed > .seconds(1))
        let trips = try outcome.events().filter { $0.name == "round-trip" }
        // Who is late reads both at once.
        #expect(trips.count == 3 && trips.allSatisfy { [1, 2].contains($0["bytes"]?.integer) }, "\(trips)")
    }

    @Test(.needs(.python3), arguments: [("c.close()", "closed"), ("reset(c)", "ECONNRESET")])
    func `a peer that goes is an error, and what was measured is told`(end: String, code: String) async throws {
        let peer = try python("c = take(serve())\nfor i in range(2): c.sendall(c.recv(100))\nc.recv(100); \(end)")
        let outcome = try await sockctl(
            "dial", "--json", "--send", "x", "--count", "9", "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 74)
        let events = try outcome.events()
        #expect(events.first { $0.name == "failed" }?["error"]?["code"]?.string == code, "\(outcome)")
        #expect(events.last?["sent"]?.integer == 3 && events.last?["round_trip"]?["count"]?.integer == 2)
    }

    @Test(.needs(.python3)) func `an answer that does not come in time ends a stream's measurement`() async throws {
        let peer = try python("c = take(serve()); drain(c)")
        let outcome = try await sockctl(
            "dial", "-i", "150ms", "--send", "x", "--count", "3", "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed > .milliseconds(150))
        #expect(outcome.err.hasSuffix("sent        1\nround trip  -\n"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `a datagram that is lost is told as lost, and the others are measured`() async throws {
        let peer = try python(
            """
            s = serve(kind=socket.SOCK_DGRAM)
            for i in range(3):
                text, sender = s.recvfrom(100)
                if i != 1: s.sendto(text, sender)
            """)
        let outcome = try await sockctl(
            "dial", "--json", "-u", "-i", "100ms", "--send", "x", "--count", "3",
            "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 0)
        let events = try outcome.events()
        let trips = events.filter { $0.name == "round-trip" }
        #expect(trips.map { $0["bytes"]?.integer } == [1, nil, 1])
        #expect(try #require(trips[1]["seconds"]?.number) >= 0.1)
        #expect(events.last?["lost"]?.integer == 1 && events.last?["round_trip"]?["count"]?.integer == 2)
    }

    @Test(.needs(.python3)) func `a datagram peer that never answers is a time-out`() async throws {
        let peer = try python("s = serve(kind=socket.SOCK_DGRAM); hold()")
        let outcome = try await sockctl(
            "dial", "-u", "-i", "50ms", "--send", "x", "--count", "2", "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("no answer to 2 datagrams"), "\(outcome)")
    }
}

extension ChildProcess {
    /// Where a server of any network can be dialled.
    fileprivate func listening(onAnything address: String) async throws -> String {
        if address.contains("@") {
            try await waitForLine(containing: "listening")
            return address
        }
        let port = try await listening().port
        return address.replacing(":0", with: ":\(port)")
    }
}
