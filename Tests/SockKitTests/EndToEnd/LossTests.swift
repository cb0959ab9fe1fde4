import Testing

/// What `--reconnect` says of the bytes when a connection breaks, and where they go.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct LossTests {
    /// Reads some of the first connection, waits until no more arrives, tells how much its kernel took, and resets;
    /// keeps what it read of that one and of the second in files.
    private static let resetting = """
        s = serve()
        c = s.accept()[0]
        got = b""
        while len(got) < 100_000: got += c.recv(min(1 << 16, 100_000 - len(got)))
        say(len(got) + stuck(c))
        open(arguments[0], "wb").write(got)
        reset(c)
        open(arguments[1], "wb").write(drain(s.accept()[0]))

        """

    enum Way: String, CaseIterable, Sendable {
        /// From a file by sendfile(2), from a pipe by splice(2), and through this process.
        case file, pipe, copy
    }

    @Test(arguments: Way.allCases)
    func `each byte is delivered, acknowledged, or told as at risk`(way: Way) async throws {
        let input = noise(6_000_000)
        let path = try scratch("input")
        try writeFile(path, input)
        let peer = try python(Self.resetting, scratch("first"), scratch("second"))
        let options = way == .copy ? ["-x", "/dev/null"] : []
        let dialer = try sockctl(
            ["dial", "--json", "--reconnect", "--retry-delay", "10ms"] + options
                + ["127.0.0.1:\(try await peer.port())"],
            input: way == .file ? .file(path) : .bytes(input))
        let outcome = try await dialer.finish(within: patience)
        outcome.expect(status: 0)
        let told = try await peer.finish().lines
        let taken = try #require(Int(told[1]))
        let lost = try #require(try outcome.events().first { $0.name == "disconnected" }, "\(outcome)")
        #expect(lost["by"]?.string == "reset")
        let sent = try #require(lost["bytes_sent"]?.integer)
        #expect(lost["bytes_unacknowledged"]?.integer == sent - taken, "\(lost)")
        #expect(lost["bytes_at_risk"]?.integer == sent - taken, "\(lost)")
        #expect(way == .copy || lost["bytes_kept"]?.integer == 0, "\(lost)")
        // What the first kernel did not take is the second connection's, from the first byte to the last.
        #expect(try contents(of: scratch("first")) == Array(input[..<100_000]))
        #expect(try contents(of: scratch("second")) == Array(input[sent...]))
    }

    @Test func `converted line ends are not converted twice`() async throws {
        let input = Array(String(repeating: "a line of text\n", count: 600_000).utf8)
        let peer = try python(Self.resetting, scratch("first"), scratch("second"))
        let outcome = try await sockctl(
            "dial", "--json", "--crlf", "--reconnect", "--retry-delay", "10ms", "127.0.0.1:\(try await peer.port())",
            input: .bytes(input)
        ).finish(within: patience)
        outcome.expect(status: 0)
        _ = try await peer.finish()
        let lost = try #require(try outcome.events().first { $0.name == "disconnected" }, "\(outcome)")
        let sent = try #require(lost["bytes_sent"]?.integer)
        let converted = Array(String(repeating: "a line of text\r\n", count: 600_000).utf8)
        #expect(sent < converted.count, "nothing was left over to be sent on the second connection")
        #expect(try contents(of: scratch("second")) == Array(converted[sent...]))
    }
}
