import Testing

/// `-C`: lines that end with CR LF on the way out, and nothing changed on the way in.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct LineEndTests {
    /// Input in pieces that are written apart, and what is to arrive.
    private static let cases: [(pieces: String, wanted: String)] = [
        (#"'one\ntwo\n'"#, #"b'one\r\ntwo\r\n'"#),
        (#"'one\r\ntwo\r\n'"#, #"b'one\r\ntwo\r\n'"#),
        (#"'one\r' '\ntwo'"#, #"b'one\r\ntwo'"#),
        (#"'\n' '\n'"#, #"b'\r\n\r\n'"#),
        (#"'a\rb\r' 'c\n'"#, #"b'a\rb\rc\r\n'"#),
        (#"'\r' '\r' '\n'"#, #"b'\r\r\n'"#),
    ]

    @Test(arguments: cases)
    func `a bare newline gets its CR, once, however the writes were cut`(pieces: String, wanted: String) async throws {
        let server = try python("c = take(serve()); say(drain(c)); c.close()")
        let program = try #require(Binary.sockctl)
        let script =
            "for p in \(pieces); do printf \"$p\"; sleep 0.1; done | '\(program)' dial -C 127.0.0.1 \(try await server.port())"
        try await start("/bin/sh", ["-c", script]).finish().expect(status: 0)
        try await server.finish().expect(lines: [wanted], after: 1)
    }

    @Test(arguments: [["dial"], ["dial", "-C"]])
    func `what comes in is not touched`(words: [String]) async throws {
        let server = try python(#"c = take(serve()); c.sendall(bytes(range(256)) + b"\r\n\n\r"); c.close()"#)
        let outcome = try await sockctl(words + ["127.0.0.1", "\(server.port())"]).finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes == (0...255).map { UInt8($0) } + [13, 10, 10, 13])
    }

    @Test func `without it every byte goes out as it is`() async throws {
        let bytes = (0...255).map { UInt8($0) } + [13, 10, 10, 13]
        try writeFile(scratch("bytes"), bytes)
        let server = try python("c = take(serve()); say(drain(c).hex()); c.close()")
        let program = try #require(Binary.sockctl)
        let port = try await server.port()
        try await start("/bin/sh", ["-c", "'\(program)' dial 127.0.0.1 \(port) <'\(try scratch("bytes"))'"]).finish()
            .expect(status: 0)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try await server.finish().expect(lines: [hex], after: 1)
    }

    @Test func `who listens changes line ends as who dials does`() async throws {
        let listen = try sockctl("listen", "-C", "127.0.0.1:0", input: .text("one\ntwo\r\n"))
        let client = try python("say(drain(dial(arguments[0])))", try await listen.listening().port)
        try await client.finish().expect(out: #"b'one\r\ntwo\r\n'"# + "\n")
    }
}
