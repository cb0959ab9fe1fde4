import Glibc
import Testing

/// `udp-recv`: every datagram's payload as it is, and what is to be said of it.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct UDPReceiveTests {
    private static let client = """
        c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.settimeout(10)
        c.connect(("127.0.0.1", int(arguments[0])))

        """

    @Test func `the documents' server prints who sent what`() async throws {
        let server = try sockctl("udp-recv", "-v", "--count", "1", "127.0.0.1:0")
        let port = try await server.listening().port
        let source = try unboundPort()
        let client = try sockctl(
            "udp-send", "-s", "127.0.0.1:\(source)", "127.0.0.1:\(port)", #"can you hear me?\n"#)
        try await client.finish().expect(status: 0)
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "can you hear me?\n")
        #expect(outcome.err.contains("from 127.0.0.1:\(source), 17 bytes"), "\(outcome)")
    }

    @Test func `boundaries are kept, and an empty datagram is one`() async throws {
        let server = try sockctl("udp-recv", "--json", "--count", "4", "--separator", "|", "127.0.0.1:0")
        let port = try await server.listening().port
        _ = try await python(Self.client + "for part in (b'a', b'bb', b'', b'dddd'): c.send(part)", port).finish()
        let outcome = try await server.finish()
        outcome.expect(out: "a|bb||dddd|")
        let events = try outcome.events()
        let received = events.filter { $0.name == "datagram-received" }
        #expect(received.map { $0["bytes"]?.integer } == [1, 2, 0, 4])
        for event in received {
            #expect(event["ttl"]?.integer != nil && event["to"]?.string == "127.0.0.1:\(port)")
            #expect(event["arrived"]?.string?.hasSuffix("Z") == true && event["truncated"]?.bool == false)
        }
        let summary = try #require(events.last)
        #expect(summary.name == "summary" && summary["received"]?.integer == 4 && summary["bytes"]?.integer == 7)
        #expect(summary["kernel_dropped"]?.integer == 0)
    }

    @Test func `what is cut is told with its real length, and the next datagram is whole`() async throws {
        for options in [[], ["-v"], ["--json"]] {
            let server = try sockctl(["udp-recv", "--buffer", "4", "--count", "2"] + options + ["127.0.0.1:0"])
            let port = try await server.listening().port
            _ = try await python(Self.client + "c.send(b'0123456789'); c.send(b'next')", port).finish()
            let outcome = try await server.finish()
            outcome.expect(out: "0123next")
            #expect(outcome.err.contains(options == ["--json"] ? "\"length\":10" : "10 bytes"), "\(outcome)")
        }
    }

    @Test func `many datagrams from many senders are written whole, in order`() async throws {
        let server = try sockctl("udp-recv", "--count", "400", "127.0.0.1:0")
        let port = try await server.listening().port
        let script = """
            for turn in range(200):
                for c in (c, d): c.send(b'%d,' % turn)
                # No more than the receiver's buffer holds.
                if turn % 20 == 0: until(lambda: queues(c.getpeername()[1], 0, "udp")[1] == 0)
            """
        _ = try await python(
            Self.client + "d = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); d.connect(c.getpeername())\n" + script,
            port
        ).finish()
        let outcome = try await server.finish()
        outcome.expect(out: (0..<200).map { "\($0),\($0)," }.joined())
    }

    @Test func `runs that the kernel keeps together come apart again`() async throws {
        let server = try sockctl("udp-recv", "--count", "7", "--separator", "|", "127.0.0.1:0")
        let port = try await server.listening().port
        // UDP_SEGMENT: three bytes each, and a rest.
        let script =
            "c.setsockopt(17, 103, 3); c.send(b'aaabbbcccddde'); c.setsockopt(17, 103, 0); c.send(b'f'); c.send(b'')"
        _ = try await python(Self.client + script, port).finish()
        try await server.finish().expect(out: "aaa|bbb|ccc|ddd|e|f||")
    }

    @Test func `every datagram is answered, with text or with itself`() async throws {
        for (reply, wanted) in [
            ("echo", ["b'a'", "b''", "b'cc'"]), (#"yes\n"#, [#"b'yes\n'"#, #"b'yes\n'"#, #"b'yes\n'"#]),
        ] {
            let server = try sockctl("udp-recv", "--reply", reply, "--count", "3", "127.0.0.1:0")
            let port = try await server.listening().port
            let script = "for part in (b'a', b'', b'cc'): c.send(part); say(c.recv(100))"
            try await python(Self.client + script, port).finish().expect(lines: wanted)
            try await server.finish().expect(status: 0)
        }
    }

    @Test func `an answer comes from the address that was asked, also where every address is listened on`() async throws
    {
        let server = try sockctl("udp-recv", "--reply", "yes", "--count", "1", "udp4://0.0.0.0:0")
        let port = try await server.listening().port
        // Connected: an answer from 127.0.0.1 would not be heard.
        let script = Self.client.replacing("127.0.0.1", with: "127.0.0.9") + "c.send(b'x'); say(c.recv(100))"
        try await python(script, port).finish().expect(lines: ["b'yes'"])
    }

    @Test func `no datagram in time is 75`() async throws {
        let outcome = try await sockctl("udp-recv", "--timeout", "50ms", "127.0.0.1:0").finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(50))
    }

    @Test func `waiting for who reads the output is no silence of who sends`() async throws {
        let program = try #require(Binary.sockctl)
        let script = """
            import re, subprocess
            ours, theirs = socket.socketpair(); theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
            words = [arguments[0], "udp-recv", "--timeout", "1s", "--count", "61", "127.0.0.1:0"]
            p = subprocess.Popen(words, stdout=theirs, stderr=subprocess.PIPE); theirs.close()
            port = int(re.search(rb"127.0.0.1:([0-9]+)", p.stderr.readline()).group(1))
            c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.connect(("127.0.0.1", port))
            # More than the output takes, and less than the socket does.
            for _ in range(60): c.send(bytes(1400))
            time.sleep(1.5)
            c.send(b"x")
            say(len(drain(ours)), p.wait())
            """
        try await python(script, program).finish().expect(lines: ["84001 0"])
    }

    @Test func `a reader that is gone ends it quietly`() async throws {
        let server = try sockctl("udp-recv", "127.0.0.1:0")
        _ = try await server.listening()
        server.closeOutput()
        try await server.finish().expect(status: 0)
    }

    @Test func `an interruption is followed by the summary`() async throws {
        let server = try sockctl("udp-recv", "--stats", "127.0.0.1:0")
        _ = try await server.listening()
        let outcome = try await server.finish(after: 2)
        outcome.expect(status: 130)
        #expect(outcome.err.contains("received"), "\(outcome)")
    }

    // MARK: Traffic

    @Test func `the kernel's drops are counted, the last ones too`() async throws {
        let server = try sockctl(
            "udp-recv", "--json", "--stats", "--timeout", "3s", "--rcvbuf", "8192", "127.0.0.1:0")
        let port = try await server.listening().port
        try await server.pause()
        let sends = 2000
        try await sockctl("udp-send", "--size", "100", "--count", "\(sends)", "127.0.0.1:\(port)").finish().expect(
            status: 0)
        server.signal(SIGCONT)
        let summary = try #require(try await server.finish().events().last)
        let received = try #require(summary["received"]?.integer)
        let dropped = try #require(summary["kernel_dropped"]?.integer)
        #expect(received > 0 && received < sends)
        #expect(received + dropped == sends)
        #expect(summary["lost"]?.integer == dropped)
    }

    @Test func `loss, order and duplicates are told from the numbers`() async throws {
        let server = try sockctl("udp-recv", "--json", "--stats", "--count", "6", "127.0.0.1:0")
        let port = try await server.listening().port
        let script = "for n in (0, 1, 4, 3, 4, 6): c.send(struct.pack('>QQ', n, time.time_ns()))"
        _ = try await python(Self.client + script, port).finish()
        let events = try await server.finish().events()
        let summary = try #require(events.last)
        let told = ["lost", "duplicated", "reordered"].map { summary[$0]?.integer }
        // 2 and 5 are missing; 3 came late; 4 came twice.
        #expect(told == [2, 1, 1])
        #expect(summary["jitter"]?.number != nil && summary["rate"]?.number != nil)
        let gaps = events.filter { $0.name == "gap" }.map { [$0["from"]?.integer, $0["count"]?.integer] }
        #expect(gaps == [[2, 2], [5, 1]])
    }

    @Test func `of datagrams without a number nothing is made up`() async throws {
        let server = try sockctl("udp-recv", "--json", "--stats", "--count", "2", "127.0.0.1:0")
        let address = "127.0.0.1:\(try await server.listening().port)"
        try await sockctl("udp-send", "--size", "8", "--count", "2", address).finish().expect(status: 0)
        let summary = try #require(try await server.finish().events().last)
        #expect(summary["duplicated"]?.integer == nil && summary["reordered"]?.integer == nil)
        #expect(summary["lost"]?.integer == summary["kernel_dropped"]?.integer)
    }

    // MARK: Groups

    @Test(arguments: [("239.1.2.3", []), ("232.1.2.3,127.0.0.7", ["-s", "127.0.0.7"])])
    func `a group is heard, of one source only its own`(group: String, options: [String]) async throws {
        let server = try sockctl("udp-recv", "--count", "1", "--join", "\(group)@lo", "0")
        let port = try await server.listening().port
        let address = "\(group.prefix { $0 != "," }):\(port)"
        let send = ["udp-send", "--multicast-interface", "lo", address]
        if !options.isEmpty { try await sockctl(send + ["-s", "127.0.0.8", "no"]).finish().expect(status: 0) }
        try await sockctl(send + options + ["yes"]).finish().expect(status: 0)
        try await server.finish().expect(out: "yes")
    }

    @Test func `a socket bound to one address cannot join, and says so`() async throws {
        let outcome = try await sockctl("udp-recv", "--join", "239.1.2.3@lo", "127.0.0.1:3000").finish()
        outcome.expect(status: 64)
    }

    // MARK: Unix sockets

    @Test func `a Unix socket's datagrams come with their boundaries, and its file goes`() async throws {
        let path = try scratch("s")
        let server = try sockctl("udp-recv", "--count", "3", "--separator", "|", "unix:\(path)")
        _ = try await server.waitForLine(containing: "listening", on: .err)
        try await sockctl("udp-send", "unixgram:\(path)", "hello", "", "world!").finish().expect(status: 0)
        try await server.finish().expect(out: "hello||world!|")
        #expect(!names(in: try Scene.required().directory).contains("s"))
    }

    @Test func `descriptors that a sender passes do not stay open`() async throws {
        let path = try scratch("s")
        let server = try sockctl("udp-recv", "-v", "unix:\(path)")
        _ = try await server.waitForLine(containing: "listening", on: .err)
        let script = """
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            f = os.open(arguments[1], os.O_CREAT | os.O_RDWR)
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("3i", f, f, f))
            for _ in range(9): s.sendmsg([b"x"], [rights], 0, arguments[0])
            s.sendto(b"last", arguments[0])
            """
        try await python(script, path, try scratch("passed")).finish().expect(status: 0)
        try await server.waitForOutput("last")
        #expect(!openFiles(of: server.pid).contains { $0.hasSuffix("/passed") })
    }

    @Test func `an asker whose queue is full is waited for, and one that never reads is told of`() async throws {
        let path = try scratch("s")
        let server = try sockctl("udp-recv", "--json", "--reply", "yes", "--count", "61", "unix:\(path)")
        _ = try await server.waitForLine(containing: "listening", on: .err)
        let script = """
            def asker(name):
                # Not connected: the length of the queue counts only between sockets that are not each other's peers.
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(name); s.settimeout(10); return s
            slow = asker(arguments[1])
            for _ in range(2):
                for _ in range(15): slow.sendto(b'x', arguments[0])
                time.sleep(.1)
                for _ in range(15): assert slow.recv(100) == b'yes'
            dead = asker(arguments[2])
            for _ in range(30): dead.sendto(b'x', arguments[0])
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', arguments[0])
            say('done'); hold()
            """
        let asker = try python(script, path, try scratch("slow"), try scratch("dead"))
        try await asker.waitForLine(containing: "done", on: .out)
        let outcome = try await server.finish()
        outcome.expect(status: 0)
        let events = try outcome.events()
        let sent = events.filter { $0.name == "datagram-sent" }.count
        #expect(sent >= 30 && sent < 60)
        // One full queue, what more it was to get, and one sender without a name.
        #expect(events.filter { $0.name == "failed" }.count == 3, "\(outcome.err)")
    }

    @Test func `a reply is reported only if it was sent`() async throws {
        let path = try scratch("s")
        let server = try sockctl(
            "udp-recv", "--json", "--reply", "yes", "--count", "1", "unix:\(path)")
        _ = try await server.waitForLine(containing: "listening", on: .err)
        try await server.pause()
        try await python(
            """
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(arguments[1]); s.sendto(b'x', arguments[0])
            s.close(); os.unlink(arguments[1])
            """, path, try scratch("gone")
        ).finish().expect(status: 0)
        server.signal(SIGCONT)
        let events = try await server.finish().events()
        #expect(!events.contains { $0.name == "datagram-sent" } && events.contains { $0.name == "failed" })
    }

    @Test(arguments: ["tcp://127.0.0.1:1", "unixpacket:x"])
    func `what carries no datagrams is refused`(address: String) async throws {
        try await sockctl("udp-recv", address).finish().expect(status: 64)
        try await sockctl("udp-send", address, "x").finish().expect(status: 64)
    }
}
