import Glibc
import Testing

/// The three Unix networks, and what becomes of the file that a listener makes.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct UnixSocketTests {
    private static let unix = "import socket as s\ndef unix(kind=s.SOCK_STREAM): return s.socket(s.AF_UNIX, kind)\n"

    // MARK: The three networks

    @Test(.needs(.nc, .ncat, .socat), arguments: Netcat.all)
    func `listen and dial speak with another netcat through a path`(tool: Tool) async throws {
        let path = try scratch("socket")
        let server = try sockctl("listen", "unix:\(path)", input: .text("yo\n"))
        try await server.waitForLine(containing: "listening")
        let client = try dialing(tool, path)
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "hi\n")
        try await client.finish().expect(out: "yo\n")
    }

    @Test(arguments: [["unix:PATH"], ["-U", "PATH"], ["--network", "unix", "PATH"], ["--unixsock", "PATH"]])
    func `dial reaches a path in every spelling`(words: [String]) async throws {
        let path = try scratch("socket")
        let server = try python(
            Self.unix
                + "l = unix(); l.bind(arguments[0]); l.listen(); say('up'); c, _ = l.accept(); c.sendall(drain(c))",
            path)
        try await server.waitForLine(containing: "up", on: .out)
        let arguments = ["dial"] + words.map { $0.replacing("PATH", with: path) }
        let outcome = try await sockctl(arguments, input: .text("hello")).finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "hello")
    }

    @Test func `of many that find the same stale file one replaces it, and nobody loses it again`() async throws {
        let path = try scratch("socket")
        let rounds = 4
        for _ in 0..<rounds {
            try makeStaleSocket(at: path)
            let racers = try (0..<12).map { _ in try sockctl("listen", "--json", "unix:\(path)", input: .open) }
            let winners = try await eventually("one that listens and the others gone") {
                let running = racers.filter { $0.record.status == nil }
                return running.count <= 1 ? running : nil
            }
            let winner = try #require(winners.first)
            try await winner.waitForEvent("listening")
            for loser in racers where loser !== winner { try await loser.finish().expect(status: 73) }
            let client = try await sockctl("dial", "unix:\(path)").finish()
            client.expect(status: 0)
            _ = try await winner.finish(after: SIGTERM)
            _ = unsafe unlink(path)
        }
    }

    @Test(arguments: [("0", "0666"), ("022", "0666"), ("077", "0660"), ("0777", "0600")])
    func `the file's mode is what was asked for, whatever the process's mask`(mask: String, mode: String) async throws {
        let path = try scratch("socket")
        let program = "umask \(mask); exec \(try #require(Binary.sockctl)) listen --mode \(mode) unix:\(path)"
        let server = try start(.sh, "-c", program, input: .open)
        try await server.waitForLine(containing: "listening")
        #expect(try #require(fileStatus(of: path)).st_mode & 0o7777 == UInt32(mode, radix: 8))
        _ = try await server.finish(after: SIGTERM)
    }

    @Test func `an abstract name needs no file`() async throws {
        let name = try scratch("name").dropFirst()
        let server = try sockctl("listen", "unix:@\(name)", input: .text("yo"))
        try await server.waitForLine(containing: "listening")
        let outcome = try await sockctl("dial", "unix:@\(name)", input: .text("hi")).finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "yo")
        try await server.finish().expect(out: "hi")
    }

    @Test(arguments: [["-U", "-u"], ["--network", "unixgram"]])
    func `dial -s gives a Unix socket of datagrams a name to be answered at, and removes its file`(
        options: [String]
    ) async throws {
        let path = try scratch("socket")
        let own = try scratch("own")
        let script = """
            l = unix(s.SOCK_DGRAM); l.bind(arguments[0]); say('up')
            data, name = l.recvfrom(100); say(data, name); l.sendto(b'yo', name)
            """
        let server = try python(Self.unix + script, path)
        try await server.waitForLine(containing: "up", on: .out)
        let dial = try sockctl(["dial"] + options + ["-s", own, "--count", "1", path], input: .text("hi"))
        let outcome = try await dial.finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "yo" && fileStatus(of: own) == nil)
        try await server.finish().expect(lines: ["b'hi' \(own)"], after: 1)
    }

    @Test func `a name that is taken is not replaced, and one for a dial that fails is removed`() async throws {
        let own = try scratch("own")
        let nowhere = try scratch("nowhere")
        try await sockctl("dial", "-uU", "-s", own, nowhere).finish().expect(status: 69)
        #expect(fileStatus(of: own) == nil)
        try writeFile(own, [])
        try await sockctl("dial", "-uU", "-s", own, nowhere).finish().expect(status: 73)
        #expect(fileStatus(of: own) != nil)
    }

    @Test func `unixpacket keeps the boundaries of messages`() async throws {
        let path = try scratch("socket")
        let server = try sockctl("listen", "--json", "-vv", "unixpacket:\(path)", input: .open)
        try await server.waitForEvent("listening")
        let script =
            "c = unix(s.SOCK_SEQPACKET); c.connect(arguments[0]); c.send(b'hello'); c.send(b'world!'); c.close()"
        _ = try await python(Self.unix + script, path).finish()
        let outcome = try await server.finish()
        #expect(outcome.out == "helloworld!")
        let sizes = try outcome.events().filter { $0.name == "read" }.compactMap { $0["bytes"]?.integer }
        #expect(sizes.filter { $0 > 0 } == [5, 6])
    }

    @Test func `a large unixpacket message comes whole, and an empty one is not the end`() async throws {
        let path = try scratch("socket")
        let server = try sockctl("listen", "unixpacket:\(path)", input: .empty)
        try await server.waitForLine(containing: "listening")
        let script =
            "c = unix(s.SOCK_SEQPACKET); c.connect(arguments[0]); c.send(b'x' * 100000); c.send(b''); c.send(b'after')"
        _ = try await python(Self.unix + script, path).finish()
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes.count == 100_005 && outcome.out.hasSuffix("after"))
    }

    @Test func `a unixpacket message that is cut is reported`() async throws {
        let path = try scratch("socket")
        let server = try sockctl("listen", "--read-size", "3", "unixpacket:\(path)", input: .empty)
        try await server.waitForLine(containing: "listening")
        let script = "c = unix(s.SOCK_SEQPACKET); c.connect(arguments[0]); c.send(b'world!')"
        _ = try await python(Self.unix + script, path).finish()
        let outcome = try await server.finish()
        #expect(outcome.out == "wor")
        #expect(outcome.err.contains("6 bytes was cut to 3"), "\(outcome)")
    }

    @Test func `each read of standard input is one unixpacket message`() async throws {
        let path = try scratch("socket")
        let script = """
            l = unix(s.SOCK_SEQPACKET); l.bind(arguments[0]); l.listen(); say("up"); c, _ = l.accept()
            while part := c.recv(100): say(part)
            """
        let server = try python(Self.unix + script, path)
        try await server.waitForLine(containing: "up", on: .out)
        let dial = try sockctl("dial", "unixpacket:\(path)", input: .open)
        dial.send("hello")
        try await server.waitForLine(containing: "hello", on: .out)
        dial.send("world!")
        dial.closeInput()
        try await server.finish().expect(lines: ["up", "b'hello'", "b'world!'"])
        try await dial.finish().expect(status: 0)
    }

    @Test(.needsOwnNetwork, arguments: ["echo", "chargen"])
    func `one who asks and does not read keeps no other from an answer for long`(service: String) async throws {
        let path = try scratch("server")
        let server = try sockctl("listen", "--json", "--serve", service, "unixgram:\(path)")
        try await server.waitForEvent("listening")
        let script = """
            open("/proc/sys/net/unix/max_dgram_qlen", "w").write("10")
            # Of one that is connected to the server the kernel bounds not the queue, but what the server may have under way.
            def asker(name):
                c = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); c.bind(arguments[0] + name); return c
            deaf, other = asker("1"), asker("2")
            # More than its queue holds.
            for _ in range(14): deaf.sendto(b"", arguments[0])
            other.settimeout(30); other.sendto(b"x", arguments[0]); say(len(other.recv(1000)) > 0)
            """
        let peers = try await start(
            .unshare, "-rn", #require(Tool.python3.path), "-c", PythonPeer.prelude + script, path
        ).finish()
        peers.expect(lines: ["True"])
    }

    @Test func `unixgram carries datagrams both ways`() async throws {
        let path = try scratch("socket")
        let listen = try sockctl("listen", "unixgram:\(path)", input: .open)
        try await listen.waitForLine(containing: "listening")
        let own = try scratch("own")
        let script = """
            c = unix(s.SOCK_DGRAM); c.bind(arguments[1]); c.connect(arguments[0]); c.send(b"one"); c.send(b""); c.send(b"two")
            say(c.recv(100))
            """
        let peer = try python(Self.unix + script, path, own)
        try await listen.waitForOutput("onetwo")
        listen.send("answer")
        try await peer.finish().expect(out: "b'answer'\n")
    }

    // MARK: The file

    @Test(arguments: [([], 0o600), (["--mode", "0660"], 0o660)])
    func `the file is for its owner only unless --mode says otherwise`(options: [String], mode: Int) async throws {
        let path = try scratch("socket")
        let server = try sockctl(["listen"] + options + ["unix:\(path)"], input: .open)
        try await server.waitForLine(containing: "listening")
        let status = try #require(fileStatus(of: path))
        #expect(status.st_mode & S_IFMT == S_IFSOCK && status.st_mode & 0o777 == mode)
    }

    @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func `the file is removed on a signal`(signal: Int32, status: Int32) async throws {
        let path = try scratch("socket")
        let server = try sockctl("listen", "unix:\(path)", input: .open)
        try await server.waitForLine(containing: "listening")
        try await server.finish(after: signal).expect(status: status)
        #expect(fileStatus(of: path) == nil)
    }

    @Test func `the file is removed at the end`() async throws {
        let path = try scratch("socket")
        let server = try sockctl("listen", "unix:\(path)")
        try await server.waitForLine(containing: "listening")
        try await sockctl("dial", "unix:\(path)").finish().expect(status: 0)
        try await server.finish().expect(status: 0)
        #expect(fileStatus(of: path) == nil)
    }

    @Test(arguments: ["unix", "unixgram", "unixpacket"])
    func `a path that nobody listens on any more is taken over`(network: String) async throws {
        let path = try scratch("socket")
        let dead = try sockctl("listen", "\(network):\(path)", input: .open)
        try await dead.waitForLine(containing: "listening")
        _ = try await dead.finish(after: SIGKILL)
        #expect(fileStatus(of: path) != nil)
        let server = try sockctl("listen", "\(network):\(path)", input: .open)
        try await server.waitForLine(containing: "listening")
    }

    @Test(arguments: ["unix", "unixgram", "unixpacket"])
    func `a live listener's path is not taken`(network: String) async throws {
        let path = try scratch("socket")
        let first = try sockctl("listen", "\(network):\(path)", input: .open)
        try await first.waitForLine(containing: "listening")
        let second = try await sockctl("listen", "\(network):\(path)").finish()
        second.expect(status: 73)
        #expect(second.err.contains("address already in use"), "\(second)")
        _ = try sockctl("dial", "\(network):\(path)", input: .text("still here"))
        try await first.waitForOutput("still here")
    }

    @Test func `a file that is not a socket is never removed`() async throws {
        let path = try scratch("file")
        try writeFile(path, Array("precious".utf8))
        try await sockctl("listen", "unix:\(path)").finish().expect(status: 73)
        #expect(try contents(of: path) == Array("precious".utf8))
    }

    // MARK: Errors

    @Test func `a path where nothing is, nobody listens, or another type of socket is, is 69`() async throws {
        let path = try scratch("socket")
        let missing = try await sockctl("dial", "unix:\(path)").finish()
        missing.expect(status: 69)
        #expect(missing.err.hasPrefix("sockctl: dial unix \(path): connect: no such file or directory\n"), "\(missing)")
        _ = try await python(Self.unix + "unix().bind(arguments[0])", path).finish()
        let stale = try await sockctl("dial", "unix:\(path)").finish()
        stale.expect(status: 69)
        #expect(stale.err.hasPrefix("sockctl: dial unix \(path): connect: connection refused\n"), "\(stale)")
        let other = try sockctl("listen", "unixgram:\(path)", input: .open)
        try await other.waitForLine(containing: "listening")
        let wrong = try await sockctl("dial", "unix:\(path)").finish()
        wrong.expect(status: 69)
        #expect(
            wrong.err.hasPrefix("sockctl: dial unix \(path): connect: protocol wrong type for socket\n"), "\(wrong)")
    }

    @Test func `writing to a peer that is gone is an error at once`() async throws {
        let path = try scratch("socket")
        let script =
            "l = unix(); l.bind(arguments[0]); l.listen(); say('up'); c, _ = l.accept(); c.recv(1); c.close(); say('gone')"
        let server = try python(Self.unix + script, path)
        try await server.waitForLine(containing: "up", on: .out)
        let dial = try sockctl("dial", "--half-open", "unix:\(path)", input: .open)
        dial.send("x")
        try await server.waitForLine(containing: "gone", on: .out)
        dial.send("y")
        let outcome = try await dial.finish()
        outcome.expect(status: 74)
        #expect(outcome.err.contains("broken pipe"), "\(outcome)")
    }

    private func dialing(_ tool: Tool, _ path: String) throws -> ChildProcess {
        switch tool {
        case .ncat: try start(tool, "-U", path, input: .text("hi\n"))
        case .socat: try start(tool, "-t10", "-", "UNIX-CONNECT:\(path)", input: .text("hi\n"))
        default: try start(tool, "-N", "-U", path, input: .text("hi\n"))
        }
    }
}
