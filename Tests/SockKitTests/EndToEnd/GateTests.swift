import Glibc
import Testing

/// Who is let in, and who is turned away.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct GateTests {
    /// Dials from addresses of this machine, one after the other, and says whether each is served.
    private static let knocking = """
        def served(port, source, host="127.0.0.1"):
            try:
                c = dial(port, host, source_address=(source, 0)); c.sendall(b"x"); return c.recv(1) == b"x"
            except ConnectionResetError: return False
        def knock(*sources): say(*[served(arguments[0], source) for source in sources])

        """

    private func knock(_ server: ChildProcess, _ script: String) async throws -> Outcome {
        try await python(Self.knocking + script, server.listening().port).finish()
    }

    private func echo(_ options: String...) throws -> ChildProcess {
        try sockctl(["listen", "--serve", "echo", "--json", "127.0.0.1:0"] + options)
    }

    @Test(arguments: [
        (["--allow", "127.0.0.1"], "True False False"), (["--deny", "127.0.0.1"], "False True True"),
        (["--allow", "127.0.0.0/30"], "True True True"), (["--allow", "127.0.0.1-2 127.0.0.3"], "True True True"),
        (["--allow", "127.0.0.1", "--allow", "127.0.0.3"], "True False True"),
        (["--allow", "127.0.0.0/8", "--deny", "127.0.0.2"], "True False True"),
        (["--allow", "localhost"], "True False False"), (["--allow", "::1 fd00::/8"], "False False False"),
        (["--deny", "*.0.0.1,3"], "False True False"),
    ])
    func `the rules say who is served`(options: [String], expected: String) async throws {
        let server = try sockctl(["listen", "--serve", "echo", "--json", "127.0.0.1:0"] + options)
        try await knock(server, "knock('127.0.0.1', '127.0.0.2', '127.0.0.3')").expect(lines: [expected])
        if expected.contains("False") {
            let reason = try await server.waitForEvent("peer-refused")["reason"]?.string ?? ""
            #expect(reason.contains("rule of --"))
        }
    }

    @Test func `an IPv4 rule is for IPv4 peers of an IPv6 socket too`() async throws {
        let server = try sockctl("listen", "--serve", "echo", ":0", "--allow", "127.0.0.2")
        try await knock(server, "knock('127.0.0.1', '127.0.0.2')").expect(lines: ["False True"])
    }

    @Test func `listen waits for the next after a peer that is turned away`() async throws {
        let server = try sockctl("listen", "127.0.0.1:0", "--deny", "127.0.0.2", input: .empty)
        let script = "dial(arguments[0], source_address=('127.0.0.2', 0)); dial(arguments[0]).sendall(b'let in')"
        _ = try await knock(server, script)
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "let in")
    }

    @Test func `peers that are turned away put no time limit off`() async throws {
        let server = try sockctl("listen", "127.0.0.1:0", "--deny", "127.0.0.1", "-w", "600ms")
        let script = """
            try:
                while True: dial(arguments[0]).recv(1); time.sleep(0.05)
            except OSError: say("ended")
            """
        try await knock(server, script).expect(lines: ["ended"])
        try await server.finish().expect(status: 75)
    }

    @Test func `a pipe cannot be read again, which lets nobody in who was not, and holds nobody up`()
        async throws
    {
        let path = try scratch("pipe")
        let made = unsafe mkfifo(path, 0o600)
        try #require(made == 0)
        let writing = try start("/bin/sh", ["-c", "echo 127.0.0.2 >'\(path)'"])
        let server = try echo("--deny-file", path)
        try await writing.finish().expect(status: 0)
        try await knock(server, "knock('127.0.0.1', '127.0.0.2')").expect(lines: ["True False"])
        server.signal(SIGHUP)
        let failed = try await server.waitForEvent("failed")
        #expect(
            failed["error"]?["message"]?.string == "\(path): it is no file that could be read again; the old rules stay"
        )
        try await knock(server, "knock('127.0.0.1', '127.0.0.2')").expect(lines: ["True False"])
    }

    @Test func `a file without an end is refused before it fills the memory`() async throws {
        let outcome = try await sockctl("listen", "--serve", "echo", "127.0.0.1:0", "--allow-file", "/dev/zero")
            .finish()
        outcome.expect(status: 66)
        #expect(outcome.err.contains("open /dev/zero: file too large"), "\(outcome)")
    }

    @Test func `files are read again at SIGHUP, and a broken one leaves the old rules`() async throws {
        let path = try scratch("rules")
        try writeFile(path, Array("# who may come\n127.0.0.1 # me\n\n 10.0.0.0/8\tfd00::/8\r\n".utf8))
        let server = try echo("--allow-file", path)
        try await knock(server, "knock('127.0.0.1', '127.0.0.2')").expect(lines: ["True False"])
        try writeFile(path, Array("127.0.0.2\n".utf8))
        server.signal(SIGHUP)
        #expect(try await server.waitForEvent("rules-read")["rules"]?.integer == 1)
        try await knock(server, "knock('127.0.0.1', '127.0.0.2')").expect(lines: ["False True"])
        try writeFile(path, Array("127.0.0.1\n\n10.0.0\n".utf8))
        server.signal(SIGHUP)
        let failed = try await server.waitForEvent("failed")
        let message = failed.json["error"]?["message"]?.string ?? ""
        #expect(
            message.hasSuffix(
                "rules, line 3: '10.0.0': an IPv4 address has four octets, as in 10.0-3.*.1,5; the old rules stay"))
        try await knock(server, "knock('127.0.0.1', '127.0.0.2')").expect(lines: ["False True"])
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `a rule that cannot be read names its place`() async throws {
        let path = try scratch("rules")
        try writeFile(path, Array("127.0.0.1\n1.2.3.4/99\n".utf8))
        for command in [["listen"], ["listen", "-u"], ["http-serve"], ["udp-recv"]] {
            let outcome = try await sockctl(command + ["127.0.0.1:0", "--deny-file", path]).finish()
            outcome.expect(status: 65)
            #expect(
                outcome.err.contains("rules, line 2: '1.2.3.4/99': an address of this kind has 32 bits"), "\(outcome)")
        }
        try await sockctl("listen", "0", "--allow-file", path + ".none").finish().expect(status: 66)
        try await sockctl("listen", "0", "--allow", "1.2.3").finish().expect(status: 64)
        try await sockctl("listen", "0", "--allow", "nobody.invalid").finish().expect(status: 68)
        try await sockctl("listen", "0", "-n", "--allow", "localhost").finish().expect(status: 64)
        try await sockctl("listen", "0", "--allow", "uid:0").finish().expect(status: 64)
    }

    @Test func `an empty file of who may come lets nobody in`() async throws {
        let path = try scratch("rules")
        try writeFile(path, Array("# nobody\n".utf8))
        try await knock(try echo("--allow-file", path), "knock('127.0.0.1')").expect(lines: ["False"])
    }

    @Test func `peers on Unix sockets are known by user and group`() async throws {
        let script = """
            c = socket.socket(socket.AF_UNIX); c.connect(arguments[0])
            try: c.sendall(b"x"); say(c.recv(1) == b"x")
            except (ConnectionResetError, BrokenPipeError): say(False)
            """
        for (options, served) in [
            (["--allow", "uid:\(getuid())"], "True"), (["--allow", "gid:\(getgid())"], "True"),
            (["--deny", "uid:\(getuid())"], "False"), (["--allow", "uid:\(getuid() + 1)"], "False"),
        ] {
            let path = try scratch("socket")
            let server = try sockctl(["listen", "--serve", "echo", "unix:\(path)"] + options)
            try await server.waitForLine(containing: "listening", on: .err)
            try await python(script, path).finish().expect(lines: [served])
            try await server.finish(after: SIGTERM).expect(status: 0)
        }
    }

    @Test(arguments: [
        ("unix", ["--allow", "10.0.0.0/8"], "--allow: peers on Unix sockets have no addresses"),
        ("unix", ["--deny", "192.0.2.7"], "--deny: peers on Unix sockets have no addresses"),
        ("unixpacket", ["--deny", "localhost"], "--deny: peers on Unix sockets have no addresses"),
        ("unixgram", ["--deny", "uid:0"], "peers on unixgram have none"),
        ("unixgram", ["--allow", "10.0.0.1"], "peers on unixgram have none"),
    ])
    func `a rule that no peer could match is refused`(network: String, rule: [String], wanted: String) async throws {
        let path = try scratch("socket")
        let outcome = try await sockctl(["listen", "--network", network, path] + rule).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(wanted), "\(outcome)")
    }

    @Test func `a file's rules that no peer could match are refused`() async throws {
        let path = try scratch("rules")
        try writeFile(path, Array("uid:0\n10.0.0.0/8\n".utf8))
        let outcome = try await sockctl("listen", "unix:\(try scratch("socket"))", "--deny-file", path).finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("rules, line 2: peers on Unix sockets have no addresses"), "\(outcome)")
    }

    @Test func `no host has more connections than it may`() async throws {
        let server = try echo("--max-conns-per-host", "2")
        let script = """
            def keep(source):
                c = dial(arguments[0], source_address=(source, 0))
                try: c.sendall(b"x"); return c if c.recv(1) else None
                except ConnectionResetError: return None
            a, b, c = keep("127.0.0.1"), keep("127.0.0.1"), keep("127.0.0.1")
            say(bool(a), bool(b), bool(c), bool(keep("127.0.0.2")))
            a.shutdown(socket.SHUT_WR); drain(a)
            until(lambda: keep("127.0.0.1")); say("let in")
            """
        try await knock(server, script).expect(lines: ["True True False True", "let in"])
        let reason = try await server.waitForEvent("peer-refused")["reason"]?.string
        #expect(reason == "2 peers of its host being served already, as many as --max-conns-per-host allows")
    }

    @Test(arguments: [["udp-recv"], ["listen", "-u"], ["listen", "-uk"]])
    func `datagrams of those who may not send them are dropped and counted`(command: [String]) async throws {
        let server = try sockctl(
            command + ["127.0.0.1:0", "--json", "--deny", "127.0.0.2", "--count", "2"], input: .empty)
        let script = """
            for source, text in (("127.0.0.2", b"no\\n"), ("127.0.0.1", b"one\\n"), ("127.0.0.2", b"no\\n"), ("127.0.0.3", b"two\\n")):
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((source, 0))
                s.sendto(text, ("127.0.0.1", int(arguments[0])))
            """
        _ = try await python(script, server.listening().port).finish()
        let outcome = try await server.finish()
        outcome.expect(out: "one\ntwo\n")
        let summary = try #require(try outcome.events().last { $0.name == "summary" })
        #expect(summary["denied"]?.integer == 2)
    }

    @Test func `http-serve has gates`() async throws {
        let server = try sockctl("http-serve", "127.0.0.1:0", "--allow", "127.0.0.2")
        let script = """
            def get(source):
                c = dial(arguments[0], source_address=(source, 0))
                try: c.sendall(b"GET /time HTTP/1.0\\r\\n\\r\\n"); return drain(c)[:15]
                except ConnectionResetError: return b""
            say(get("127.0.0.1"), get("127.0.0.2"))
            """
        try await knock(server, script).expect(lines: ["b'' b'HTTP/1.1 200 OK'"])
    }
}
