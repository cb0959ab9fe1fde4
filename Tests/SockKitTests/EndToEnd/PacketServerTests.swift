import Glibc
import Testing

/// `listen --serve frames`: the server of a binary protocol, and `dial --submit`, its client.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct PacketServerTests {
    /// The protocol in Python.
    private static let protocolHelpers = """
        def packet(command, id, payload=b""): return struct.pack(">IB8s", 13 + len(payload), command, id) + payload
        def exactly(c, n):
            parts = b""
            while len(parts) < n:
                part = c.recv(n - len(parts))
                if not part: raise EOFError(parts)
                parts += part
            return parts
        def take_packet(c):
            n, command, id = struct.unpack(">IB8s", exactly(c, 13))
            return command, id, exactly(c, n - 13)

        """

    @Test func `requests on one connection are answered in their order until the client leaves`() async throws {
        let server = try sockctl("listen", "--json", "--serve", "frames", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0])
            c.sendall(packet(1, b"conn0001")); say(take_packet(c))
            for i in range(3): c.sendall(packet(2, b"req%05d" % i, b"x" * i)); say(take_packet(c))
            c.sendall(b"".join(packet(2, b"pip%05d" % i, b"y" * 100) for i in range(1000)))
            ids = [take_packet(c) for _ in range(1000)]
            say(ids == [(0x82, b"pip%05d" % i, b"\\0") for i in range(1000)])
            for b in packet(2, b"dribbled", b"z"): c.sendall(bytes([b]))
            say(take_packet(c)); c.shutdown(socket.SHUT_WR); say(drain(c))
            """
        let client = try await python(Self.protocolHelpers + script, server.listening().port).finish()
        client.expect(lines: [
            "(129, b'conn0001', b'\\x00')", "(130, b'req00000', b'\\x00')", "(130, b'req00001', b'\\x00')",
            "(130, b'req00002', b'\\x00')", "True", "(130, b'dribbled', b'\\x00')", "b''",
        ])
        try await server.waitForEvent("closed")
        let events = try await server.finish(after: SIGTERM).events()
        #expect(events.filter { $0.name == "accepted" }.count == 1)
        #expect(events.filter { $0.name == "message" }.count == 1005)
        #expect(!events.contains { $0.name == "failed" })
    }

    @Test(arguments: [
        (
            "packet(2, b'early001')", "(130, b'early001', b'\\x01')",
            "the command at byte 4, 0x02, is a submit before any connect"
        ),
        (
            "packet(1, b'conn0001') + packet(9, b'unknown1')", "(130, b'unknown1', b'\\x01')",
            "the command at byte 17, 0x09, is unknown"
        ),
        (
            "packet(1, b'conn0001') + struct.pack('>IB8s', 2000, 2, b'too-long')", "(130, b'too-long', b'\\x01')",
            "packet 2 at byte 13 has a length of 2000, beyond the limit of 1000 bytes"
        ),
        (
            "packet(1, b'conn0001') + struct.pack('>I', 12)", "(129, b'conn0001', b'\\x00')",
            "packet 2 at byte 13 has a length of 12"
        ),
    ])
    func `what breaks the protocol is answered where there is an id, and closed`(
        stream: String, last: String, error: String
    ) async throws {
        let server = try sockctl("listen", "--serve", "frames", "--max-frame", "1000", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0]); c.sendall(\(stream))
            try:
                while True: last = take_packet(c)
            except (EOFError, ConnectionResetError): say(last)
            """
        try await python(Self.protocolHelpers + script, server.listening().port).finish().expect(lines: [last])
        try await server.waitForLine(containing: error)
        // One bad peer is its own affair.
        try await sockctl("dial", "--submit", "127.0.0.1:\(server.listening().port)", input: .text("x\n")).finish()
            .expect(status: 0)
    }

    @Test func `every line is submitted and its answer told`() async throws {
        let server = try sockctl("listen", "--serve", "frames", "127.0.0.1:0")
        let address = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl("dial", "--json", "--submit", address, input: .text("one\n\nlast")).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "")
        let events = try outcome.events()
        let acks = events.filter { $0.name == "ack" }
        #expect(acks.compactMap { $0["id"]?.string } == ["00000000", "00000001", "00000002", "00000003"])
        #expect(acks.allSatisfy { $0["result"]?.integer == 0 && ($0["seconds"]?.number ?? -1) > 0 })
        let summary = try #require(events.last)
        #expect(
            summary.name == "summary" && summary["submitted"]?.integer == 3 && summary["acknowledged"]?.integer == 3)
        #expect(
            summary["failed"]?.integer == 0 && summary["round_trip"]?["count"]?.integer == 3 && summary["rate"] != nil)
        for name in ["min", "median", "p99", "max"] {
            #expect((summary["round_trip"]?[name]?.number ?? 0) > 0, "\(outcome)")
        }
    }

    @Test(arguments: [1, 64]) func `a hundred thousand submits are all answered`(window: Int) async throws {
        let server = try sockctl("listen", "--serve", "frames", "127.0.0.1:0")
        let address = "127.0.0.1:\(try await server.listening().port)"
        let count = window == 1 ? 2_000 : 100_000
        let lines = String(repeating: String(repeating: "x", count: 64) + "\n", count: count)
        let outcome = try await sockctl(
            "dial", "--json", "--submit", "--window", "\(window)", "--quiet", address, input: .text(lines)
        ).finish(within: .seconds(60))
        outcome.expect(status: 0)
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `no more than the window is unanswered`() async throws {
        // Answers only once nothing more comes, so that what was sent without an answer is what it counts.
        let script = """
            c = take(serve())
            take_packet(c); c.sendall(packet(0x81, b"00000000", b"\\0"))
            for _ in range(3):
                got = [take_packet(c)]
                while len(got) < 5 and not quiet(c, 5): got.append(take_packet(c))
                say(len(got), quiet(c, 0.1))
                for _, id, _ in got: c.sendall(packet(0x82, id, b"\\0"))
            say(drain(c))
            """
        let peer = try python(Self.protocolHelpers + script)
        let address = "127.0.0.1:\(try await peer.port())"
        let lines = String(repeating: "x\n", count: 15)
        try await sockctl("dial", "--submit", "--window", "5", address, input: .text(lines)).finish().expect(status: 0)
        try await peer.finish().expect(lines: ["5 True", "5 True", "5 True", "b''"], after: 1)
    }

    @Test(arguments: [
        ("c.sendall(packet(0x82, b'00000001', b'\\1') + packet(0x82, b'00000002', b'\\0'))", 1, ""),
        ("c.sendall(packet(0x82, b'00000002', b'\\0'))", 65, "packet 2 answers '00000002' where '00000001' was due"),
        ("c.sendall(packet(0x81, b'00000001', b'\\0'))", 65, "has the command 0x81 where 0x82 was due"),
        ("c.sendall(packet(0x82, b'00000001', b'\\0\\0'))", 65, "has a length of 15"),
        ("c.sendall(packet(0x82, b'00000001', b'\\0')[:9]); c.close()", 65, "5 of 10 bytes"),
        ("c.sendall(packet(0x82, b'00000001', b'\\0')); c.shutdown(socket.SHUT_WR)", 74, "with 1 submit unanswered"),
        ("reset(c)", 74, "2 submits unanswered"),
    ])
    func `what the server does to answers decides the status`(script: String, status: Int32, error: String) async throws
    {
        let peer = try python(
            Self.protocolHelpers + """
                c = take(serve())
                take_packet(c); c.sendall(packet(0x81, b"00000000", b"\\0"))
                take_packet(c); take_packet(c)
                \(script)
                if c.fileno() >= 0: drain(c)
                """)
        let address = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("dial", "--submit", address, input: .text("a\nb\n")).finish()
        outcome.expect(status: status)
        #expect(outcome.err.contains(error), "\(outcome)")
        #expect(outcome.err.contains("submitted     2\n"), "\(outcome)")
        #expect(!outcome.err.contains("--max-frame"), "a hint that helps nobody: \(outcome)")
    }

    @Test func `a server that refuses the connect is 1, and one that ends without an answer is 74`() async throws {
        for (script, status, error) in [
            ("take_packet(c); c.sendall(packet(0x81, b'00000000', b'\\1'))", 1 as Int32, "refused the connect"),
            ("take_packet(c)", 74, "before it answered the connect"),
        ] {
            let peer = try python(Self.protocolHelpers + "c = take(serve())\n" + script)
            let address = "127.0.0.1:\(try await peer.port())"
            let outcome = try await sockctl("dial", "--submit", address, input: .text("a\n")).finish()
            outcome.expect(status: status)
            #expect(outcome.err.contains(error), "\(outcome)")
        }
    }

    @Test func `a line too long for a packet is 65, after the answers to those before it`() async throws {
        let server = try sockctl("listen", "--serve", "frames", "127.0.0.1:0")
        let address = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl(
            "dial", "--submit", "--max-frame", "16", address, input: .text("abc\nabcd\nx\n")
        ).finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("line 2 of standard input is longer than the limit of 3 bytes"), "\(outcome)")
        #expect(outcome.err.contains("acknowledged  1\n"), "\(outcome)")
    }

    @Test(arguments: [([], SIGTERM, 143), (["-i", "1s"], nil, 75)] as [([String], Int32?, Int32)])
    func `what was taken of standard input and never submitted is told`(
        options: [String], signal: Int32?, status: Int32
    ) async throws {
        let peer = try python(
            Self.protocolHelpers + """
                c = take(serve())
                take_packet(c); c.sendall(packet(0x81, b"00000000", b"\\0"))
                say(take_packet(c)); hold()
                """)
        let words = ["dial", "--json", "--submit", "--window", "1"] + options
        let dial = try sockctl(words + ["127.0.0.1:\(try await peer.port())"], input: .open)
        dial.send("a\nb\nc\nd")
        try await peer.waitForLine(containing: "00000001", on: .out)
        if let signal { dial.signal(signal) }
        let outcome = try await dial.finish()
        outcome.expect(status: status)
        let dropped = try #require(try outcome.events().last { $0.name == "input-dropped" }, "\(outcome)")
        #expect(dropped["bytes_sent"]?.integer == 7 && dropped["bytes_unsent"]?.integer == 5, "\(dropped)")
    }

    @Test func `a silent server is given up at --idle-timeout`() async throws {
        let peer = try python(Self.protocolHelpers + "c = take(serve()); drain(c)")
        let address = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("dial", "--submit", "-i", "300ms", address, input: .text("a\n")).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(300))
    }
}
