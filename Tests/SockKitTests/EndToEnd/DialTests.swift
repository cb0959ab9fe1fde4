import Testing

/// What `dial` does before the data: names, addresses, families, time, and its own end.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct DialTests {
    /// Takes peers one after the other, tells each one's address and closes.
    private static let tell = """
        def tell(s):
            while True:
                c, peer = s.accept()
                c.sendall(b"%d\\n" % peer[1])
                c.shutdown(socket.SHUT_WR); drain(c); c.close()

        """
    private static let teller = tell + "tell(serve(*arguments))"

    // MARK: Addresses

    @Test(arguments: [
        ["127.0.0.1:PORT"], ["localhost:PORT"], ["127.0.0.1", "PORT"], [":PORT"], ["PORT"], ["tcp4://127.0.0.1:PORT"],
        ["-4", "localhost:PORT"], ["--network", "tcp4", "PORT"], ["-n", "127.0.0.1:PORT"], ["PORT", "--quiet"],
        ["--resolve", "some.name=127.0.0.1", "some.name:PORT"], ["--", "127.0.0.1", "PORT"],
    ])
    func `every form of an address reaches this machine`(words: [String]) async throws {
        let port = try await python(Self.teller).port()
        let outcome = try await sockctl(["dial"] + words.map { $0.replacing("PORT", with: "\(port)") }).finish()
        outcome.expect(status: 0)
        #expect(outcome.out.hasSuffix("\n") && outcome.err == "", "\(outcome)")
    }

    @Test(.needsIPv6, arguments: [["[::1]:PORT"], ["::1", "PORT"], ["tcp6://[::1]:PORT"], ["-6", "[::1]:PORT"]])
    func `every form of an IPv6 address reaches this machine`(words: [String]) async throws {
        let port = try await python(Self.teller, "::1").port()
        let outcome = try await sockctl(["dial"] + words.map { $0.replacing("PORT", with: "\(port)") }).finish()
        outcome.expect(status: 0)
        #expect(outcome.out.hasSuffix("\n") && outcome.err == "", "\(outcome)")
    }

    @Test func `a service's name stands for its port`() async throws {
        let outcome = try await sockctl("dial", "127.0.0.77:discard").finish()
        outcome.expect(status: 69)
        #expect(outcome.err.hasPrefix("sockctl: dial tcp 127.0.0.77:9: connect: connection refused\n"), "\(outcome)")
    }

    // MARK: Its own end

    @Test func `-v tells the local address that the peer sees`() async throws {
        let port = try await python(Self.teller).port()
        let outcome = try await sockctl("dial", "-v", "127.0.0.1:\(port)").finish()
        let own = outcome.out.dropLast()
        #expect(outcome.err.contains("127.0.0.1:\(own)"), "\(outcome)")
    }

    @Test(arguments: ["-p", "-s"])
    func `a source port is used, and used again at once`(option: String) async throws {
        let source = "\(try unboundPort())"
        // The peer closes last, so the port is in TIME_WAIT on this side when it is asked for again.
        for _ in 0..<2 {
            let port = try await python(Self.teller).port()
            let value = option == "-p" ? source : "127.0.0.1:\(source)"
            let outcome = try await sockctl("dial", option, value, "127.0.0.1:\(port)").finish()
            outcome.expect(status: 0)
            outcome.expect(out: source + "\n")
        }
    }

    @Test func `a source address is used`() async throws {
        let port = try await python("c = take(serve()); c.sendall(c.getpeername()[0].encode()); c.close()").port()
        try await sockctl("dial", "-s", "127.0.0.9", "127.0.0.1:\(port)").finish().expect(out: "127.0.0.9")
    }

    // MARK: Time

    @Test func `a refusal is told at once`() async throws {
        let outcome = try await sockctl("dial", "-w", "1h", "127.0.0.1:\(refusingPort())").finish()
        outcome.expect(status: 69)
    }

    @Test func `a timeout is counted from the beginning`() async throws {
        let port = try await blackHole("127.0.0.2")
        let outcome = try await sockctl("dial", "--json", "-w", "1s", "127.0.0.2:\(port)").finish()
        outcome.expect(status: 75)
        let failed = try #require(try outcome.events().last)
        let elapsed = try #require(failed["elapsed"]?.number)
        #expect(elapsed >= 1 && elapsed < 10, "\(outcome)")
    }

    @Test(.needsIPv6) func `a silent first family costs the head start only`() async throws {
        let port = try await telling(where: "fill", "::1")
        let dial = try sockctl("dial", "--json", "--resolve", "both=::1,127.0.0.1", "both:\(port)")
        let events = try await dial.finish().events()
        let connected = try #require(events.first { $0.name == "connected" })
        #expect(connected["remote"]?.string == "127.0.0.1:\(port)")
        let seconds = try #require(connected["connect_seconds"]?.number)
        #expect(seconds >= 0.29 && seconds < 1.5, "\(connected)")
        let attempts = events.filter { $0.name == "connecting" }.compactMap { $0["remote"]?.string }
        #expect(attempts == ["[::1]:\(port)", "127.0.0.1:\(port)"])
    }

    @Test(.needsIPv6) func `a refused first family costs nothing`() async throws {
        let port = try await telling(where: "refuse", "::1")
        let dial = try sockctl(
            "dial", "--json", "--fallback-delay", "1h", "--resolve", "both=::1,127.0.0.1", "both:\(port)")
        let outcome = try await dial.finish()
        outcome.expect(status: 0)
        #expect(outcome.out.hasSuffix("\n"), "\(outcome)")
    }

    @Test func `each address of a family has its share of the time`() async throws {
        let port = try await telling(where: "fill", "127.0.0.2")
        let dial = try sockctl("dial", "--json", "-w", "4s", "--resolve", "both=127.0.0.2,127.0.0.1", "both:\(port)")
        let outcome = try await dial.finish()
        outcome.expect(status: 0)
        let connected = try #require(try outcome.events().first { $0.name == "connected" })
        let seconds = try #require(connected["connect_seconds"]?.number)
        #expect(seconds >= 1.95 && seconds < 3.5, "\(connected)")
    }

    @Test func `the error of several addresses is the first one's`() async throws {
        let port = try refusingPort()
        let dial = try sockctl("dial", "--resolve", "both=127.0.0.8,127.0.0.1", "both:\(port)")
        let outcome = try await dial.finish()
        outcome.expect(status: 69)
        #expect(outcome.err.hasPrefix("sockctl: dial tcp 127.0.0.8:\(port): "), "\(outcome)")
    }

    // MARK: What is written where

    @Test func `-o keeps a copy of what arrives`() async throws {
        let path = try scratch("copy")
        let peer = try python("c = take(serve()); c.sendall(b'one\\ntwo'); c.close()")
        let outcome = try await sockctl("dial", "-o", path, "127.0.0.1:\(peer.port())").finish()
        outcome.expect(status: 0)
        outcome.expect(out: "one\ntwo")
        #expect(try contents(of: path) == outcome.bytes)
    }

    @Test(arguments: [[], ["--append"]])
    func `what the kernel moves is kept as well, whole and in order`(options: [String]) async throws {
        let (sent, path) = (noise(3_000_000), try scratch("copy"))
        let listen = try sockctl(["listen", "127.0.0.1:0", "-o", path] + options)
        let dial = try sockctl("dial", "127.0.0.1:\(await listen.listening().port)", input: .bytes(sent))
        try await dial.finish().expect(status: 0)
        let outcome = try await listen.finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes == sent)
        #expect(try contents(of: path) == sent)
    }

    @Test func `-o replaces what a file holds, and --append keeps it`() async throws {
        let path = try scratch("copy")
        let listen = try sockctl("listen", "--serve", "time", "127.0.0.1:0")
        let port = try await listen.listening().port
        var kept: [UInt8] = []
        for options in [["-o", path], ["-o", path], ["-o", path, "--append"]] {
            let outcome = try await sockctl(["dial"] + options + ["127.0.0.1:\(port)"]).finish()
            outcome.expect(status: 0)
            kept = (options.contains("--append") ? kept : []) + outcome.bytes
            #expect(try contents(of: path) == kept)
        }
    }

    @Test func `-C makes CRLF of every newline but never of a CRLF, even one in two writes`() async throws {
        let peer = try python("c = take(serve()); say(c.recv(100)); say(drain(c))")
        let dial = try await sockctl("dial", "-C", "127.0.0.1:\(peer.port())", input: .open)
        dial.send("a\nb\r\nc\r")
        let first = try await peer.waitForLine(containing: "b'a", on: .out)
        dial.send("\nd")
        dial.closeInput()
        try await dial.finish().expect(status: 0)
        let last = try #require(try await peer.finish().lines.last)
        // Whether a CR at the end goes at once or waits for what follows it is the program's own business.
        let both = "\(first.dropFirst(2).dropLast())\(last.dropFirst(2).dropLast())"
        #expect(both == #"a\r\nb\r\nc\r\nd"#)
    }

    @Test func `-x shows both directions`() async throws {
        let path = try scratch("dump")
        let peer = try python("c = take(serve()); c.sendall(b'answer' if drain(c) else b''); c.close()")
        let outcome = try await sockctl("dial", "-x", path, "127.0.0.1:\(peer.port())", input: .text("question"))
            .finish()
        outcome.expect(status: 0)
        let dump = String(decoding: try contents(of: path), as: UTF8.self)
        #expect(dump.contains("question") && dump.contains("answer"))
        #expect(dump.contains("71 75 65 73") && dump.contains("61 6e 73 77"), "\(dump)")
    }

    @Test func `-v changes what is said but neither the data nor the status`() async throws {
        for options in [[], ["-v"], ["-vv"], ["--json"], ["--trace"], ["--quiet"], ["-v", "--timestamps"]] {
            let peer = try python("c = take(serve()); c.sendall(drain(c)); c.close()")
            let address = "127.0.0.1:\(try await peer.port())"
            let outcome = try await sockctl(["dial"] + options + [address], input: .text("data")).finish()
            outcome.expect(status: 0)
            outcome.expect(out: "data")
            let refused = try await sockctl(["dial"] + options + ["127.0.0.1:\(refusingPort())"]).finish()
            refused.expect(status: 69)
        }
    }

    /// A teller on a port of 127.0.0.1, which `other` makes refuse or swallow dials on another host.
    private func telling(where other: String, _ host: String) async throws -> Int {
        let script = """
            for attempt in range(20):
                s = socket.socket()
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
                try: held = \(other)(arguments[0], port)
                except OSError: continue
                break
            s.listen(); say(port); tell(s)
            """
        return try await python(Self.tell + script, host).port()
    }
}
