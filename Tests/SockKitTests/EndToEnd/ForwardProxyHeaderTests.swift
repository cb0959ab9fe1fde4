import Glibc
import SockKit
import Testing

/// The PROXY protocol on both sides of a forwarder.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardProxyHeaderTests {
    /// Headers as a proxy writes them, and what an echo server behind the forwarder makes of what follows them.
    private static let proxy = #"""
        v1 = b"PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n"
        v2 = bytes.fromhex("0d0a0d0a000d0a515549540a2111000c") + bytes([192, 0, 2, 1, 198, 51, 100, 2, 48, 57, 1, 187])
        def ask(first, then=b""):
            c = dial(arguments[0])
            try:
                c.sendall(first)
                if then: time.sleep(0.05); c.sendall(then)
                c.shutdown(1)
                return drain(c).decode()
            except OSError: return "reset"

        """#

    private func echo() async throws -> String {
        "127.0.0.1:\(try await sockctl("listen", "--serve", "echo", "127.0.0.1:0").listening().port)"
    }

    private func accepting(_ options: String...) async throws -> (ChildProcess, Int) {
        let process = try sockctl(
            ["forward", "--json", "127.0.0.1:0", try await echo(), "--proxy-protocol", "accept"] + options)
        return (process, try await process.listening().port)
    }

    @Test func `a header is taken off, and from then on the client it names is spoken of`() async throws {
        let record = try scratch("a.json")
        let (forward, port) = try await accepting("--trust", "127.0.0.0/8", "--record-json", record)
        let script = """
            say(ask(v1 + b"one")); say(ask(v2 + b"two")); say(ask(v1[:9], v1[9:] + b"three")); say(ask(v2[:20], v2[20:]))
            """
        try await python(Self.proxy + script, port).finish().expect(lines: ["one", "two", "three"])
        let header = try await forward.waitForEvent("proxy-header")
        #expect(header["client"]?.string == "192.0.2.1:12345" && header["destination"]?.string == "198.51.100.2:443")
        #expect(header["remote"]?.string?.hasPrefix("127.0.0.1:") ?? false && header["version"]?.integer == 1)
        #expect(try await forward.waitForEvent("joined")["remote"]?.string == "192.0.2.1:12345")
        #expect(try await forward.waitForEvent("closed")["remote"]?.string == "192.0.2.1:12345")
        _ = try await forward.finish(after: SIGTERM)
        let lines = try FileCalls.contents(of: record)
        #expect(lines.contains(#""client":"192.0.2.1:12345""#))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\\r\\n\\r\\n", "message"), ("PROXY TCP4 x y 1 2\\r\\n", "message"), ("", "closed"),
        ("PROXY TCP4", "truncated"),
    ])
    func `what is no header is not served`(bytes: String, code: String) async throws {
        let (forward, port) = try await accepting("--trust", "127.0.0.1")
        let outcome = try await python(Self.proxy + "say('got', ask(b'\(bytes)'))", port).finish()
        #expect(["got", "got reset"].contains(outcome.lines.first?.trimmed), "\(outcome)")
        #expect(try await forward.waitForEvent("failed")["error"]?["code"]?.string == code)
    }

    @Test func `nobody but whom --trust names is believed, and it has to name somebody`() async throws {
        let (forward, port) = try await accepting("--trust", "10.0.0.0/8")
        let outcome = try await python(Self.proxy + "say('got', ask(v1 + b'x'))", port).finish()
        #expect(["got", "got reset"].contains(outcome.lines.first?.trimmed), "\(outcome)")
        #expect(try await forward.waitForEvent("failed")["error"]?["code"]?.string == "denied")
        let usage = try await sockctl("forward", "3000", "3001", "--proxy-protocol", "accept").finish()
        usage.expect(status: 64)
        #expect(usage.err.contains("--trust"), "\(usage)")
        for words in [
            ["--trust", "::1"], ["--proxy-version", "1"], ["--proxy-protocol", "accept", "--proxy-version", "1"],
        ] {
            try await sockctl(["forward", "3000", "3001"] + words).finish().expect(status: 64)
        }
        try await sockctl(
            "forward", "3000", "unixpacket:/a", "--proxy-protocol", "send"
        ).finish().expect(status: 64)
    }

    @Test(arguments: [("1", "send"), ("2", "send"), ("1", "both"), ("2", "both")])
    func `a target is told before anything else whose the connection is`(version: String, side: String) async throws {
        let target = try unboundPort()
        let trust = side == "both" ? ["--trust", "127.0.0.1"] : []
        let forward = try sockctl(
            ["forward", "127.0.0.1:0", "127.0.0.1:\(target)", "--proxy-protocol", side, "--proxy-version", version]
                + trust)
        let script = #"""
            server = socket.create_server(("127.0.0.1", int(arguments[1])))
            c = dial(arguments[0]); c.sendall((v2 if arguments[2] == "both" else b"") + b"payload"); c.shutdown(1)
            data = drain(server.accept()[0])
            if data[:5] == b"PROXY": line, rest = data.split(b"\r\n", 1); source = line.split()[2::2]
            else:
                size = 16 + struct.unpack_from(">H", data, 14)[0]; rest = data[size:]
                source = [socket.inet_ntoa(data[16:20]).encode(), str(struct.unpack_from(">H", data, 24)[0]).encode()]
            mine = [b"%s" % c.getsockname()[0].encode(), b"%d" % c.getsockname()[1]]
            say(source == (mine if arguments[2] == "send" else [b"192.0.2.1", b"12345"]), rest.decode())
            """#
        let port = try await forward.listening().port
        try await python(Self.proxy + script, port, target, side).finish().expect(lines: ["True payload"])
    }

    // MARK: - haproxy

    private func haproxy(_ listen: String, _ bindOptions: String, _ server: String) throws -> ChildProcess {
        let path = try scratch("haproxy.cfg")
        try writeFile(
            path,
            Array(
                """
                defaults
                    mode tcp
                    timeout connect 30s
                    timeout client 30s
                    timeout server 30s
                listen a
                    bind \(listen) \(bindOptions)
                    server b \(server)

                """.utf8))
        return try start(.haproxy, "-db", "-f", path)
    }

    private static let client = """
        c = dial(arguments[0]); c.sendall(b"hello"); assert c.recv(5) == b"hello"; say(c.getsockname()[1])
        """

    @Test(
        .needs(.haproxy), arguments: ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"])
    func `haproxy's headers are taken`(options: String) async throws {
        let (forward, port) = try await accepting("--trust", "127.0.0.1")
        let proxy = try haproxy("127.0.0.1:\(unboundPort())", "", "127.0.0.1:\(port) \(options)")
        let own = try await proxy.boundPort()
        let client = try await python(Self.client, own).finish()
        let remote = try await forward.waitForEvent("joined")["remote"]?.string
        #expect(remote == "127.0.0.1:\(client.lines.first ?? "")")
    }

    @Test(.needs(.haproxy), arguments: ["1", "2"])
    func `haproxy takes our headers, and passes on what they say`(version: String) async throws {
        // The last one in the row tells what haproxy has understood.
        let (last, lastPort) = try await accepting("--trust", "127.0.0.1")
        let proxy = try haproxy("127.0.0.1:\(unboundPort())", "accept-proxy", "127.0.0.1:\(lastPort) send-proxy")
        let own = try await proxy.boundPort()
        let first = try sockctl(
            "forward", "127.0.0.1:0", "127.0.0.1:\(own)", "--proxy-protocol", "send", "--proxy-version", version)
        let client = try await python(Self.client, first.listening().port).finish()
        let remote = try await last.waitForEvent("joined")["remote"]?.string
        #expect(remote == "127.0.0.1:\(client.lines.first ?? "")")
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
