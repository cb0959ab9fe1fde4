import Glibc
import Testing

/// Peers whose names and words would act on the terminal of whoever reads the reports.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HostilePeerTests {
    /// An escape sequence, a C1 control, a mark that turns a line, one that ends it, and a newline.
    private static let evil = #"b"\x1b]0;x\x07\xc2\x9b2J\xe2\x80\xae\xe2\x80\xa8\n""#

    /// Records an issue if anything in a report acts on a terminal, or a line is not this program's.
    private func expectHarmless(_ outcome: Outcome) {
        let controls = outcome.err.unicodeScalars.filter { scalar in
            scalar.value < 0x20 && scalar != "\n" || 0x7f...0x9f ~= scalar.value
                || [0x202e, 0x2028].contains(scalar.value)
        }
        #expect(controls.isEmpty, "\(outcome)")
    }

    /// Connects to a Unix socket, or sends it a datagram, from an end with a name that is a trap.
    private func call(_ path: String, as name: String, kind: String = "STREAM") async throws {
        let peer = try python(
            """
            evil = \(Self.evil)
            c = socket.socket(socket.AF_UNIX, socket.SOCK_\(kind))
            c.bind(eval(arguments[1])); c.connect(arguments[0]); c.send(b"hello"); c.close()
            """, path, name)
        try await peer.finish().expect(status: 0)
    }

    /// A file in the test's directory, or a name without one, which all programs share; each with the trap in it.
    private func names() throws -> [String] {
        let path = try scratch("evil")
        return [#"b"\0\#(path)" + evil"#, "b'\(path)' + evil"]
    }

    @Test(arguments: [["-v"], ["-vv", "--trace"], ["--json", "-vv", "--trace"]])
    func `a Unix socket's peer is told by its name and does nothing by it`(options: [String]) async throws {
        for (index, name) in try names().enumerated() {
            let path = try scratch("socket\(index)")
            let server = try sockctl(["listen", "unix:\(path)"] + options)
            try await server.waitForLine(containing: "listening")
            try await call(path, as: name)
            let outcome = try await server.finish()
            outcome.expect(status: 0)
            outcome.expect(out: "hello")
            expectHarmless(outcome)
            guard options.contains("--json") else {
                #expect(outcome.err.contains(#"\x1b]0;x\x07\xc2\x9b2J\xe2\x80\xae\xe2\x80\xa8\n"#), "\(outcome)")
                continue
            }
            let remote = try outcome.events().first { $0.name == "accepted" }?["remote"]?.string
            #expect(remote?.hasSuffix("\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{2028}\n") == true, "\(outcome)")
        }
    }

    @Test func `as nc it does not either`() async throws {
        let path = try scratch("")
        let server = try sockctl("nc", "-lvU", path + "socket")
        try await server.waitForLine(containing: "Listening")
        try await call(path + "socket", as: names()[0])
        let outcome = try await server.finish()
        expectHarmless(outcome)
        #expect(outcome.err.contains("Connection received on @\(path)"), "\(outcome)")
        #expect(outcome.err.contains(#"evil\x1b]0;x\x07"#), "\(outcome)")
    }

    @Test func `nor is a datagram's sender trusted that is told without -v`() async throws {
        let path = try scratch("socket")
        let receiver = try sockctl("udp-recv", "--buffer", "3", "--count", "1", "unixgram:\(path)")
        try await receiver.waitForLine(containing: "listening")
        try await call(path, as: names()[1], kind: "DGRAM")
        let outcome = try await receiver.finish()
        expectHarmless(outcome)
        #expect(outcome.err.contains("cut to 3, from ") && outcome.err.contains(#"evil\x1b]0;x"#), "\(outcome)")
    }

    @Test(arguments: [(["dial", "-z"], "9-10"), (["dial", "-v"], "9"), (["nc", "-v"], "9")])
    func `a proxy's words are shown`(command: [String], ports: String) async throws {
        let peer = try python(
            #"""
            s = serve()
            while True:
                c, _ = s.accept(); c.recv(4096)
                c.sendall(b"HTTP/1.1 502 \xc2\x9b31m \xe2\x80\xaex\r\nContent-Length: 0\r\n\r\n"); c.close()
            """#)
        let place = "127.0.0.1:\(try await peer.port())"
        let proxy = command[0] == "nc" ? ["-X", "connect", "-x", place] : ["--proxy", "http://\(place)"]
        let outcome = try await sockctl(command + proxy + ["127.0.0.1", ports]).finish()
        expectHarmless(outcome)
        #expect(outcome.err.contains(#"\xc2\x9b31m"#), "\(outcome)")
    }

    @Test(arguments: [["-v"], ["--log", "combined"], ["--log", "json"], ["--trace"], ["--json"]])
    func `a client's request is told on lines of the server's own`(options: [String]) async throws {
        let server = try sockctl(["http-serve", "127.0.0.1:0"] + options)
        let script = """
            evil = \(Self.evil)[:-1].replace(b"\\x1b", b"").replace(b"\\x07", b"")
            c = dial(arguments[0])
            c.sendall(b"GET /%1b%0a HTTP/1.1\\r\\nHost: x\\r\\nReferer: " + evil + b"\\r\\nUser-Agent: \\"" + evil + b"\\r\\n\\r\\n")
            c.recv(4096); c.sendall(b"G" + evil + b" /\\x1b HTTP/1.1\\r\\n\\r\\n"); drain(c)
            """
        try await python(script, server.listening().port).finish().expect(status: 0)
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        expectHarmless(outcome)
        if options == ["--json"] { _ = try outcome.events() }
    }
}
