import Testing

/// The words of the command line are bytes: payloads and paths that are no UTF-8 go as they are.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct BytesTests {
    /// Two bytes that begin nothing in UTF-8, and a letter.
    private static let odd = #"$(printf '\377\376A')"#
    private static let oddName: [UInt8] = [0xff, 0xfe, 0x41]

    /// Runs a line of the shell in which `sockctl` is the program under test.
    private func shell(_ line: String, input: ChildProcess.Input = .empty) throws -> ChildProcess {
        let program = try #require(Binary.sockctl)
        return try start("/bin/sh", ["-c", "sockctl() { '\(program)' \"$@\"; }; \(line)"], input: input)
    }

    @Test(arguments: [
        ("udp-send ADDRESS \"\(odd)\"", #"b'\xff\xfeA'"#), (#"udp-send ADDRESS "\#(odd)\n""#, #"b'\xff\xfeA\n'"#),
        ("dial -u --send \"\(odd)\" ADDRESS", #"b'\xff\xfeA'"#),
    ])
    func `a payload goes as its bytes`(line: String, wanted: String) async throws {
        let server = try python("s = serve(kind=socket.SOCK_DGRAM); d, a = s.recvfrom(100); s.sendto(d, a); say(d)")
        let address = "127.0.0.1:\(try await server.port())"
        _ = try await shell("sockctl \(line.replacing("ADDRESS", with: address))").finish()
        try await server.finish().expect(lines: [wanted], after: 1)
    }

    @Test func `a separator and a delimiter are bytes`() async throws {
        let listen = try shell("sockctl listen --frame \"delim:\(Self.odd)\" --separator \"\(Self.odd)\" 127.0.0.1:0")
        let script = #"c = dial(arguments[0]); c.sendall(b'one\xff\xfeAtwo\xff\xfeA'); c.close()"#
        _ = try await python(script, try await listen.listening().port).finish()
        let outcome = try await listen.finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes == Array("one".utf8) + Self.oddName + Array("two".utf8) + Self.oddName)
    }

    @Test(arguments: ["-o", "-x"])
    func `a file is the one whose name has these bytes`(option: String) async throws {
        let directory = try scratch("files")
        let listen = try sockctl("listen", "--serve", "time", "--max-accepts", "1", "127.0.0.1:0")
        let port = try await listen.listening().port
        let line = "mkdir '\(directory)'; cd '\(directory)'; sockctl dial \(option) \"\(Self.odd)\" 127.0.0.1:\(port)"
        try await shell(line).finish().expect(status: 0)
        try await python("import os; say(os.listdir(arguments[0].encode()))", directory).finish()
            .expect(out: #"[b'\xff\xfeA']"# + "\n")
    }

    @Test(arguments: ["-U", "unix:"])
    func `a socket's path is the one with these bytes`(spelling: String) async throws {
        let directory = try scratch("files")
        let path = spelling == "-U" ? "-U \"\(Self.odd)\"" : "\"unix:\(Self.odd)\""
        let enter = "mkdir -p '\(directory)'; cd '\(directory)'"
        let listen = try shell("\(enter); sockctl listen \(path)", input: .text("yo"))
        try await listen.waitForLine(containing: "listening")
        try await python("import os; say(os.listdir(arguments[0].encode()))", directory).finish()
            .expect(out: #"[b'\xff\xfeA']"# + "\n")
        let outcome = try await shell("\(enter); sockctl dial \(path)").finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "yo")
        try await listen.finish().expect(status: 0)
        #expect(names(in: directory).isEmpty, "the file is removed at the end")
    }
}
