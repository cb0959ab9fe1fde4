import Glibc
import Testing

/// `dial -z`: what is open, what is not, and what is not known.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ScanTests {
    private func events(_ outcome: Outcome, _ name: String) throws -> [Event] {
        try Event.all(in: outcome.out).filter { $0.name == name }
    }

    /// Ports of 127.0.0.1 that somebody listens on, all by one peer.
    private func listening(_ count: Int) async throws -> [Int] {
        try await ports(python("held = [serve() for _ in range(int(arguments[0]))]\nhold()", count), count)
    }

    /// The ports that a peer tells, a line each.
    private func ports(_ peer: ChildProcess, _ count: Int) async throws -> [Int] {
        try await peer.wait(for: "\(count) ports") { record in
            let ports = record.outText.split(separator: "\n").compactMap { Int($0) }
            return ports.count == count ? ports : nil
        }
    }

    // MARK: What is said

    @Test func `by default only what is open is said, a line each, and the summary is not among them`() async throws {
        let open = try await listening(2)
        let closed = try unboundPort()
        let outcome = try await sockctl("dial", "-z", "127.0.0.1", "\(open[0]),\(closed),\(open[1])").finish()
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 2)
        for (line, port) in zip(outcome.lines, open) {
            #expect(line.wholeMatch(of: /127\.0\.0\.1:([0-9]+) open [0-9]+\.[0-9]{6}/)?.output.1 == "\(port)")
        }
        #expect(outcome.err.hasPrefix("2 open, 1 refused, 0 filtered in "), "\(outcome)")
    }

    @Test func `with -v all is said, and the status is the same`() async throws {
        let closed = try unboundPort()
        for verbosity in [[], ["-v"]] {
            let outcome = try await sockctl(["dial", "-z", "127.0.0.1", "\(closed)"] + verbosity).finish()
            outcome.expect(status: 1)
            let shown = verbosity.isEmpty ? [] : ["127.0.0.1:\(closed) refused"]
            #expect(outcome.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == shown)
        }
    }

    @Test func `one place of which nothing is to be said is silent, and --quiet always is`() async throws {
        let (open, closed) = (try await listening(1)[0], try unboundPort())
        let one = try await sockctl("dial", "-z", "127.0.0.1", "\(closed)").finish()
        one.expect(status: 1)
        #expect(one.out == "" && one.err == "")
        let quiet = try await sockctl("dial", "-z", "--quiet", "127.0.0.1", "\(open),\(closed)").finish()
        quiet.expect(status: 0)
        #expect(quiet.out == "" && quiet.err == "")
    }

    @Test func `objects are one a place and one in all, and nothing else is written`() async throws {
        let (open, closed) = (try await listening(1)[0], try unboundPort())
        let outcome = try await sockctl("dial", "-z", "--json", "127.0.0.1:\(open),\(closed)").finish()
        outcome.expect(status: 0)
        #expect(outcome.err == "")
        let scanned = try events(outcome, "scanned")
        #expect(scanned.map { $0["remote"]?.string } == ["127.0.0.1:\(open)", "127.0.0.1:\(closed)"])
        #expect(scanned.map { $0["state"]?.string } == ["open", "refused"])
        #expect(scanned.allSatisfy { $0["seconds"]?.number ?? -1 > 0 })
        let summary = try #require(events(outcome, "summary").first)
        for (name, value) in [("targets", 2), ("scanned", 2), ("open", 1), ("refused", 1), ("filtered", 0)] {
            #expect(summary[name]?.integer == value, "\(name) in \(summary)")
        }
        #expect(summary["elapsed"]?.number ?? -1 > 0)
    }

    @Test func `with fast open every port would be open, so a scan has none`() async throws {
        let outcome = try await sockctl("dial", "-z", "--fastopen", "127.0.0.1", "1").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("'--fastopen' is about connections that carry something"), "\(outcome)")
    }

    @Test func `a banner is one line, and harmless`() async throws {
        let peer = try python(
            #"""
            s = serve()
            c, _ = s.accept()
            c.sendall(b'SSH-2.0-\x1b[31mx\xff\r\nmore')
            drain(c)
            """#)
        let outcome = try await sockctl("dial", "-z", "--banner", "5s", "127.0.0.1:\(peer.port())").finish()
        outcome.expect(status: 0)
        #expect(outcome.out.hasSuffix(" SSH-2.0-\\x1b[31mx\u{fffd}\n"), "\(outcome)")
    }

    @Test func `a reader that has had enough ends it quietly`() async throws {
        let open = try await listening(3)
        let list = open.map(String.init).joined(separator: ",")
        let program = try #require(Binary.sockctl)
        let script =
            "\(program) dial -z --quiet 127.0.0.1 \(list); \(program) dial -zv 127.0.0.1 \(list),1-9999 | head -1"
        let outcome = try await start(#require(Tool.sh.path), ["-c", script]).finish()
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 1 && outcome.err == "", "\(outcome)")
    }

    // MARK: What is found

    /// In a network of its own: a scan of all ports knocks at every other test's door.
    @Test(.needsOwnNetwork)
    func `every port of a range is tried once, and only those that listen are open`() async throws {
        let peer = try start(
            #require(Tool.unshare.path),
            [
                "-rn", #require(Tool.python3.path), "-u", "-c",
                PythonPeer.prelude + """
                    import subprocess
                    s = socket.socket()
                    fcntl.ioctl(s, 0x8914, struct.pack("16sh22x", b"lo", 0x49))
                    held = [serve() for _ in range(2)]
                    scan = subprocess.run([arguments[0], "dial", "-zv", "127.0.0.1", "1-65535"], capture_output=True)
                    words = [line.split() for line in scan.stdout.decode().splitlines()]
                    say(scan.returncode, len(words), len({word[0] for word in words}))
                    listening = {"127.0.0.1:%d" % one.getsockname()[1] for one in held}
                    say({word[0] for word in words if word[1] == "open"} == listening)
                    """, #require(Binary.sockctl),
            ])
        try await peer.finish().expect(lines: ["0 65535 65535", "True"], after: 2)
    }

    @Test(.needsOwnNetwork, arguments: ["-zv", "-zvu"])
    func `a socket that meets itself is no listener`(options: String) async throws {
        // Four ports to choose from, all of them scanned: many a socket is given the one that it dials.
        let peer = try start(
            #require(Tool.unshare.path),
            [
                "-rn", #require(Tool.python3.path), "-u", "-c",
                PythonPeer.prelude + """
                    import subprocess
                    s = socket.socket()
                    fcntl.ioctl(s, 0x8914, struct.pack("16sh22x", b"lo", 0x49))
                    open("/proc/sys/net/ipv4/ip_local_port_range", "w").write("40000 40003")
                    found = set()
                    kind = arguments[1]
                    for _ in range(25):
                        scan = subprocess.run([arguments[0], "dial", kind, "127.0.0.1", "40000-40003"], capture_output=True)
                        found |= {(scan.returncode, *line.split()[:2]) for line in scan.stdout.decode().splitlines()}
                    for line in sorted(found): say(*line)
                    """, #require(Binary.sockctl), options,
            ])
        let outcome = try await peer.finish(within: .seconds(60))
        outcome.expect(status: 0)
        #expect(outcome.lines == (40000...40003).map { "1 127.0.0.1:\($0) refused" })
    }

    @Test func `no answer is filtered after the time that each has`() async throws {
        let port = try await blackHole("127.0.0.2", "127.0.0.3")
        let outcome = try await sockctl("dial", "-zv", "-w", "300ms", "127.0.0.2/31:\(port)").finish()
        outcome.expect(status: 1)
        let lines = outcome.lines.map { $0.split(separator: " ") }
        #expect(lines.map { $0[0] } == ["127.0.0.2:\(port)", "127.0.0.3:\(port)"])
        for line in lines {
            #expect(line[1] == "filtered")
            #expect(try #require(Double(line[2])) >= 0.3)
        }
    }

    @Test func `what this machine lacks is never taken for an answer`() async throws {
        let hosts = (2...6).map { "127.0.0.\($0)" }
        let port = try await blackHole("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6")
        let (open, closed) = (try await listening(1)[0], try unboundPort())
        var words: [String] = [try #require(Binary.sockctl), "dial", "-z", "--json", "-w", "300ms"]
        words += hosts
        words += ["127.0.0.1", "\(port),\(open),\(closed)"]
        // The program tries fewer places at once than it may have descriptors. Here most of these are taken already.
        let peer = try python(
            """
            import resource, subprocess
            held = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
            scan = subprocess.run(
                arguments, pass_fds=held, capture_output=True,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)))
            say(scan.stdout.decode() + scan.stderr.decode())
            sys.exit(scan.returncode)
            """,
            words)
        let outcome = try await peer.finish()
        outcome.expect(status: 0)
        let summary = try #require(events(outcome, "summary").first)
        #expect(summary["shortages"]?["EMFILE"]?.integer ?? 0 > 0, "\(summary)")
        #expect(summary["filtered"]?.integer == 5 && summary["scanned"]?.integer == 18, "\(summary)")
        let scanned = try events(outcome, "scanned")
        #expect(scanned.count == 18 && Set(scanned.map { $0["remote"]?.string }).count == 18)
    }

    @Test func `UDP tells an answer from a refusal and from silence`() async throws {
        let peer = try python(
            """
            echo, silent = serve(kind=socket.SOCK_DGRAM), serve(kind=socket.SOCK_DGRAM)
            data, sender = echo.recvfrom(100)
            echo.sendto(b'yes', sender)
            hold()
            """)
        let ports = try await ports(peer, 2)
        let closed = try unboundPort()
        let all = "\(ports[0]),\(ports[1]),\(closed)"
        let outcome = try await sockctl("dial", "-uzv", "-w", "400ms", "127.0.0.1", all).finish()
        outcome.expect(status: 0)
        let states = Set(outcome.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") })
        #expect(
            states == [
                "127.0.0.1:\(ports[0]) open", "127.0.0.1:\(ports[1]) open|silent", "127.0.0.1:\(closed) refused",
            ])
        #expect(outcome.err.contains("1 open, 1 refused, 0 filtered, 1 silent"), "\(outcome)")
        #expect(outcome.err.contains("silent is not open") && outcome.err.contains("icmp_ratelimit"))
        // Nobody answers any more: silence alone is no success.
        try await sockctl("dial", "-uz", "-w", "100ms", "127.0.0.1", "\(ports[1])").finish().expect(status: 1)
    }

    @Test func `a Unix path with a listener is 0, without one 1`() async throws {
        let path = try scratch("s")
        let nobody = try await sockctl("dial", "-zv", "unix:\(path)").finish()
        nobody.expect(status: 1)
        #expect(nobody.out.hasPrefix("\(path) refused 0.") && nobody.out.contains("(no such file or directory)"))
        let listener = try sockctl("listen", "-k", "unix:\(path)", "--serve", "discard")
        _ = try await listener.waitForLine(containing: "listening")
        let outcome = try await sockctl("dial", "-z", "unix:\(path)").finish()
        outcome.expect(status: 0)
        #expect(outcome.out.hasPrefix("\(path) open 0."))
    }

    @Test(.needs(.strace), .needsTracing)
    func `a family that this machine has not is no answer for its places, and the others are tried`() async throws {
        let open = try await listening(1)[0]
        let scan = try via(
            .strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=socket", "-e",
            "inject=socket:error=EAFNOSUPPORT:when=1", run: ["dial", "-zv", "[::1]:\(open)", "127.0.0.1:\(open)"])
        let outcome = try await scan.finish()
        outcome.expect(status: 0)
        let lines = outcome.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(lines == ["[::1]:\(open) filtered", "127.0.0.1:\(open) open"])
        #expect(outcome.out.contains("(address family not supported by protocol)"), "\(outcome)")
    }

    @Test func `a source address chooses the family, and one that fits no address is 68`() async throws {
        let open = try await listening(1)[0]
        let outcome = try await sockctl("dial", "-z", "-s", "127.0.0.1", "localhost", "\(open)").finish()
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 1 && outcome.out.hasPrefix("127.0.0.1:\(open) open "), "\(outcome)")
        let none = try await sockctl("dial", "-z", "-s", "127.0.0.1", "::1", "\(open)").finish()
        none.expect(status: 68)
        #expect(none.err.contains("::1"), "\(none)")
    }

    @Test func `the local port may be chosen, for all places at once`() async throws {
        let server = try python(
            """
            held = [serve() for _ in range(2)]
            for listener in held: say(take(listener).getpeername()[1])
            """)
        let open = try await ports(server, 2)
        let (closed, local) = (try unboundPort(), try unboundPort())
        let list = "\(open[0]),\(closed),\(open[1])"
        let outcome = try await sockctl("dial", "-z", "-p", "\(local)", "127.0.0.1", list).finish()
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 2)
        try await server.finish().expect(lines: ["\(local)", "\(local)"], after: 2)
    }

    @Test func `from a chosen port datagrams are sent one after another`() async throws {
        let server = try python(
            """
            held = [serve(kind=socket.SOCK_DGRAM) for _ in range(2)]
            for one in held:
                said, who = one.recvfrom(1000)
                one.sendto(b'yes', who)
                say(who[1])
            """)
        let open = try await ports(server, 2)
        let local = try unboundPort()
        let outcome = try await sockctl(
            "dial", "-uz", "-p", "\(local)", "-w", "20s", "127.0.0.1", "\(open[0]),\(open[1])"
        ).finish()
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 2)
        try await server.finish().expect(lines: ["\(local)", "\(local)"], after: 2)
    }

    // MARK: What is refused

    @Test(arguments: [
        (["127.0.0.1", "0"], "port 0"), (["127.0.0.1", "70000"], "70000"), (["127.0.0.1", "9-2"], "2-9"),
        (["127.0.0.1", "no-such-service"], "no-such-service"), (["127.0.0.1"], "lacks its ports"),
        (["10.0.0.0/16", "1"], "65536 hosts"), (["-n", "localhost", "1"], "localhost"),
        (["-w", "none", "-u", "127.0.0.1", "1"], "none"), (["--send", "x", "127.0.0.1", "1"], "--send"),
        (["--close", "hold", "127.0.0.1", "1"], "--close hold"),
        (["--network", "vsock", "127.0.0.1", "1"], "not over vsock"), (["vsock:host:1"], "not over vsock"),
        (["-p", "9", "-s", "127.0.0.1:9", "127.0.0.1", "1"], "--source-port"),
        (["--parallel", "0", "127.0.0.1", "1"], "--parallel"),
    ])
    func `what cannot be scanned is 64 and says so`(arguments: [String], named: String) async throws {
        let outcome = try await sockctl(["dial", "-z"] + arguments).finish()
        outcome.expect(status: 64)
        #expect(outcome.out == "" && outcome.err.contains(named), "\(outcome)")
    }

    @Test(arguments: ["--parallel=9", "--banner=1s", "--yes"])
    func `without -z its options are refused`(option: String) async throws {
        let outcome = try await sockctl("dial", option, "127.0.0.1:1").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("-z"))
    }

    @Test(.needsOwnNetwork) func `a host that has no address is 68`() async throws {
        let program = try via(.unshare, "-rn", run: ["dial", "-z", "no-such-host.invalid", "80"])
        let outcome = try await program.finish(within: .seconds(30))
        outcome.expect(status: 68)
        #expect(outcome.err.contains("no-such-host.invalid"), "\(outcome)")
    }

    // MARK: Its end

    @Test func `an interrupted scan tells what is known by then`() async throws {
        let (hole, open) = (try await blackHole("127.0.0.2"), try await listening(1)[0])
        let scan = try sockctl("dial", "-z", "-w", "none", "127.0.0.1:\(open)", "127.0.0.2:\(hole)")
        try await scan.waitForOutput("127.0.0.1:\(open) open")
        let outcome = try await scan.finish(after: SIGINT)
        outcome.expect(status: 130)
        #expect(outcome.err.hasPrefix("1 of 2 scanned: 1 open, 0 refused, 0 filtered in "), "\(outcome)")
    }

    @Test func `--max-time ends a scan as well`() async throws {
        let hole = try await blackHole("127.0.0.2")
        let outcome = try await sockctl("dial", "-z", "-w", "none", "--max-time", "200ms", "127.0.0.2:\(hole)").finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("0 of 1 scanned") && outcome.err.contains("--max-time"), "\(outcome)")
    }
}
