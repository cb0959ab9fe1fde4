import Glibc
import Testing

/// `--frame`: whole messages, however the bytes between came.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct FramingTests {
    // MARK: What comes

    @Test(arguments: Side.allCases)
    func `messages that stuck together come out one by one`(side: Side) async throws {
        let pair = try await join(
            side, "--json", "--frame", "length:4", "--recv-only",
            peer: "c.sendall(b''.join(struct.pack('>I', len(m)) + m for m in (b'one', b'', b'three\\n3')))")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "one\n\nthree\n3\n")
        let messages = try outcome.events().filter { $0.name == "message" }
        #expect(messages.compactMap { $0["index"]?.integer } == [1, 2, 3])
        #expect(messages.compactMap { $0["bytes"]?.integer } == [3, 0, 7])
        #expect(messages.allSatisfy { $0["connection"]?.integer == 1 && $0["remote"] != nil })
    }

    @Test(arguments: Side.allCases, ["line", "delim:\\r\\n", "length:2:little:inclusive"])
    func `a message that is dribbled byte by byte is one message`(side: Side, framing: String) async throws {
        let script = """
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            m = b"a message"
            frame = struct.pack("<H", len(m) + 2) + m if arguments[-1] == "length" else m + b"\\r\\n"
            for i in range(len(frame)): c.sendall(frame[i:i+1])
            """
        // The peer of a dial has no arguments: the framing is told in the script.
        let told = "arguments.append('\(framing.prefix(6) == "length" ? "length" : "text")')\n"
        let pair = try await join(side, "--frame", framing, "--separator", "|", "--recv-only", peer: told + script)
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "a message|")
    }

    @Test(
        arguments: Side.allCases,
        [
            (
                "line", "b'one\\ntwo'", "one\ntwo\n",
                "frame 2 at byte 4 was cut off by the end of the stream: 3 bytes without a newline"
            ),
            ("delim:;", "b'one;two'", "one\ntwo\n", "3 bytes without the delimiter"),
            (
                "length:2", "b'\\0\\3one\\0\\5two'", "one\ntwo\n",
                "frame 2 at byte 5 was cut off by the end of the stream: 3 of 5 bytes"
            ),
            ("length:4", "b'\\0\\0'", "", "2 of the 4 bytes of its length"),
            ("length:4:inclusive", "b'\\0\\0\\0\\3'", "", "has a length of 3, and no frame is shorter than 4 bytes"),
        ])
    func `a stream that breaks its framing is 65, with what there was and what was missing`(
        side: Side, sample: (framing: String, bytes: String, out: String, error: String)
    ) async throws {
        let pair = try await join(
            side, "--json", "--frame", sample.framing,
            peer: "c.sendall(\(sample.bytes)); c.shutdown(socket.SHUT_WR); drain(c)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 65)
        outcome.expect(out: sample.out)
        let error = try #require(outcome.events().first { $0.name == "failed" }?["error"])
        #expect(error["code"]?.string == "frame" && error["operation"]?.string == "read")
        #expect(error["message"]?.string?.hasSuffix(sample.error) == true, "\(outcome)")
    }

    @Test func `a message beyond the limit is 65, and those before it are there`() async throws {
        let pair = try await join(
            .listen, "--frame", "line", "--max-frame", "5", peer: "c.sendall(b'12345\\r\\n123456\\n12345\\n'); drain(c)"
        )
        let outcome = try await pair.program.finish()
        outcome.expect(status: 65)
        outcome.expect(out: "12345\n")
        #expect(outcome.err.contains("frame 2 at byte 7 is longer than the limit of 5 bytes\nhint: "), "\(outcome)")
    }

    @Test func `an end inside a frame does not stop what is still to be sent`() async throws {
        let pair = try await join(
            .dial, "--frame", "line", "--input-grace", "60s", input: .open,
            peer: "c.sendall(b'cut'); c.shutdown(socket.SHUT_WR); say(drain(c))"
        )
        try await pair.program.waitForOutput("cut\n")
        pair.program.send("answer\n")
        pair.program.closeInput()
        try await pair.program.finish().expect(status: 65)
        try await pair.expect(told: ["b'answer\\n'"])
    }

    // MARK: Ends that are not the peer's

    @Test(
        arguments: Side.allCases,
        [("line", "b'one\\ntwo'"), ("delim:;", "b'one;two'"), ("length:2", "b'\\0\\3one\\0\\5two'")])
    func `what there is of a message when a signal ends the program is in the output`(
        side: Side, sample: (framing: String, bytes: String)
    ) async throws {
        let pair = try await join(
            side, "--frame", sample.framing, input: .open,
            peer: "c.sendall(\(sample.bytes)); taken(c); say('taken'); hold()")
        try await pair.peer.waitForLine(containing: "taken", on: .out)
        try await pair.program.waitForOutput("one\n")
        let outcome = try await pair.program.finish(after: SIGTERM)
        outcome.expect(status: 143)
        outcome.expect(out: "one\ntwo\n")
    }

    @Test func `a server of several peers gives what there is of a message when it is told to end`() async throws {
        let server = try sockctl("listen", "-k", "--frame", "line", "127.0.0.1:0", input: .open)
        let peer = try await python(
            "c = dial(arguments[0]); c.sendall(b'one\\ntwo'); taken(c); say('taken'); hold()", server.listening().port)
        try await peer.waitForLine(containing: "taken", on: .out)
        try await server.waitForOutput("one\n")
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        outcome.expect(out: "one\ntwo\n")
    }

    @Test(arguments: [["-i", "1s"], ["--read-timeout", "1s"], ["--max-time", "3s"]])
    func `what there is of a message when its time is over is in the output`(limit: [String]) async throws {
        let peer = try python("c = take(serve()); c.sendall(b'one\\ntwo'); hold()")
        let words = ["dial", "--frame", "line"] + limit + ["127.0.0.1:\(try await peer.port())"]
        let outcome = try await sockctl(words, input: .open).finish()
        outcome.expect(status: 75)
        outcome.expect(out: "one\ntwo\n")
    }

    @Test func `of a message that is refused nothing is in the output, whatever ends the program`() async throws {
        let peer = try python("c = take(serve()); c.sendall(b'one\\nfar too long'); hold()")
        let address = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("dial", "--frame", "line", "--max-frame", "4", address, input: .open).finish()
        outcome.expect(status: 65)
        outcome.expect(out: "one\n")
    }

    // MARK: What goes

    @Test(
        arguments: Side.allCases,
        [
            ("line", "one\n\nlast", "b'one\\n\\nlast\\n'"), ("delim:\\0", "one\ntwo\n", "b'one\\x00two\\x00'"),
            ("length:1:inclusive", "one\ntwo\n", "b'\\x04one\\x04two'"), ("length:2", "", "b''"),
        ])
    func `each line of standard input goes as a message`(
        side: Side, sample: (framing: String, input: String, wire: String)
    ) async throws {
        let pair = try await join(
            side, "--frame", sample.framing, "--shutdown", input: .text(sample.input), peer: "say(drain(c))")
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: [sample.wire])
    }

    @Test func `--whole makes one message of all of it, --crlf ends lines as Windows does`() async throws {
        let whole = try await join(
            .dial, "--frame", "length:2", "--whole", input: .text("one\ntwo\n"), peer: "say(drain(c))")
        try await whole.program.finish().expect(status: 0)
        try await whole.expect(told: ["b'\\x00\\x08one\\ntwo\\n'"])
        let crlf = try await join(.dial, "--frame", "line", "-C", input: .text("a\nb\r\nc"), peer: "say(drain(c))")
        try await crlf.program.finish().expect(status: 0)
        try await crlf.expect(told: ["b'a\\r\\nb\\r\\nc\\r\\n'"])
    }

    @Test(arguments: [
        (
            ["--frame", "length:2", "--whole", "--max-frame", "5"], "123\n56", "limit",
            "standard input is longer than the limit of 5 bytes", "b''"
        ),
        (["--frame", "line", "--whole"], "a\nb", "frame", "standard input has at byte 1 a newline", "b''"),
        (
            ["--frame", "line", "--max-frame", "2"], "a\nbbb\nc\n", "limit",
            "line 2 of standard input is longer than the limit of 2 bytes", "b'a\\n'"
        ),
        (["--frame", "delim:;"], "a\nb;c\n", "frame", "line 2 of standard input has at byte 1 the delimiter", "b'a;'"),
        (
            ["--frame", "length:1"], String(repeating: "x", count: 256), "frame",
            "line 1 of standard input needs a length of 256, and 1 byte holds at most 255", "b''"
        ),
    ])
    func `a message that cannot be sent is 65, says why, and nothing of it goes`(
        options: [String], input: String, code: String, message: String, wire: String
    ) async throws {
        let peer = try python("c = take(serve()); say(drain(c))")
        let address = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl(["dial", "--json"] + options + [address], input: .text(input)).finish()
        outcome.expect(status: 65)
        let error = try #require(outcome.events().first { $0.name == "failed" }?["error"])
        #expect(error["code"]?.string == code)
        #expect(error["message"]?.string?.contains(message) == true, "\(outcome)")
        try await peer.finish().expect(lines: [wire], after: 1)
    }

    @Test(.needs(.nc, .ncat, .socat), arguments: Netcat.all)
    func `lines are exchanged with other netcats`(tool: Tool) async throws {
        let program = try sockctl("listen", "--frame", "line", "--separator", ";", "127.0.0.1:0", input: .text("x\ny"))
        let client = try Netcat(tool).dial(await program.listening().port, sending: "one\r\ntwo\n")
        try await client.finish().expect(out: "x\ny\n")
        let outcome = try await program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "one;two;")
    }

    // MARK: Files and many peers

    @Test func `--output has the payloads and --hex-dump the wire`() async throws {
        let (output, dump) = (try scratch("output"), try scratch("dump"))
        let pair = try await join(
            .listen, "--frame", "length:1", "-o", output, "-x", dump, peer: "c.sendall(b'\\3one\\3two')")
        try await pair.program.finish().expect(out: "one\ntwo\n")
        #expect(try contents(of: output) == Array("one\ntwo\n".utf8))
        #expect(try String(decoding: contents(of: dump), as: UTF8.self).contains("03 6f 6e 65 03 74 77 6f"))
    }

    @Test func `many peers at once each have their messages, and get those of standard input`() async throws {
        let server = try sockctl("listen", "-k", "--json", "--frame", "length:1", "127.0.0.1:0", input: .open)
        let port = try await server.listening().port
        let script = """
            c = dial(arguments[0])
            c.sendall(b"\\3on"); say(c.recv(100)); c.sendall(b"e\\3tw"); c.close()
            """
        let clients = try (0..<2).map { _ in try python(script, port) }
        for number in [1, 2] {
            try await server.wait(for: "peer \(number)") { $0.errText.contains("\"connection\":\(number)") ? () : nil }
        }
        server.send("hello\n")
        for client in clients { try await client.finish().expect(lines: ["b'\\x05hello'"]) }
        server.closeInput()
        // Which client is heard first is nobody's promise; that messages stay whole is.
        try await server.waitForOutput(count: 14)
        try await server.wait(for: "two failures") { $0.errText.matches(of: /"failed"/).count == 2 ? () : nil }
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        #expect(outcome.lines.sorted() == ["one", "one", "tw", "tw"])
        let events = try outcome.events()
        #expect(events.filter { $0.name == "message" }.compactMap { $0["index"]?.integer } == [1, 1])
        #expect(events.filter { $0.name == "failed" }.count == 2, "\(outcome)")
    }

    // MARK: Servers

    @Test func `echo sends whole messages back, framed`() async throws {
        let server = try sockctl("listen", "--json", "--serve", "echo", "--frame", "length:2", "127.0.0.1:0")
        let script = """
            c = dial(arguments[0])
            c.sendall(b"\\0\\3on"); say(quiet(c, 0.1))
            c.sendall(b"e\\0\\0\\0\\1x\\0\\2z"); say(c.recv(100))
            c.shutdown(socket.SHUT_WR); say(drain(c))
            """
        let client = try await python(script, server.listening().port).finish()
        client.expect(lines: ["True", "b'\\x00\\x03one\\x00\\x00\\x00\\x01x'", "b''"])
        try await server.waitForEvent("closed")
        let events = try await server.finish(after: SIGTERM).events()
        #expect(events.filter { $0.name == "message" }.compactMap { $0["bytes"]?.integer } == [3, 0, 1])
        let message = events.first { $0.name == "failed" }?["error"]?["message"]?.string
        #expect(message?.hasSuffix("frame 4 at byte 10 was cut off by the end of the stream: 1 of 2 bytes") == true)
        #expect(events.first { $0.name == "closed" }?["messages"]?.integer == 3)
    }

    @Test(.needs(.nc)) func `discard counts messages`() async throws {
        let server = try sockctl("listen", "-v", "--serve", "discard", "--frame", "delim:,", "127.0.0.1:0")
        let client = try Netcat(.nc).dial(await server.listening().port, sending: "a,bb,,ccc,")
        try await client.finish().expect(out: "")
        try await server.waitForLine(containing: "received 10 bytes")
        let outcome = try await server.finish(after: SIGTERM)
        #expect(outcome.err.contains("message 4, 3 bytes") && outcome.err.contains("in 4 messages"), "\(outcome)")
    }

    @Test(arguments: ["unixpacket:@x", "udp://127.0.0.1:1"])
    func `networks of messages need no framing`(address: String) async throws {
        for command in ["listen", "dial"] {
            let outcome = try await sockctl(command, "--frame", "line", address).finish()
            outcome.expect(status: 64)
            #expect(outcome.err.contains("has messages of its own"), "\(outcome)")
        }
        try await sockctl("listen", "--serve", "frames", address).finish().expect(status: 64)
        try await sockctl("dial", "--submit", address).finish().expect(status: 64)
    }
}
