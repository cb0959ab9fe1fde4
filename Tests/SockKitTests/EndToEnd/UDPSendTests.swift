import Testing

/// `udp-send`: what goes, what comes back, and what the status says of it.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct UDPSendTests {
    private static let server = "s = serve(kind=socket.SOCK_DGRAM); s.settimeout(40)\n"

    private func summary(_ outcome: Outcome) throws -> Event {
        try #require(Event.all(in: outcome.out).last { $0.name == "summary" })
    }

    // MARK: What goes

    @Test func `each TEXT is one datagram, with its escapes`() async throws {
        let server = try python(Self.server + "for _ in range(4): say(s.recv(100))")
        let address = "127.0.0.1:\(try await server.port())"
        try await sockctl("udp-send", address, "a", #"b\n\x00"#, "", "--", "-d").finish().expect(status: 0)
        try await server.finish().expect(lines: ["b'a'", #"b'b\n\x00'"#, "b''", "b'-d'"], after: 1)
    }

    @Test(arguments: [
        ([], [#"b'one\n'"#, #"b'\n'"#, "b'two'"]), (["--chomp"], ["b'one'", "b''", "b'two'"]),
        (["--whole"], [#"b'one\n\ntwo'"#]), (["--chunk", "5"], [#"b'one\n\n'"#, "b'two'"]),
    ])
    func `standard input is cut as asked`(options: [String], wanted: [String]) async throws {
        let server = try python(Self.server + "for _ in range(int(arguments[0])): say(s.recv(100))", wanted.count)
        let address = "127.0.0.1:\(try await server.port())"
        try await sockctl(["udp-send"] + options + [address], input: .text("one\n\ntwo")).finish().expect(status: 0)
        try await server.finish().expect(lines: wanted, after: 1)
    }

    @Test func `a line goes as soon as it is there`() async throws {
        let server = try python(Self.server + "say(s.recv(100))")
        let send = try await sockctl("udp-send", "127.0.0.1:\(server.port())", input: .open)
        send.send("one\n")
        try await server.finish().expect(lines: [#"b'one\n'"#], after: 1)
    }

    @Test func `generated datagrams are numbered, in bulk too`() async throws {
        let script = """
            seen = set()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            say('ready')
            while True:
                try: data = s.recv(100)
                except TimeoutError: break
                if data == b'end': break
                assert len(data) == 20 and data[16:] == b'abcd'
                seen.add(struct.unpack('>QQ', data[:16])[0])
            say(len(seen) > 100, max(seen) < 20000)
            """
        let server = try python(Self.server + script)
        let address = "127.0.0.1:\(try await server.port())"
        try await server.waitForLine(containing: "ready", on: .out)
        let outcome = try await sockctl(
            "udp-send", "--json", "--size", "20", "--count", "20000", "--rate", "10M", address
        )
        .finish()
        #expect(try summary(outcome)["sent"]?.integer == 20000)
        try await sockctl("udp-send", address, "end").finish().expect(status: 0)
        try await server.finish().expect(lines: ["True True"], after: 2)
    }

    @Test func `a reader that is gone ends it quietly`() async throws {
        let send = try sockctl(
            "udp-send", "--unconnected", "-v", "--interval", "1ms", "--count", "100000000", "127.0.0.66:9", "x")
        try await send.waitForLine(containing: "127.0.0.66:9", on: .out)
        send.closeOutput()
        let outcome = try await send.finish()
        outcome.expect(status: 0)
        #expect(outcome.err.isEmpty, "\(outcome)")
    }

    @Test(arguments: [[], ["-v"], ["--json"]], [true, false])
    func `a refusal is the status, though nobody reads the reports`(options: [String], isClosed: Bool) async throws {
        let words = ["udp-send"] + options + ["127.0.0.66:9", "x"]
        let outcome = try await sockctl(words, output: isClosed ? .closed : .closedPipe).finish()
        outcome.expect(status: 69)
        #expect(outcome.err.contains("connection refused"), "\(outcome)")
    }

    @Test func `an interruption is followed by the summary`() async throws {
        let send = try sockctl(
            "udp-send", "--json", "--unconnected", "--interval", "1ms", "--count", "100000000", "127.0.0.66:9", "x")
        try await send.waitForLine(containing: "datagram-sent", on: .out)
        let outcome = try await send.finish(after: 2)
        outcome.expect(status: 130)
        #expect(try summary(outcome)["sent"]?.integer ?? 0 > 0)
    }

    @Test func `an interval is left from one send to the next`() async throws {
        let server = try python(Self.server + "hold()")
        let address = "127.0.0.1:\(try await server.port())"
        let outcome = try await sockctl("udp-send", "--count", "4", "--interval", "50ms", address, "x").finish()
        outcome.expect(status: 0)
        #expect(outcome.elapsed >= .milliseconds(150))
    }

    // MARK: Refusals

    @Test(arguments: [["x"], ["x", "y"]]) func `a refusal is 69, of a single datagram too`(texts: [String]) async throws
    {
        let outcome = try await sockctl(["udp-send", "127.0.0.66:9"] + texts).finish()
        outcome.expect(status: 69)
        #expect(outcome.err.contains("connection refused"), "\(outcome)")
    }

    @Test(arguments: [
        ["--size", "100", "--count", "100"], ["--size", "20", "--count", "12000"], ["a", "b", "c", "d"],
    ])
    func `every refusal is counted, however much is said`(sends: [String]) async throws {
        let count = sends.last.flatMap { Int($0) } ?? sends.count
        for options in [["--json"], []] {
            let address = "127.0.0.66:9"
            let line = options + (sends[0] == "--size" ? sends + [address] : [address] + sends)
            let outcome = try await sockctl(["udp-send"] + line).finish()
            outcome.expect(status: 69)
            let refused = options.isEmpty ? Self.figure("refused", outcome) : try summary(outcome)["refused"]?.integer
            #expect(refused == count, "\(outcome.err)")
        }
    }

    /// A line of the summary for people.
    private static func figure(_ name: String, _ outcome: Outcome) -> Int? {
        let line = outcome.out.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line?.split(separator: " ").last.flatMap { Int($0) }
    }

    @Test func `one of several that refuses does not end the wait for the others`() async throws {
        let server = try sockctl(
            "udp-recv", "--reply", "echo", "--first-read-delay", "200ms", "--count", "1", "127.0.0.1:0")
        let port = try await server.listening().port
        let outcome = try await sockctl(
            "udp-send", "--json", "--wait", "20s", "127.0.0.66:9,127.0.0.1:\(port)", "x"
        ).finish()
        outcome.expect(status: 69)
        let last = try summary(outcome)
        #expect(last["replies"]?.integer == 1 && last["refused"]?.integer == 1 && last["lost"]?.integer == 1)
        #expect(outcome.elapsed < .seconds(60))
    }

    @Test func `a reply is not taken for the answer to a send that was refused`() async throws {
        let port = try unboundPort()
        let send = try sockctl("udp-send", "--json", "--wait", "20s", "127.0.0.1:\(port)", input: .open)
        send.send("refused\n")
        let refused = try Event(await send.waitForLine(containing: "datagram-sent", on: .out))
        let server = try sockctl("udp-recv", "--json", "--reply", "ok", "127.0.0.1:\(port)")
        _ = try await server.listening()
        send.send("answered\n")
        try await server.waitForEvent("datagram-received")
        send.closeInput()
        let outcome = try await send.finish()
        outcome.expect(status: 69)
        let events = try Event.all(in: outcome.out)
        let last = try summary(outcome)
        #expect(last["refused"]?.integer == 1 && last["replies"]?.integer == 1, "\(outcome)")
        let reply = try #require(events.first { $0.name == "reply" })
        // Counted from the second send.
        let answered = try #require(events.last { $0.name == "datagram-sent" })
        let since = try [refused, answered].map { sent in
            try #require(reply["elapsed"]?.number) - (try #require(sent["elapsed"]?.number))
        }
        let roundTrip = try #require(reply["round_trip"]?.number)
        #expect(abs(roundTrip - since[1]) < abs(roundTrip - since[0]), "\(outcome)")
    }

    @Test(.needsOwnNetwork) func `a datagram that no route takes is an error, not a loop`() async throws {
        let sockctl = try #require(Binary.sockctl)
        for option in ["--unconnected", "--quiet"] {
            // A network of its own, with nothing in it, not even a loopback interface that is up.
            let outcome = try await start(
                .unshare, "-rn", sockctl, "udp-send", option, "203.0.113.1:9", "x"
            ).finish()
            outcome.expect(status: 69)
            #expect(outcome.err.contains("unreachable"), "\(outcome)")
        }
    }

    @Test func `an unconnected socket is never told`() async throws {
        let outcome = try await sockctl("udp-send", "--json", "--unconnected", "127.0.0.66:9", "x", "y").finish()
        outcome.expect(status: 0)
        #expect(try summary(outcome)["refused"]?.integer == 0)
    }

    @Test func `several addresses are served from one port, and those that refuse are named`() async throws {
        let script = "data, peer = s.recvfrom(100); say(data, peer[1])"
        let servers = [try python(Self.server + script), try python(Self.server + script)]
        let ports = [try await servers[0].port(), try await servers[1].port()]
        let source = try unboundPort()
        let outcome = try await sockctl(
            "udp-send", "--json", "-s", ":\(source)", "127.0.0.1:\(ports[0]),127.0.0.66:9,127.0.0.1:\(ports[1])", "x"
        ).finish()
        outcome.expect(status: 69)
        for server in servers { try await server.finish().expect(lines: ["b'x' \(source)"], after: 1) }
        let failed = try Event.all(in: outcome.err).filter { $0.name == "failed" }
        #expect(failed.map { $0["remote"]?.string } == ["127.0.0.66:9"])
        let summary = try summary(outcome)
        #expect(summary["sent"]?.integer == 3 && summary["refused"]?.integer == 1)
    }

    @Test func `a port that is taken is 73`() async throws {
        let server = try python(Self.server + "hold()")
        let port = try await server.port()
        try await sockctl("udp-send", "-s", "127.0.0.1:\(port)", "127.0.0.1:9", "x").finish().expect(status: 73)
    }

    // MARK: Lengths

    @Test func `65507 bytes go as one datagram, 65508 are 65 with the limit`() async throws {
        let server = try python(Self.server + "say(len(s.recv(70000))); hold()")
        let address = "127.0.0.1:\(try await server.port())"
        try await sockctl("udp-send", "--size", "65507", address).finish().expect(status: 0)
        try await server.waitForLine(containing: "65507", on: .out)
        let outcome = try await sockctl("udp-send", "--size", "65508", address).finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("65507"), "\(outcome)")
    }

    @Test(.needsIPv6) func `over IPv6 the limit is 65527`() async throws {
        let server = try sockctl("udp-recv", "--json", "--count", "1", "[::1]:0")
        let port = try await server.listening().port
        try await sockctl("udp-send", "--size", "65527", "[::1]:\(port)").finish().expect(status: 0)
        let events = try await server.finish().events()
        #expect(events.contains { $0["bytes"]?.integer == 65527 })
        let outcome = try await sockctl("udp-send", "--size", "65528", "[::1]:\(port)").finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("65527"), "\(outcome)")
    }

    @Test func `a broadcast is sent only if that is allowed`() async throws {
        let outcome = try await sockctl("udp-send", "127.255.255.255:9", "x").finish()
        outcome.expect(status: 77)
        #expect(outcome.err.contains("--broadcast"), "\(outcome)")
        try await sockctl("udp-send", "--broadcast", "127.255.255.255:9", "x").finish().expect(status: 0)
    }

    // MARK: Replies

    @Test func `it ends with the reply, long before the wait is over`() async throws {
        let server = try sockctl("udp-recv", "--reply", #"loud and clear\n"#, "127.0.0.1:0")
        let port = try await server.listening().port
        let outcome = try await sockctl("udp-send", "--json", "--wait", "20s", "127.0.0.1:\(port)", "hello").finish()
        outcome.expect(status: 0)
        #expect(outcome.elapsed < .seconds(60))
        let events = try Event.all(in: outcome.out)
        let reply = try #require(events.first { $0.name == "reply" })
        #expect(reply["payload"]?.string == "loud and clear\n" && reply["round_trip"]?.number != nil)
        let last = try summary(outcome)
        #expect(last["replies"]?.integer == 1 && last["lost"]?.integer == 0)
        #expect(last["round_trip"]?["count"]?.integer == 1)
    }

    @Test func `a reply that is no text is told to the byte, and a long one is cut on its line`() async throws {
        let script =
            "data, peer = s.recvfrom(100); s.sendto(b'\\xffa\\n', peer); data, peer = s.recvfrom(100); s.sendto(b'y' * 60000, peer); hold()"
        let server = try python(Self.server + script)
        let address = "127.0.0.1:\(try await server.port())"
        let outcome = try await sockctl("udp-send", "--json", "--wait", "20s", address, "x").finish()
        let reply = try #require(try Event.all(in: outcome.out).first { $0.name == "reply" })
        #expect(reply["payload_escaped"]?.string == #"\xffa\n"#)
        let long = try await sockctl("udp-send", "--wait", "20s", address, "x").finish()
        #expect(long.out.contains("60000 bytes") && long.out.utf8.count < 1000)
    }

    @Test func `--wait none waits without a limit`() async throws {
        let server = try sockctl("udp-recv", "--reply", "echo", "--first-read-delay", "200ms", "127.0.0.1:0")
        let address = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl("udp-send", "--json", "--wait", "none", address, "x").finish()
        outcome.expect(status: 0)
        #expect(try summary(outcome)["replies"]?.integer == 1, "\(outcome)")
    }

    @Test func `no reply is 75, and some are enough`() async throws {
        let silent = try python(Self.server + "hold()")
        let address = "127.0.0.1:\(try await silent.port())"
        let outcome = try await sockctl("udp-send", "--json", "--wait", "50ms", address, "x").finish()
        outcome.expect(status: 75)
        #expect(try summary(outcome)["lost"]?.integer == 1)
        // Every second one is answered, the last first: the numbers tell which is which.
        let script =
            "got = [s.recvfrom(100) for _ in range(4)]\nfor data, peer in got[::-2]: s.sendto(data, peer)\nhold()"
        let half = try python(Self.server + script)
        let some = try await sockctl(
            "udp-send", "--json", "--wait", "1s", "--size", "16", "--count", "4", "127.0.0.1:\(half.port())"
        ).finish()
        some.expect(status: 0)
        let numbers = try Event.all(in: some.out).filter { $0.name == "reply" }.map { $0["sequence"]?.integer }
        #expect(numbers == [3, 1])
        #expect(try summary(some)["lost"]?.integer == 2)
    }

    @Test func `a refusal ends the wait`() async throws {
        let outcome = try await sockctl("udp-send", "--wait", "20s", "127.0.0.66:9", "x").finish()
        outcome.expect(status: 69)
        #expect(outcome.elapsed < .seconds(60))
    }

    // MARK: Unix sockets

    @Test func `a Unix sender has a name only while it waits for a reply`() async throws {
        let path = try scratch("s")
        let server = try python(
            """
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(arguments[0]); say('ready')
            data, peer = s.recvfrom(100); say(data, peer)
            data, peer = s.recvfrom(100); say(data, peer[:1]); s.sendto(b'yes', peer)
            """, path)
        try await server.waitForLine(containing: "ready", on: .out)
        try await sockctl("udp-send", "unix:\(path)", "a").finish().expect(status: 0)
        try await sockctl("udp-send", "--wait", "10s", "unix:\(path)", "b").finish().expect(status: 0)
        try await server.finish().expect(lines: ["b'a' None", #"b'b' b'\x00'"#], after: 1)
    }

    @Test(arguments: [1, 2]) func `a full Unix queue is waited for without using the processor`(peers: Int) async throws
    {
        let paths = try (0..<peers).map { try scratch("s\($0)") }
        let server = try python(
            """
            socks = []
            for path in arguments:
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(path); socks.append(s)
            say('ready'); sys.stdin.readline()
            for _ in range(40):
                for s in socks: s.recv(100)
            say('done')
            """, paths, input: .open)
        try await server.waitForLine(containing: "ready", on: .out)
        let send = try sockctl(["udp-send", "--count", "40", paths.map { "unix:\($0)" }.joined(separator: ","), "x"])
        // It waits: at forty looks in turn it sleeps, and has used nothing more of the processor.
        var (used, looks) = (0, 0)
        try await eventually("a sender that uses nothing of the processor") {
            let now = try cpuTicks(of: send.pid)
            (used, looks) = (now, now == used && processState(of: send.pid) == "S" ? looks + 1 : 0)
            return looks == 40 ? () : nil
        }
        #expect(send.record.status == nil)
        server.send("go\n")
        try await send.finish().expect(status: 0)
        try await server.finish().expect(status: 0)
    }

    @Test func `nobody at a path is 69, and a socket of another type too`() async throws {
        let path = try scratch("none")
        try await sockctl("udp-send", "unix:\(path)", "x").finish().expect(status: 69)
        let listener = try sockctl("listen", "unix:\(path)", input: .open)
        _ = try await listener.waitForLine(containing: "listening", on: .err)
        try await sockctl("udp-send", "unix:\(path)", "x").finish().expect(status: 69)
    }

    @Test(arguments: [
        ["--count", "2"], ["--size", "10", "--chunk", "5"], ["--interval", "1s", "--rate", "1K"],
        ["--unconnected", "127.0.0.1:1,127.0.0.1:2"], ["-s", "20304"], ["127.0.0.1:0"],
    ])
    func `options that contradict each other are refused`(options: [String]) async throws {
        let address = options.last?.contains(":") == true ? [] : ["127.0.0.1:9"]
        try await sockctl(["udp-send"] + options + address).finish().expect(status: 64)
    }
}

/// What a process has used of the processor, in hundredths of a second.
private func cpuTicks(of pid: Int32) throws -> Int {
    let text = try String(decoding: contents(of: "/proc/\(pid)/stat"), as: UTF8.self)
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
}
