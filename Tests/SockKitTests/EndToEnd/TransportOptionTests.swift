import Testing

/// What a socket is asked for beyond a connection, and what is said of it.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct TransportOptionTests {
    private static let hasMultipath =
        (try? String(decoding: contents(of: "/proc/sys/net/mptcp/enabled"), as: UTF8.self))?
        .first == "1"

    // MARK: Multipath TCP

    @Test(.enabled(if: hasMultipath, "needs net.mptcp.enabled"))
    func `both ends say whether the other speaks Multipath TCP`() async throws {
        let listen = try sockctl("listen", "-v", "--mptcp", "--serve", "echo", "--max-accepts", "2", "127.0.0.1:0")
        let port = try await listen.listening().port
        let both = try await sockctl("dial", "-v", "--mptcp", "127.0.0.1:\(port)", input: .text("hello")).finish()
        both.expect(out: "hello")
        #expect(both.err.contains("Multipath TCP with 127.0.0.1:\(port)"), "\(both)")
        #expect(!both.err.contains("unread"), "the end is no byte: \(both)")
        let plain = try await sockctl("dial", "127.0.0.1:\(port)", input: .text("hello")).finish()
        plain.expect(out: "hello")
        let outcome = try await listen.finish()
        #expect(outcome.err.contains("Multipath TCP with") && outcome.err.contains("plain TCP with"), "\(outcome)")
    }

    @Test(.enabled(if: hasMultipath, "needs net.mptcp.enabled"))
    func `a peer that speaks plain TCP is spoken to in plain TCP`() async throws {
        let server = try python("c = take(serve()); c.sendall(drain(c)); c.close()")
        let port = try await server.port()
        let outcome = try await sockctl("dial", "--json", "--mptcp", "127.0.0.1:\(port)", input: .text("hello"))
            .finish()
        outcome.expect(out: "hello")
        let event = try #require(
            outcome.err.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
                .first { $0["event"]?.string == "feature" })
        #expect(event["feature"]?.string == "mptcp" && event["used"]?.bool == false)
    }

    @Test(.enabled(if: hasMultipath, "needs net.mptcp.enabled"))
    func `one that is refused is no connection`() async throws {
        let port = try unboundPort()
        let outcome = try await sockctl("dial", "--json", "-v", "--mptcp", "127.0.0.1:\(port)").finish()
        outcome.expect(status: 69)
        let events = try outcome.events()
        #expect(!events.contains { $0.name == "connected" }, "\(outcome)")
        #expect(events.last { $0.name == "failed" }?["error"]?["code"]?.string == "ECONNREFUSED", "\(outcome)")
    }

    @Test(.needsOwnNetwork, .needs(.unshare, .sh)) func `where the kernel has none, that is what the error says`()
        async throws
    {
        let outcome = try await inOwnNetwork(
            "echo 0 >/proc/sys/net/mptcp/enabled || exit 99; exec \"$0\" dial --mptcp 127.0.0.1 9")
        guard outcome.status != 99 else { return }
        outcome.expect(status: 69)
        #expect(outcome.err.contains("this kernel has no Multipath TCP, or net.mptcp.enabled is 0"), "\(outcome)")
    }

    // MARK: Fast open

    @Test(.needsOwnNetwork, .needs(.unshare, .sh))
    func `the second dial sends its data with the SYN, and both ends say so`()
        async throws
    {
        let outcome = try await inOwnNetwork(
            """
            ip link set lo up && echo 3 >/proc/sys/net/ipv4/tcp_fastopen || exit 99
            "$0" listen -v --fastopen --serve echo --max-accepts 2 127.0.0.1:3000 2>&1 &
            for i in 1 2; do
                echo hello | "$0" dial --retry 1000 --retry-delay 10ms -v --fastopen 127.0.0.1:3000 2>&1
            done
            wait
            """)
        guard outcome.status != 99 else { return }
        outcome.expect(status: 0)
        #expect(outcome.out.matches(of: /hello/).count == 2, "\(outcome)")
        #expect(outcome.out.matches(of: /fast open with [0-9.:]+: data came with the SYN/).count == 2, "\(outcome)")
        #expect(outcome.out.contains("asks for the server's cookie"), "\(outcome)")
    }

    @Test(.needsOwnNetwork, .needs(.unshare, .sh)) func `who speaks second is connected all the same`() async throws {
        let outcome = try await inOwnNetwork(
            """
            ip link set lo up && echo 3 >/proc/sys/net/ipv4/tcp_fastopen || exit 99
            "$0" listen --fastopen --serve time --max-accepts 3 127.0.0.1:3000 2>/dev/null &
            "$0" dial --retry 1000 --retry-delay 10ms --quiet --fastopen 127.0.0.1:3000 </dev/null
            sleep 5 | "$0" dial --fastopen --input-grace 0 127.0.0.1:3000
            timeout 10 "$0" dial --fastopen 127.0.0.1:3000 </dev/null
            """)
        guard outcome.status != 99 else { return }
        outcome.expect(status: 0)
        #expect(outcome.lines.count == 3 && outcome.lines.allSatisfy { $0.utf8.count == 19 }, "\(outcome)")
    }

    /// Fast open without a cookie: TCP_FASTOPEN_NO_COOKIE, <linux/tcp.h>. With net.ipv4.tcp_fastopen at 0 it is a plain dial.
    private static let early = ["dial", "--fastopen", "--setsockopt", "tcp:34:1"]

    @Test(arguments: [["--send-only"], ["--quit-after", "0"], ["--exec", "--", "echo", "hello"]])
    func `what goes with a SYN that is lost arrives when the SYN goes again`(options: [String]) async throws {
        let server = try python(
            """
            s = socket.create_server(("127.0.0.1", 0), backlog=0)
            filler = socket.create_connection(s.getsockname())
            port = s.getsockname()[1]
            say(port)

            def gone():
                "Whether a SYN has come to nothing: that it goes again is due some time."
                rows = [row.split() for row in open("/proc/net/tcp")]
                return any(row[2].endswith(":%04X" % port) and row[3] == "02" and row[5][:2] == "01" for row in rows)

            until(gone)
            s.accept()
            s.settimeout(60)
            say(drain(s.accept()[0]))
            """)
        let address = "127.0.0.1:\(try await server.port())"
        let words = options.contains("--") ? [address] + options : options + [address]
        try await sockctl(Self.early + words, input: .text("hello\n")).finish().expect(status: 0)
        let outcome = try await server.finish()
        #expect(outcome.lines.last == "b'hello\\n'", "\(outcome)")
    }

    @Test(arguments: [["--send-only"], ["--quit-after", "0"], []])
    func `a refusal that comes after the first bytes is one all the same`(options: [String]) async throws {
        let port = try await python("s = refuse('127.0.0.1', 0); say(s.getsockname()[1]); hold()").port()
        let outcome = try await sockctl(Self.early + options + ["127.0.0.1:\(port)"], input: .text("hello"))
            .finish()
        outcome.expect(status: 69)
        #expect(outcome.err.contains("127.0.0.1:\(port): connect: connection refused"), "\(outcome)")
    }

    /// Runs a script, whose `$0` is the program, in a network of its own.
    private func inOwnNetwork(_ script: String) async throws -> Outcome {
        try await start(.unshare, "-rn", "sh", "-c", script, #require(Binary.sockctl)).finish(within: .seconds(30))
    }

    // MARK: Congestion control

    @Test func `a congestion control is set, and an unknown one names those there are`() async throws {
        let listen = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let address = "127.0.0.1:\(try await listen.listening().port)"
        let known = try await sockctl("dial", "-vv", "--congestion", "reno", address, input: .text("x")).finish()
        known.expect(status: 0)
        #expect(known.err.contains("congestion control reno"), "\(known)")
        let unknown = try await sockctl("dial", "--congestion", "nosuch", address).finish()
        unknown.expect(status: 64)
        let there = try String(
            decoding: contents(of: "/proc/sys/net/ipv4/tcp_available_congestion_control"), as: UTF8.self)
        #expect(unknown.err.contains("no congestion control 'nosuch'; it has"), "\(unknown)")
        for name in there.split(whereSeparator: \.isWhitespace) { #expect(unknown.err.contains(name), "\(unknown)") }
    }

    @Test(.needs(.setpriv), .needsNobody) func `one that is not allowed says which are`() async throws {
        func names(_ setting: String) throws -> Set<String> {
            let text = try String(decoding: contents(of: "/proc/sys/net/ipv4/\(setting)"), as: UTF8.self)
            return Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
        }
        let allowed = try names("tcp_allowed_congestion_control")
        guard let other = try names("tcp_available_congestion_control").subtracting(allowed).first else { return }
        let outcome = try await start(
            #require(Tool.setpriv.path),
            Tool.asNobody + [#require(Binary.sockctl), "listen", "--congestion", other, "127.0.0.1:0"]
        ).finish()
        outcome.expect(status: 77)
        for name in allowed { #expect(outcome.err.contains(name), "\(outcome)") }
    }

    // MARK: Any option

    @Test func `any option is set before the socket is bound or connected`() async throws {
        let outcome = try await sockctl(
            "dial", "--trace", "--setsockopt", "tcp:TCP_MAXSEG:1000", "--setsockopt", "1:SO_LINGER:x0000000000000000",
            "127.0.0.1", "2"
        ).finish()
        outcome.expect(status: 69)
        let lines = outcome.err.split(separator: "\n")
        let places = ["IPPROTO_TCP, TCP_MAXSEG, 1000", "SOL_SOCKET, SO_LINGER, 8 bytes", "connect("].map { text in
            lines.firstIndex { $0.contains(text) }
        }
        #expect(places.compactMap(\.self).count == 3 && places.compactMap(\.self) == places.compactMap(\.self).sorted())
    }

    @Test(arguments: [
        (["--setsockopt", "tcp:TCP_CONGESTION:nosuch"], "setsockopt IPPROTO_TCP:TCP_CONGESTION: no such file"),
        (["--setsockopt", "SOL_SOCKET:9999:1"], "setsockopt SOL_SOCKET:9999: protocol not available"),
        (["--interface", "nosuch0"], "setsockopt SO_BINDTODEVICE nosuch0: no such device"),
        (["-u", "--mptcp"], "'--mptcp' has no meaning for udp"), (["-u", "--fastopen"], "'--fastopen' has no meaning"),
        (["-u", "--congestion", "reno"], "'--congestion' has no meaning"),
    ])
    func `an option that is refused is named`(words: [String], wanted: String) async throws {
        for command in ["dial", "listen"] {
            let outcome = try await sockctl([command] + words + ["127.0.0.1", "2"]).finish()
            outcome.expect(status: 64)
            #expect(outcome.err.contains(wanted), "\(outcome)")
        }
    }

    // MARK: vsock

    @Test func `a machine that is not there is an error in words`() async throws {
        // Guests have no guests of that number; where there is no vsock at all, that is said.
        let outcome = try await sockctl("dial", "-w", "5", "vsock:4294967294:1").finish()
        #expect([69, 75].contains(outcome.status), "\(outcome)")
        #expect(outcome.err.contains("dial vsock 4294967294:1") || outcome.err.contains("no vsock"), "\(outcome)")
    }

    @Test func `listening on vsock is told as it can be dialled`() async throws {
        let listen = try sockctl("listen", "vsock:any:0", "--timeout", "200ms")
        let outcome = try await listen.finish()
        #expect([69, 75].contains(outcome.status), "\(outcome)")
        if outcome.status == 75 {
            #expect(outcome.err.contains(/listening on vsock:any:[0-9]+\n/), "\(outcome)")
            let refused = try await sockctl("listen", "--ttl", "4", "vsock:any:0").finish()
            refused.expect(status: 64)
        }
    }
}
