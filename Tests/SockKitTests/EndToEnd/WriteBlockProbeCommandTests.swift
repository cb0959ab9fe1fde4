import Glibc
import SockKit
import Testing

/// `write-block-probe` as it is typed.
@Suite(.endToEnd, .needsSockctl) struct WriteBlockProbeCommandTests {
    private func probe(_ options: String..., status: Int32 = 0) async throws -> Outcome {
        try await probe(options, status: status)
    }

    private func probe(_ options: [String], status: Int32 = 0) async throws -> Outcome {
        let outcome = try await sockctl(["write-block-probe"] + options).finish(within: patience)
        outcome.expect(status: status)
        return outcome
    }

    private func summary(_ options: String...) async throws -> SockKitTests.Event {
        try await summary(options)
    }

    private func summary(_ options: [String]) async throws -> SockKitTests.Event {
        let outcome = try await probe(["--json", "--duration", "900ms"] + options)
        return try #require(Event.all(in: outcome.out).last { $0.name == "summary" }, "\(outcome)")
    }

    /// A number that sysctl(8) tells.
    private static func sysctl(_ name: String) throws -> Int {
        let text = try String(decoding: contents(of: "/proc/sys/net/\(name)"), as: UTF8.self)
        return try #require(Int(text.split(whereSeparator: \.isWhitespace).last ?? ""))
    }

    @Test func `people see the writes, the block, and where every byte is`() async throws {
        let outcome = try await probe("--sndbuf", "65536", "--rcvbuf", "65536", "--duration", "900ms")
        #expect(outcome.err.isEmpty, "\(outcome)")
        #expect(outcome.lines.contains("write 65536 bytes this time, 131072 bytes in total"), "\(outcome)")
        #expect(
            outcome.lines.contains { $0.contains(/^blocked [0-9.]+ [mµ]?s after the start, in write [0-9]+: .*taken/) },
            "\(outcome)")
        #expect(outcome.out.contains("(SIOCOUTQ)") && outcome.out.contains(": all accounted for\n"), "\(outcome)")
        #expect(outcome.out.contains("131072 bytes (asked for 65536)"), "\(outcome)")
        #expect(outcome.lines.last?.contains("promises nothing about the peer") == true, "\(outcome)")
    }

    @Test(.needs(.prlimit), arguments: [8, 9])
    func `for want of descriptors it is over at once, with the reason`(limit: Int) async throws {
        let outcome = try await via(.prlimit, "--nofile=\(limit):\(limit)", run: ["write-block-probe"]).finish()
        outcome.expect(status: 71)
        #expect(outcome.err.contains("too many open files"), "\(outcome)")
    }

    @Test func `hundreds of writes that are alike are folded`() async throws {
        let outcome = try await probe("--chunk", "100", "--writes", "500")
        #expect(outcome.lines.count { $0.hasPrefix("write 100 bytes") } == 100, "\(outcome)")
        #expect(outcome.lines.contains("... and 400 more writes of 100 bytes, 50000 bytes in total"), "\(outcome)")
    }

    @Test func `programs get every event and a summary with the names of the contract`() async throws {
        let outcome = try await probe("--json", "--sndbuf", "65536", "--rcvbuf", "65536", "--then", "kill")
        let events = try Event.all(in: outcome.out)
        #expect(outcome.err.isEmpty)
        let names = events.map(\.name)
        #expect(names.first == "probing" && names.last == "summary" && names.contains("peer-ended"), "\(names)")
        let summary = try #require(events.last)
        let fields = [
            "bytes_accepted", "bytes_in_send_queue", "bytes_unsent", "bytes_in_receive_queue", "bytes_read_by_peer",
            "bytes_lost", "writes", "last_write_bytes", "blocked", "blocked_after", "unblocked_by_read", "send_buffer",
            "receive_buffer", "congestion_control", "mss", "accounted", "errors",
        ]
        for field in fields { #expect(summary[field] != nil, "\(field)") }
        #expect(summary["errors"]?.array?.compactMap(\.string) == ["ECONNRESET", "EPIPE"])
        #expect(summary["bytes_lost"] == summary["bytes_accepted"] && summary["accounted"] == .bool(true))
        let wrote = events.filter { $0.name == "wrote" }
        #expect(wrote.last?["total"] == summary["bytes_accepted"])
        #expect(wrote.compactMap { $0["bytes"]?.integer }.reduce(0, +) == summary["bytes_accepted"]?.integer)
        #expect(wrote.compactMap { $0["error"]?["code"]?.string } == ["ECONNRESET", "EPIPE"])
    }

    /// The rows that this machine's limits allow, as options.
    static let rows: [[Int?]] = {
        let limits = ((try? sysctl("core/wmem_max")) ?? 0, (try? sysctl("core/rmem_max")) ?? 0)
        let all: [[Int?]] = [
            [nil, nil], [4096, 4096], [16384, 16384], [65536, 65536], [65536, nil], [1 << 20, 4096],
        ]
        return all.filter { $0[0] ?? 0 <= limits.0 && $0[1] ?? 0 <= limits.1 }
    }()

    @Test(arguments: rows)
    func `the totals are the same three times in a row`(row: [Int?]) async throws {
        let options = zip(["--sndbuf", "--rcvbuf"], row).flatMap { name, size in size.map { [name, "\($0)"] } ?? [] }
        // What the kernel remembers of loopback (tcp_metrics) grows a default buffer, and other traffic may change it
        // between two runs: hence another try.
        var totals: Set<[Int?]> = []
        for _ in 0..<3 where totals.count != 1 {
            totals = []
            for _ in 0..<3 {
                let found = try await summary(options)
                #expect(found["blocked"] == .bool(true) && found["accounted"] == .bool(true), "\(found)")
                let queues = ["bytes_in_send_queue", "bytes_in_receive_queue"].compactMap { found[$0]?.integer }
                #expect(queues.reduce(0, +) == found["bytes_accepted"]?.integer, "\(found)")
                totals.insert(["bytes_accepted", "writes", "last_write_bytes"].map { found[$0]?.integer })
            }
        }
        #expect(totals.count == 1, "\(totals)")
    }

    @Test(.needs(.python3)) func `a program of another language blocks after the same count`() async throws {
        let script = """
            import fcntl
            s = socket.socket()
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF): s.setsockopt(socket.SOL_SOCKET, option, 65536)
            s.bind(("127.0.0.1", 0)); s.listen(1)
            c = socket.socket()
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF): c.setsockopt(socket.SOL_SOCKET, option, 65536)
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            c.connect(s.getsockname()); c.setblocking(False)
            peer, _ = s.accept()
            ready = select.poll(); ready.register(c, select.POLLOUT)
            total = 0
            while True:
                try: total += c.send(b"x" * (65536 - total % 65536))
                except BlockingIOError:
                    if not ready.poll(600): break
            queue = lambda socket, request: struct.unpack("i", fcntl.ioctl(socket, request, b"    "))[0]
            say(total, queue(c, 0x5411), queue(peer, 0x541b))
            """
        let theirs = try await python(script).finish()
        let ours = try await summary("--sndbuf", "65536", "--rcvbuf", "65536")
        let counts = ["bytes_accepted", "bytes_in_send_queue", "bytes_in_receive_queue"].compactMap {
            ours[$0]?.integer
        }
        theirs.expect(lines: [counts.map(String.init).joined(separator: " ")])
    }

    @Test func `looking more often changes no total`() async throws {
        let picture = try scratch("block.svg")
        let plain = try await summary("--sndbuf", "65536", "--rcvbuf", "65536")
        let drawn = try await summary("--sndbuf", "65536", "--rcvbuf", "65536", "--svg", picture)
        for field in ["bytes_accepted", "writes", "last_write_bytes", "bytes_in_receive_queue"] {
            #expect(plain[field] == drawn[field], "\(field)")
        }
        let svg = try String(decoding: contents(of: picture), as: UTF8.self)
        #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
        for text in ["in the sender", "in the receiver", "blocked", "65536 bytes a write"] {
            #expect(svg.contains(text), "\(text)")
        }
    }

    @Test func `a plot is drawn where it is asked for`() async throws {
        let options = ["--plot", "--sndbuf", "65536", "--rcvbuf", "65536", "--then", "drain", "--color", "never"]
        let outcome = try await probe(options)
        for text in ["read by the peer", "in the receiver's buffer", "in the sender's buffer", "unblocked", "seconds"] {
            #expect(outcome.out.contains(text), "\(text): \(outcome)")
        }
    }

    @Test(.needs(.python3)) func `a foreign peer that dies gives a clear ending and status 0`() async throws {
        let peer = try python("c = take(serve()); say(c.recv(1)); os.kill(os.getpid(), 9)")
        let port = try await peer.port()
        let outcome = try await probe("127.0.0.1:\(port)")
        #expect(
            outcome.out.contains("error: write tcp ") && outcome.out.contains("connection reset by peer"), "\(outcome)")
        #expect(outcome.out.contains("The connection broke."), "\(outcome)")
    }

    @Test(.needs(.python3), arguments: ["tcp", "unix"])
    func `what waits in a foreign peer of this machine is seen`(network: String) async throws {
        let path = try scratch("peer")
        let serving =
            network == "unix" ? "s = socket.socket(socket.AF_UNIX); s.bind('\(path)'); s.listen(1)" : "s = serve()"
        let peer = try python("\(serving); say('up'); c = take(s); hold()")
        let address = network == "unix" ? path : "127.0.0.1:\(try await peer.port())"
        if network == "unix" { try await peer.waitForOutput("up") }
        let options = ["--network", network, "--duration", "900ms", address]
        let json = try await probe(["--json"] + options)
        let summary = try #require(Event.all(in: json.out).last)
        #expect(summary["accounted"] == .bool(true) && summary["bytes_in_receive_queue"]?.integer ?? 0 > 0, "\(json)")
        await peer.end()
    }

    @Test func `every byte is in an event, also those of the write that the end cuts off`() async throws {
        let outcome = try await probe("--json", "--sndbuf", "65536", "--rcvbuf", "65536", "--duration", "900ms")
        let events = try Event.all(in: outcome.out)
        let bytes = events.filter { $0.name == "wrote" }.compactMap { $0["bytes"]?.integer }
        #expect(bytes.reduce(0, +) == events.last?["bytes_accepted"]?.integer, "\(outcome)")
        #expect(bytes.count == events.last?["writes"]?.integer, "\(outcome)")
    }

    @Test func `reads that open the window tell no balance that has not settled`() async throws {
        let outcome = try await probe(
            "--json", "--sndbuf", "65536", "--rcvbuf", "65536", "--read-after", "600ms", "--read-every", "50ms",
            "--duration", "1200ms")
        let reads = try Event.all(in: outcome.out).filter { $0.name == "peer-read" }
        #expect(!reads.isEmpty && reads.allSatisfy { $0["accounted"] != .bool(false) }, "\(outcome)")
        #expect(reads.first?["receive_buffer_free"]?.integer != nil, "\(outcome)")
    }

    @Test func `an end that did not happen is said, and none switches limits off`() async throws {
        let outcome = try await probe(
            "--then", "kill", "--writes", "3", "--chunk", "1", "--duration", "none", "--write-timeout", "none",
            "--read-after", "none")
        #expect(outcome.out.contains("'--then kill' did not happen"), "\(outcome)")
        #expect(outcome.out.contains("3 writes of 1 byte,") && outcome.out.contains("run to run"), "\(outcome)")
    }

    @Test(.needs(.nc)) func `a foreign peer that reads everything blocks nothing`() async throws {
        let server = try sockctl("listen", "--serve", "discard", "127.0.0.1:0")
        let port = try await server.listening().port
        let outcome = try await probe("--duration", "200ms", "127.0.0.1:\(port)")
        #expect(outcome.out.contains("no write was blocked: the peer reads as fast as these writes come"), "\(outcome)")
    }

    @Test func `a peer that cannot be dialled gives its error's status`() async throws {
        let port = try RefusingPort()
        let outcome = try await probe("\(port.endpoint)", status: 69)
        #expect(outcome.out.isEmpty && outcome.err.contains("connection refused"), "\(outcome)")
    }

    @Test(arguments: ["kill", "close"]) func `both sides may write until one of them ends`(how: String) async throws {
        let outcome = try await probe("--json", "--both", "--then", how, "--sndbuf", "65536", "--rcvbuf", "65536")
        let events = try Event.all(in: outcome.out)
        #expect(events.last?["errors"]?.array?.first?.string == "ECONNRESET", "\(outcome)")
        #expect(events.filter { $0.name == "blocked" }.allSatisfy { $0["accounted"] == .bool(true) }, "\(outcome)")
    }

    @Test func `a message that can never be sent is 65, with the limit`() async throws {
        let outcome = try await probe("--network", "unixpacket", "--chunk", "1M", status: 65)
        #expect(outcome.err.contains("a message of 1048576 bytes is too long for unixpacket: at most "), "\(outcome)")
    }

    @Test(arguments: [
        ("--network udp", "never blocks"), ("--read-every 1s", "needs '--read-after'"),
        ("--read-size 10", "needs '--read-after'"), ("--never-read --read-after 1s", "exclude each other"),
        ("--blocking --both", "exclude each other"), ("--blocking --write-timeout 1s", "exclude each other"),
        ("--write-timeout 1s --then kill", "stays blocked"), ("--then drain 127.0.0.1:9", "somebody else's"),
        ("--read-after 1s 127.0.0.1:9", "somebody else's"), ("--both 127.0.0.1:9", "somebody else's"),
        ("--network unix --no-nodelay", "no meaning for unix"), ("--network unix --nodelay", "no meaning for unix"),
        ("--network unixgram --both", "needs a connection"),
        ("--network unixgram --then reset", "needs a connection"), ("--json --plot", "exclude each other"),
        ("--chunk 0", "not a size"), ("--chunk 65M", "not a size"), ("--then die", "is none of"),
        ("--writes 0", "not a number"),
    ])
    func `what makes no sense is refused with the reason`(line: String, reason: String) async throws {
        let outcome = try await probe(line.split(separator: " ").map(String.init), status: 64)
        #expect(outcome.out.isEmpty && outcome.err.contains(reason), "\(outcome)")
    }

    @Test func `a picture that cannot be written is 73 before anything is done`() async throws {
        let outcome = try await probe("--svg", "/nowhere/at/all.svg", "--duration", "1h", status: 73)
        #expect(outcome.out.isEmpty, "\(outcome)")
    }

    @Test func `an interruption ends it with the summary`() async throws {
        let process = try sockctl("write-block-probe", "--json", "--duration", "60s")
        try await process.waitForOutput("\"event\":\"blocked\"")
        let outcome = try await process.finish(after: SIGINT)
        outcome.expect(status: 130)
        #expect(try Event.all(in: outcome.out).last?["blocked"] == .bool(true), "\(outcome)")
    }

    @Test func `a write that blocks goes on to its end when the probe was stopped and goes on`() async throws {
        let process = try sockctl(
            "write-block-probe", "--json", "--blocking", "--writes", "1", "--chunk", "1M", "--sndbuf", "65536",
            "--rcvbuf", "65536", "--read-after", "2s")
        try await process.waitForOutput("\"event\":\"blocked\"")
        try await process.pause()
        process.signal(SIGCONT)
        let outcome = try await process.finish()
        outcome.expect(status: 0)
        let summary = try #require(Event.all(in: outcome.out).last)
        #expect(summary["writes"]?.integer == 1 && summary["last_write_bytes"]?.integer == 1 << 20, "\(outcome)")
    }

    @Test(.needsNobody, .needs(.prlimit)) func `a thread that cannot be had is an error, and no write that blocked`()
        async throws
    {
        let program = try [#require(Tool.prlimit.path), "--nproc=1", #require(Binary.sockctl)]
        let outcome = try await start(
            #require(Tool.setpriv.path), Tool.asNobody + program + ["write-block-probe", "--blocking"]
        ).finish()
        outcome.expect(status: 71)
        #expect(outcome.err.contains("pthread_create: "), "\(outcome)")
    }

    @Test func `a reader that has had enough ends it quietly`() async throws {
        let process = try sockctl("write-block-probe", "--json", "--read-after", "0", "--duration", "60s")
        try await process.waitForOutput("\"event\":\"wrote\"")
        process.closeOutput()
        let outcome = try await process.finish()
        outcome.expect(status: 0)
        #expect(outcome.err.isEmpty, "\(outcome)")
    }

    @Test(.needs(.strace), .needsTracing) func `a killed peer is really killed, and the writer really blocks`()
        async throws
    {
        let trace = try scratch("trace")
        let outcome = try await via(
            .strace, "-f", "-o", trace, "-e", "trace=kill,sendto,fork,clone,clone3,vfork",
            run: [
                "write-block-probe", "--blocking", "--then", "kill", "--sndbuf", "65536", "--rcvbuf", "65536",
            ]
        ).finish(within: patience)
        outcome.expect(status: 0)
        let calls = try String(decoding: contents(of: trace), as: UTF8.self)
        // A call during which another thread made one is told in two lines.
        #expect(
            calls.contains(/kill\([0-9]+, SIGKILL/) && calls.contains("+++ killed by SIGKILL +++"),
            "\(calls.suffix(2000))")
        let writes = calls.split(separator: "\n").filter { $0.contains("sendto(") && $0.contains("65536") }
        #expect(!writes.isEmpty && writes.allSatisfy { $0.contains("MSG_NOSIGNAL") && !$0.contains("MSG_DONTWAIT") })
        #expect(calls.contains("ECONNRESET") && calls.contains("EPIPE"))
    }
}
