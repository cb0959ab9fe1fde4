import Testing

/// What is said under TLS of the bytes of a transfer that is broken off, and of who broke it off.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSLossTests {
    // MARK: Records

    /// Reads nothing once both have agreed, until no more arrives, and resets the connection; tells how many bytes the
    /// records carried that its kernel had whole. They are looked at and not taken, which would make room for more.
    private static let looking = """
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 15)
        s.bind(("127.0.0.1", 0)); s.listen(); say(s.getsockname()[1])
        c = take(s)
        into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = rules("good", version=arguments[0]).wrap_bio(into, out, server_side=True)
        while True:
            try: tls.do_handshake(); break
            except ssl.SSLWantReadError: c.sendall(out.read()); into.write(c.recv(1 << 16))
        c.sendall(out.read())
        stuck(c)
        into.write(c.recv(1 << 24, socket.MSG_PEEK))
        reset(c)
        count = 0
        try:
            while part := tls.read(1 << 16): count += len(part)
        except ssl.SSLWantReadError: pass
        say(count)
        """

    /// Dials that peer with these bytes to send, and returns how many arrived.
    private func dial(_ options: [String], version: String, _ bytes: [UInt8]) async throws -> (Outcome, arrived: Int) {
        let kit = try await CertificateKit.shared()
        let path = try scratch("input")
        try writeFile(path, bytes)
        let peer = try kit.python(Self.looking, version)
        let words = ["dial", "--json"] + kit.trusting + options + ["127.0.0.1:\(try await peer.port())"]
        let outcome = try await sockctl(words, input: .file(path)).finish()
        let told = try await peer.finish().lines
        return (outcome, try #require(told.last.flatMap { Int($0) }, "\(told)"))
    }

    @Test(arguments: ["1.2", "1.3"], [[], ["--write-size", "1000"]])
    func `what whole records did not bring is told as lost, to the byte`(
        version: String, options: [String]
    ) async throws {
        // Many small records are slow.
        let bytes = noise(options.isEmpty ? 16 << 20 : 300_000)
        let (outcome, arrived) = try await dial(options, version: version, bytes)
        outcome.expect(status: 74)
        let events = try outcome.events()
        let dropped = try #require(events.last { $0.name == "input-dropped" }, "\(outcome)")
        #expect(dropped["bytes_sent"]?.integer == bytes.count && dropped["bytes"]?.integer == bytes.count - arrived)
        let closed = try #require(events.last { $0.name == "closed" }, "\(outcome)")
        let sent = try #require(closed["bytes_sent"]?.integer, "\(closed)")
        let lost = try #require(closed["bytes_unacknowledged"]?.integer, "\(closed)")
        #expect(sent - lost == arrived, "\(arrived), \(closed)")
        #expect(try #require(closed["bytes_unsent"]?.integer) <= lost, "\(closed)")
    }

    @Test(arguments: ["1.2", "1.3"])
    func `what the records did not bring is at risk or kept for the next connection`(version: String) async throws {
        let bytes = noise(16 << 20)
        let options = ["--reconnect", "--retry", "1", "--retry-delay", "1ms"]
        let (outcome, arrived) = try await dial(options, version: version, bytes)
        outcome.expect(status: 69)
        let events = try outcome.events()
        let lost = try #require(events.first { $0.name == "disconnected" }, "\(outcome)")
        let sent = try #require(lost["bytes_sent"]?.integer, "\(lost)")
        #expect(lost["bytes_at_risk"]?.integer == sent - arrived, "\(arrived), \(lost)")
        #expect(lost["bytes_unacknowledged"]?.integer == sent - arrived, "\(arrived), \(lost)")
        #expect(lost["bytes_perhaps_unread"]?.integer == arrived, "\(arrived), \(lost)")
    }

    // MARK: Who broke it off

    @Test(arguments: Side.allCases)
    func `a connection that the peer cuts off without a close_notify was ended by the peer`(side: Side) async throws {
        let pair = try await CertificateKit.shared().join(
            side, ["--json"], version: "1.2", peer: "c.sendall(b'half'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        let closed = try #require(try outcome.events().last { $0.name == "closed" }, "\(outcome)")
        #expect(closed["by"]?.string == "peer", "\(closed)")
    }

    @Test func `a connection that is dialled again because it was cut off was ended by the peer`() async throws {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("c = serving(take(serve()), version='1.2'); c.recv(1); c.close()")
        let words = ["dial", "--json", "--reconnect", "--retry", "1", "--retry-delay", "1ms"] + kit.trusting
        let dialer = try sockctl(words + ["127.0.0.1:\(try await peer.port())"], input: .open)
        dialer.send("x")
        let lost = try await dialer.waitForEvent("disconnected")
        #expect(lost["by"]?.string == "peer" && lost["error"]?["code"]?.string == "truncated", "\(lost)")
    }
}
