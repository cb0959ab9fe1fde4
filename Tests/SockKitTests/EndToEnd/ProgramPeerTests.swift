import Glibc
import Testing

/// Programs that a peer is joined to, and what each hears of the other's end.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ProgramPeerTests {
    @Test(arguments: Side.allCases)
    func `a program reads what the peer sends, and speaks after the peer has ended`(side: Side) async throws {
        let pair = try await join(
            side, "-c", "sort; sleep 0.3; echo end",
            peer: #"c.sendall(b"b\na\n"); c.shutdown(socket.SHUT_WR); say(drain(c))"#)
        try await pair.expect(told: [#"b'a\nb\nend\n'"#])
        try await pair.program.finish().expect(status: 0)
    }

    @Test(
        .needs(.nc, .ncat, .socat, .cat), arguments: Netcat.all, [["-e", "--", "/bin/cat", "-u"], ["-c", "exec cat"]])
    func `other netcats are served, one after the other`(tool: Tool, words: [String]) async throws {
        let server = try sockctl(["listen", "-k", "127.0.0.1:0"] + words)
        let port = try await server.listening().port
        let bytes = noise(1_000_001)
        for _ in 0..<2 {
            #expect(try await Netcat(tool).dial(port, input: .bytes(bytes)).finish().bytes == bytes)
        }
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test(arguments: Side.allCases, [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143)] as [(String, Int32)])
    func `the status is the program's`(side: Side, program: (line: String, status: Int32)) async throws {
        let pair = try await join(side, "-c", program.line, peer: "say(drain(c))")
        try await pair.expect(told: ["b''"])
        try await pair.program.finish().expect(status: program.status)
    }

    @Test(arguments: Side.allCases)
    func `a program that is not there is 127, one that is none 126, and the peer hears the end`(
        side: Side
    ) async throws {
        let plain = try scratch("plain")
        try writeFile(plain, Array("no program".utf8))
        for (path, status) in [("/nowhere/at-all", 127), ("no-such-program-anywhere", 127), (plain, 126)] {
            let address = side == .listen ? "127.0.0.1:0" : nil
            if let address {
                let server = try sockctl("listen", address, "-e", "--", path)
                let client = try await python("say(drain(dial(arguments[0])))", server.listening().port)
                try await client.finish().expect(lines: ["b''"])
                try await server.finish().expect(status: Int32(status))
            } else {
                let peer = try python("say(drain(take(serve())))")
                let program = try await sockctl("dial", "127.0.0.1:\(peer.port())", "-e", "--", path)
                try await peer.finish().expect(lines: ["b''"], after: 1)
                try await program.finish().expect(status: Int32(status))
            }
        }
    }

    @Test func `a folder that is to be run is called one`() async throws {
        let peer = try python("say(drain(take(serve())))")
        let outcome = try await sockctl("dial", "127.0.0.1:\(peer.port())", "-e", "--", "/tmp").finish()
        outcome.expect(status: 126)
        #expect(outcome.err.contains("it is a folder") && !outcome.err.contains("chmod"), "\(outcome)")
    }

    @Test func `a server goes on after a program that cannot be run`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", "-e", "--", "/nowhere/at-all")
        let port = try await server.listening().port
        for _ in 0..<2 { try await python("say(drain(dial(arguments[0])))", port).finish().expect(lines: ["b''"]) }
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        let failures = try outcome.events().filter { $0.name == "failed" }
        #expect(failures.map { $0["connection"]?.integer } == [1, 2])
        #expect(failures.first?["error"]?["code"]?.string == "ENOENT", "\(outcome)")
    }

    @Test func `whoever only reads turns nobody away, and gets all of it`() async throws {
        let (copy, bytes) = (try scratch("copy"), noise(3_000_001))
        let server = try sockctl("listen", "127.0.0.1:0", "-c", "exec cat >\(copy)")
        let script = """
            c = dial(arguments[0])
            c.sendall(sys.stdin.buffer.read())
            say(quiet(c, 0.3)); c.shutdown(socket.SHUT_WR); say(drain(c))
            """
        let client = try await python(script, server.listening().port, input: .bytes(bytes))
        try await client.finish().expect(lines: ["True", "b''"])
        try await server.finish().expectQuietErrors(after: "listening", status: 0)
        #expect(try contents(of: copy) == bytes)
    }

    @Test(.needs(.cat), arguments: [[], ["--rate", "100M"], ["--read-size", "1000"]])
    func `a large amount goes through a program and comes back the same`(options: [String]) async throws {
        let server = try sockctl(["listen"] + options + ["127.0.0.1:0", "-e", "--", "cat"])
        let bytes = noise(5_000_001)
        let client = try await sockctl(
            "dial", "127.0.0.1:\(server.listening().port)", input: .bytes(bytes))
        #expect(try await client.finish().bytes == bytes)
        try await server.finish().expect(status: 0)
    }

    @Test func `a program that has closed its input is still heard`() async throws {
        let server = try sockctl("listen", "127.0.0.1:0", "-c", "exec <&-; sleep 0.5; echo still here")
        let script = """
            c = dial(arguments[0])
            for _ in range(64): c.sendall(b"x" * 65536)
            c.shutdown(socket.SHUT_WR); say(drain(c))
            """
        let client = try await python(script, server.listening().port)
        try await client.finish().expect(lines: [#"b'still here\n'"#])
        try await server.finish().expect(status: 0)
    }

    @Test func `what a program leaves behind may go on speaking after it`() async throws {
        let server = try sockctl("listen", "127.0.0.1:0", "-c", "(sleep 0.3; echo late) & exit 3")
        let client = try await python("say(drain(dial(arguments[0])))", server.listening().port)
        try await client.finish().expect(lines: [#"b'late\n'"#])
        try await server.finish().expect(status: 3)
    }

    @Test(arguments: ["unix", "unixpacket"])
    func `Unix sockets have programs as well`(network: String) async throws {
        let path = try scratch("socket")
        let server = try sockctl(
            "listen", "--network", network, path, "-c", "echo $SOCKCTL_PROTO $NCAT_LOCAL_ADDR; cat")
        try await server.waitForLine(containing: "listening")
        let client = try sockctl("dial", "--network", network, path, input: .text("and back\n"))
        try await client.finish().expect(out: "UNIX \(path)\nand back\n")
        try await server.finish().expect(status: 0)
    }

    @Test func `line ends and frames are made of what a program says and hears`() async throws {
        let server = try sockctl(
            "listen", "127.0.0.1:0", "--frame", "line", "-C", "-c", "while read -r x; do echo \"<$x>\"; done")
        let script = #"c = dial(arguments[0]); c.sendall(b"a\r\nb\n"); c.shutdown(socket.SHUT_WR); say(drain(c))"#
        let client = try await python(script, server.listening().port)
        try await client.finish().expect(lines: [#"b'<a>\r\n<b>\r\n'"#])
    }

    @Test(arguments: [("-i", 75), ("--deadline", 75), ("--close-after", 0)] as [(String, Int32)])
    func `limits hold for a peer that does not take what a program has left`(option: String, status: Int32) async throws
    {
        let server = try sockctl("listen", option, "1s", "-c", "head -c 2000000 /dev/zero", "127.0.0.1:0")
        let script = """
            c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            c.connect(("127.0.0.1", int(arguments[0]))); hold()
            """
        _ = try await python(script, server.listening().port)
        try await server.finish().expect(status: status)
    }

    @Test func `what is asked of a connection holds for one with a program`() async throws {
        let server = try sockctl(
            "listen", "127.0.0.1:0", "-i", "300ms", "--goodbye", "bye", "-c", "exec sleep 100")
        let client = try await python("say(drain(dial(arguments[0])))", server.listening().port)
        try await client.finish().expect(lines: ["b'bye'"])
        let outcome = try await server.finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("nothing came or went for 300"), "\(outcome)")
    }
}

extension Outcome {
    /// Records an issue unless nothing but one line with this word was said on standard error.
    fileprivate func expectQuietErrors(
        after word: String, status wanted: Int32, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(status: wanted, sourceLocation: sourceLocation)
        let lines = err.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].contains(word), "\(self)", sourceLocation: sourceLocation)
    }
}
