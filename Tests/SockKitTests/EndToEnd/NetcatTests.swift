import Glibc
import Testing

/// The program as nc: under that name, with its command line, and its lines.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct NetcatTests {
    /// Runs a script whose `nc` is this program.
    private func script(_ text: String, input: ChildProcess.Input = .empty) throws -> ChildProcess {
        let folder = try scratch("bin")
        let program = try #require(Binary.sockctl)
        return try start(
            "/bin/sh",
            ["-c", "mkdir -p '\(folder)'; ln -sf '\(program)' '\(folder)/nc'; PATH='\(folder)':$PATH; \(text)"],
            input: input, environment: ["LC_ALL": "C.UTF-8"])
    }

    @Test func `under the name nc it is nc`() async throws {
        let server = try python("c = take(serve()); say(drain(c)); c.sendall(b'bye'); c.close()")
        let outcome = try await script("echo hello | nc -N 127.0.0.1 \(server.port())").finish()
        outcome.expect(status: 0)
        #expect(outcome.out == "bye" && outcome.err.isEmpty, "\(outcome)")
        try await server.finish().expect(lines: [#"b'hello\n'"#], after: 1)
    }

    @Test(arguments: ["netcat", "ncat", "nc.openbsd", "nc.traditional"])
    func `under the other names that netcats have it is nc as well`(name: String) async throws {
        let outcome = try await script(
            #"ln -sf "$(command -v nc)" "$(dirname "$(command -v nc)")/\#(name)"; \#(name) -vz 127.0.0.1 \#(try refusingPort())"#
        ).finish()
        outcome.expect(status: 1)
        #expect(outcome.err.hasPrefix("nc: connect to 127.0.0.1 port "), "\(outcome)")
    }

    @Test func `what listens and what connects say nc's lines with -v`() async throws {
        let listen = try script("nc -v -l 127.0.0.1 0")
        let line = try await listen.waitForLine(containing: "Listening on localhost ")
        let port = try #require(line.split(separator: " ").last)
        let dial = try await script("nc -nv 127.0.0.1 \(port)", input: .text("hello")).finish()
        dial.expect(status: 0)
        #expect(dial.err == "Connection to 127.0.0.1 \(port) port [tcp/*] succeeded!\n")
        let outcome = try await listen.finish()
        outcome.expect(out: "hello")
        #expect(outcome.err.contains(/\AListening on localhost [0-9]+\nConnection received on localhost [0-9]+\n\z/))
    }

    @Test func `nc's lines and those of --trace come together`() async throws {
        let listen = try script("exec nc -v --trace -l 127.0.0.1 0")
        let line = try await listen.waitForLine(containing: "Listening on localhost ")
        let port = try #require(line.split(separator: " ").last)
        try await script("nc -N 127.0.0.1 \(port)", input: .text("hello")).finish().expect(status: 0)
        let outcome = try await listen.finish()
        outcome.expect(out: "hello")
        #expect(outcome.err.contains("Connection received on localhost ") && outcome.err.contains("accept4("))
    }

    @Test func `without -v nothing is said of what goes well`() async throws {
        let port = try unboundPort()
        let listen = try script("nc -l 127.0.0.1 \(port)")
        let dial = try await script("until echo hello | nc 127.0.0.1 \(port) 2>/dev/null; do :; done").finish()
        dial.expect(status: 0)
        try await listen.finish().expectQuietErrors(status: 0)
    }

    @Test func `every interface means IPv4, as it does for nc`() async throws {
        let listen = try script("exec nc -nvl 0")
        try await listen.waitForLine(containing: "Listening on 0.0.0.0 ")
        listen.signal(SIGTERM)
        try await listen.finish().expect(status: 143)
    }

    @Test(.needs(.nc)) func `its lines are those of the nc that is installed`() async throws {
        let nc = try #require(Tool.nc.path)
        let server = try python("s = serve()\nwhile True: s.accept()")
        let port = try await server.port()
        for words in ["-v -N 127.0.0.1 \(port)", "-nv -N 127.0.0.1 \(port)", "-4v -N localhost \(port)"] {
            let theirs = try await script("timeout 2 '\(nc)' \(words)").finish()
            let ours = try await script("timeout 2 nc \(words)").finish()
            #expect(ours.err == theirs.err)
        }
        let theirs = try await script("'\(nc)' -v 127.0.0.1 2").finish()
        let ours = try await script("nc -v 127.0.0.1 2").finish()
        let line = try #require(theirs.err.split(separator: "\n").first)
        #expect(ours.err == "nc" + line.drop { $0 != ":" } + "\n")
    }

    @Test func `a refusal is 69 and told without -v as well`() async throws {
        let quiet = try await script("nc 127.0.0.1 2").finish()
        quiet.expect(status: 69)
        #expect(quiet.err.hasPrefix("sockctl: dial tcp 127.0.0.1:2: connect: connection refused\n"), "\(quiet)")
        let loud = try await script("nc -v 127.0.0.1 2").finish()
        loud.expect(status: 69)
        #expect(loud.err == "nc: connect to 127.0.0.1 port 2 (tcp) failed: Connection refused\n", "\(loud)")
    }

    @Test func `a silent peer is 75 with -w`() async throws {
        let server = try python("s = serve(); c = take(s); hold()")
        let outcome = try await script("exec nc -w 1 127.0.0.1 \(server.port())", input: .open).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .seconds(1))
    }

    @Test func `datagrams: the usual line sends one, waits for the answer, and ends well`() async throws {
        let server = try python(
            "s = serve(kind=socket.SOCK_DGRAM); d, a = s.recvfrom(100); time.sleep(0.3); s.sendto(b'pong', a)")
        let outcome = try await script("echo ping | nc -u -w1 127.0.0.1 \(server.port())").finish()
        outcome.expect(status: 0)
        outcome.expect(out: "pong")
    }

    @Test func `datagrams: a silence ends who receives well, also while its input stays open`() async throws {
        for words in ["-d -w 1", "-w 1"] {
            let listen = try script("exec nc -vnul \(words) 127.0.0.1 0", input: .open)
            let line = try await listen.waitForLine(containing: "Bound on 127.0.0.1 ")
            let port = try #require(line.split(separator: " ").last)
            // Nobody is waited for in vain: before the first there is no silence.
            let script = """
                time.sleep(1.3)
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'hello', ('127.0.0.1', int(arguments[0])))
                """
            try await python(script, port).finish().expect(status: 0)
            let outcome = try await listen.finish()
            outcome.expect(status: 0)
            outcome.expect(out: "hello")
        }
    }

    @Test func `with -d and -N this side has ended at once`() async throws {
        let server = try python("c = take(serve()); say(drain(c)); c.sendall(b'bye'); c.close()")
        let outcome = try await script("exec nc -dN 127.0.0.1 \(server.port())", input: .open).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "bye")
        try await server.finish().expect(lines: ["b''"], after: 1)
    }

    @Test func `what follows -- is where to connect, and no option of anybody's`() async throws {
        let server = try python("s = serve()\nwhile True: s.accept()")
        let port = try await server.port()
        for host in ["-ctrue", "-h", "-z"] {
            let outcome = try await script("nc -- '\(host)' \(port)").finish()
            outcome.expect(status: 68)
            #expect(outcome.out.isEmpty && outcome.err.contains("lookup \(host): no such host"), "\(outcome)")
        }
    }

    @Test(.needs(.nc), arguments: ["-dvz -w 1", "-zvN", "-zv -C -q 1", "-nzv"])
    func `flags that mean nothing to a scan are let be, as nc lets them`(flags: String) async throws {
        let nc = try #require(Tool.nc.path)
        let server = try python("s = serve()\nwhile True: s.accept()")
        let port = try await server.port()
        let theirs = try await script("'\(nc)' \(flags) 127.0.0.1 \(port)").finish()
        let ours = try await script("nc \(flags) 127.0.0.1 \(port)").finish()
        ours.expect(status: 0)
        #expect(ours.err == theirs.err && ours.out.isEmpty, "\(ours)")
    }

    @Test func `a program is served with the flags that nc has for it`() async throws {
        let listen = try script("nc -vn -l -p 0 -s 127.0.0.1 -q 0 -N -e '/bin/echo hello'")
        let line = try await listen.waitForLine(containing: "Listening on 127.0.0.1 ")
        let port = try #require(line.split(separator: " ").last)
        let dial = try await script("nc -d 127.0.0.1 \(port)").finish()
        dial.expect(out: "hello\n")
        try await listen.finish().expect(status: 0)
    }

    @Test func `a scan on a terminal writes nc's lines and no table`() async throws {
        let program = try #require(Binary.sockctl)
        let script = """
            import os, pty
            s = serve()
            for flags in ("-nz", "-nzv"):
                pid, terminal = pty.fork()
                if pid == 0: os.execv(arguments[0], ["nc", flags, "127.0.0.1", str(s.getsockname()[1])])
                text = b""
                try:
                    while more := os.read(terminal, 1000): text += more
                except OSError: pass
                say(os.waitpid(pid, 0)[1], text.split(b" ")[:2])
            """
        let outcome = try await python(script, program).finish()
        outcome.expect(lines: ["0 [b'']", "0 [b'Connection', b'to']"], after: 1)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `with -w 0 a datagram is sent, and nothing is waited for`(host: String) async throws {
        let server = try python("s = serve(kind=socket.SOCK_DGRAM); say(s.recv(100).decode()); hold()")
        let port = try await server.port()
        try await script("echo up:1 | nc -4 -u -w0 \(host) \(port)").finish().expectQuietErrors(status: 0)
        try await server.waitForLine(containing: "up:1", on: .out)
    }

    @Test func `with -w 0 what is near is reached, and gets what was sent`() async throws {
        let server = try python("c = take(serve()); say(drain(c).decode())")
        let port = try await server.port()
        try await script("echo hello | nc -w 0 127.0.0.1 \(port)").finish().expectQuietErrors(status: 0)
        try await server.waitForLine(containing: "hello", on: .out)
    }

    @Test func `a datagram that is not answered is no success, and is not called one`() async throws {
        let server = try python("s = serve(kind=socket.SOCK_DGRAM); hold()")
        let outcome = try await script("nc -zuv -w 1 127.0.0.1 \(server.port())").finish()
        outcome.expect(status: 1)
        #expect(!outcome.err.contains("succeeded") && outcome.err.contains("timed out: No answer"), "\(outcome)")
    }

    @Test func `a Unix socket's lines name its path`() async throws {
        let path = try scratch("socket")
        let listen = try script("nc -vlU '\(path)'")
        try await listen.waitForLine(containing: "Listening on \(path)")
        let dial = try await script("nc -vNU '\(path)'", input: .text("hello")).finish()
        dial.expectQuietErrors(status: 0)
        let outcome = try await listen.finish()
        outcome.expect(out: "hello")
        #expect(outcome.err == "Bound on \(path)\nListening on \(path)\nConnection received on \(path)\n", "\(outcome)")
    }

    @Test func `a file goes from one to the other whole`() async throws {
        let bytes = noise(1_000_000)
        try writeFile(scratch("report"), bytes)
        let port = try unboundPort()
        let directory = try scratch("")
        let listen = try script("cd '\(directory)'; nc -l -p \(port) -s 127.0.0.1 >copy </dev/null")
        let send = try await script(
            "cd '\(directory)'; until nc -q 0 127.0.0.1 \(port) <report 2>/dev/null; do :; done"
        ).finish()
        send.expect(status: 0)
        try await listen.finish().expect(status: 0)
        #expect(try contents(of: scratch("copy")) == bytes)
    }

    @Test(arguments: [
        ("-x proxy: host 80", "'--proxy': "), ("-X 5 host 80", "give '-x' too"), ("-P ann host 80", "--proxy-auth"),
        ("-Z host 80", "there is no DCCP here"), ("-S host 80", "there are no MD5 signatures here"),
        ("-k host 80", "it needs '-l'"), ("host", "a port is missing"),
    ])
    func `what is not there is refused in words`(words: String, wanted: String) async throws {
        let outcome = try await script("nc \(words)").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(wanted), "\(outcome)")
    }

    @Test func `as a command it is the same, and has a help`() async throws {
        let outcome = try await sockctl("nc", "-v", "127.0.0.1", "2").finish()
        outcome.expect(status: 69)
        #expect(outcome.err.hasPrefix("nc: connect to 127.0.0.1 port 2 (tcp) failed: Connection refused"), "\(outcome)")
        let help = try await script("nc -h").finish()
        help.expect(status: 0)
        #expect(help.out.contains("sockctl nc [options]"), "\(help)")
    }
}
