import Testing

/// `--tls` and the programs that others wrote: each understands the other, both ways.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .ncat, .socat, .python3)) struct TLSPeersTests {
    private static let (there, back) = (noise(300_007, seed: 1), noise(400_009, seed: 2))

    /// Waits until all bytes have come to both, looks at them, and ends ours.
    private func exchange(_ own: ChildProcess, _ other: ChildProcess) async throws {
        own.send(Self.there)
        other.send(Self.back)
        try await other.waitForOutput(count: Self.there.count)
        try await own.waitForOutput(count: Self.back.count)
        #expect(own.record.out == Self.back && other.record.out == Self.there)
        own.closeInput()
    }

    @Test(arguments: TLSPeer.all)
    func `dial and others' servers exchange hundreds of kilobytes, whole`(tool: Tool) async throws {
        let kit = try await CertificateKit.shared()
        let server = try TLSPeer(tool, kit).listen()
        let place = "127.0.0.1:\(try await server.boundPort())"
        let dial = try sockctl(["dial", "--tls-half-close", place] + kit.trusting, input: .open)
        try await exchange(dial, server)
        try await dial.finish().expectQuietErrors(status: 0)
    }

    @Test(arguments: TLSPeer.all)
    func `listen and others' clients exchange hundreds of kilobytes, whole`(tool: Tool) async throws {
        let kit = try await CertificateKit.shared()
        let listen = try sockctl(
            ["listen", "--quiet", "--tls-half-close", "127.0.0.1:0"] + kit.showing(), input: .open)
        let client = try await TLSPeer(tool, kit).dial(listen.boundPort())
        try await exchange(listen, client)
        client.closeInput()
        // For ncat a close_notify is no end, and a FIN is all that it says of its own: nobody could tell that it was whole.
        try await listen.finish().expect(status: tool == .ncat ? 74 : 0)
        try await client.finish().expect(status: 0)
    }

    @Test(arguments: TLSPeer.all, ["1.2", "1.3"])
    func `either version is spoken with all of them, to a server that echoes`(
        tool: Tool, version: String
    ) async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "--serve", "echo", "127.0.0.1:0", "--tls-min", version, "--tls-max", version, "--json"]
                + kit.showing())
        let client = try await TLSPeer(tool, kit).dial(server.listening().port)
        client.send("there and back\n")
        try await client.waitForOutput("there and back\n")
        let event = try await server.waitForEvent("tls")
        #expect(event["version"]?.string?.hasSuffix(version) == true, "\(event)")
    }

    @Test func `openssl turns lines round, and none of them is a command`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try TLSPeer(.openssl, kit).listen("-rev")
        let place = "127.0.0.1:\(try await server.boundPort())"
        let dial = try sockctl(["dial", "--tls-half-close", place] + kit.trusting, input: .open)
        for line in ["stream", "Quit", "Renew", "quit"] {
            dial.send(line + "\n")
            try await dial.waitForOutput(String(line.reversed()) + "\n")
        }
        dial.closeInput()
        try await dial.finish().expectQuietErrors(status: 0)
    }

    @Test(.needs(.curl), arguments: [true, false]) func `curl asks, and is answered by hand`(trusts: Bool) async throws
    {
        let kit = try await CertificateKit.shared()
        let listen = try sockctl(
            ["listen", "127.0.0.1:0"] + (trusts ? kit.showing() : ["--tls"]),
            input: .text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
        let words = trusts ? ["--cacert", kit.root] : ["-k"]
        let url = "https://127.0.0.1:\(try await listen.listening().port)/path"
        let curl = try start(#require(Tool.curl.path), ["-sS", "-m", "60"] + words + [url])
        let outcome = try await curl.finish()
        outcome.expectQuietErrors(status: 0)
        outcome.expect(out: "hello")
        #expect(try await listen.finish().out.hasPrefix("GET /path HTTP/1.1\r\n"))
    }

    @Test(arguments: [[], ["--tls-min", "1.3"], ["--tls-max", "1.2"]])
    func `dial and listen understand each other`(options: [String]) async throws {
        let kit = try await CertificateKit.shared()
        let listen = try sockctl(
            ["listen", "127.0.0.1:0", "--tls-half-close"] + options + kit.showing(), input: .bytes(Self.there))
        let place = "127.0.0.1:\(try await listen.listening().port)"
        let dial = try sockctl(["dial", place, "--tls-half-close"] + options + kit.trusting, input: .bytes(Self.back))
        let outcome = try await dial.finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.bytes == Self.there)
        let other = try await listen.finish()
        other.expect(status: 0)
        #expect(other.bytes == Self.back)
    }

    @Test func `many clients at once are served, each its own`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let client = try kit.python(
            """
            made = rules(trusted="root", server=False)
            held = [dialing(dial(arguments[0]), made=made) for _ in range(50)]
            for i, c in enumerate(held): c.sendall(b"%05d" % i * 2000)
            def back(c):
                parts = b""
                while len(parts) < 10000: parts += c.recv(1 << 16)
                return parts
            say(all(back(c) == b"%05d" % i * 2000 for i, c in reversed(list(enumerate(held)))))
            """, try await server.listening().port)
        try await client.finish().expect(lines: ["True"])
        #expect(server.record.status == nil)
    }
}
