import Glibc
import Testing

/// TLS with the commands for datagrams: `udp-send` and `udp-recv`.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl)) struct TLSDatagramCommandTests {
    /// A receiver that shows its certificate, and the port where it is.
    private func receiver(_ options: String...) async throws -> (process: ChildProcess, place: String) {
        let kit = try await CertificateKit.shared()
        let process = try sockctl(["udp-recv", "127.0.0.1:0"] + options + kit.showing())
        return (process, "127.0.0.1:\(try await process.listening().port)")
    }

    private func send(_ words: String..., to place: String, input: ChildProcess.Input = .empty) async throws -> Outcome
    {
        let kit = try await CertificateKit.shared()
        return try await sockctl(["udp-send", place] + words + kit.trusting, input: input).finish()
    }

    @Test func `datagrams come as they were sent, in their order, and are counted on both sides`() async throws {
        let (receiver, place) = try await receiver("--count", "3", "--separator", "|", "--json")
        let outcome = try await send("one", "zwölf", "3\\0", "--json", to: place)
        outcome.expect(status: 0)
        let sent = try Event.all(in: outcome.out)
        #expect(sent.contains { $0.name == "tls" && $0["verified"]?.bool == true }, "\(outcome)")
        #expect(sent.last?["sent"]?.integer == 3 && sent.last?["bytes"]?.integer == 11, "\(outcome)")
        let received = try await receiver.finish()
        received.expect(status: 0)
        received.expect(out: "one|zwölf|3\0|")
        let events = try Event.all(in: received.err)
        #expect(events.count { $0.name == "datagram-received" } == 3, "\(received)")
        #expect(events.last?["received"]?.integer == 3 && events.last?["bytes"]?.integer == 11, "\(received)")
    }

    @Test func `several senders are heard at once, and each one's end is its own`() async throws {
        let (receiver, place) = try await receiver("--count", "20")
        for sender in 0..<10 {
            let outcome = try await send("\(sender)a\\n", "\(sender)b\\n", to: place)
            outcome.expect(status: 0)
        }
        let outcome = try await receiver.finish()
        outcome.expect(status: 0)
        #expect(
            Set(outcome.out.split(separator: "\n")) == Set((0..<10).flatMap { ["\($0)a", "\($0)b"] }), "\(outcome)")
    }

    @Test func `no host has more senders than it may`() async throws {
        let kit = try await CertificateKit.shared()
        let (receiver, place) = try await receiver("--max-conns-per-host", "1", "--json")
        let first = try sockctl(["udp-send", place] + kit.trusting, input: .open)
        first.send("one\n")
        try await receiver.waitForEvent("datagram-received")
        _ = try sockctl(["udp-send", place, "two"] + kit.trusting)
        let reason = try await receiver.waitForEvent("peer-refused")["reason"]?.string
        #expect(reason == "1 peer of its host being served already, as many as --max-conns-per-host allows")
    }

    @Test func `a reply comes back to who asked, with its round trip`() async throws {
        let (_, place) = try await receiver("--reply", "echo")
        let outcome = try await send("--json", "--wait", "60s", "hello", "again", to: place)
        outcome.expect(status: 0)
        let replies = try Event.all(in: outcome.out).filter { $0.name == "reply" }
        #expect(replies.map { $0["payload"]?.string } == ["hello", "again"], "\(outcome)")
        #expect(replies.allSatisfy { ($0["round_trip"]?.number ?? 0) > 0 }, "\(outcome)")
    }

    @Test func `a receiver that ends answers nobody any more, and the wait is over`() async throws {
        let (receiver, place) = try await receiver("--count", "1")
        let outcome = try await send("--wait", "60s", "hello", to: place)
        outcome.expect(status: 75)
        #expect(outcome.elapsed < .seconds(60), "\(outcome)")
        try await receiver.finish().expect(status: 0)
    }

    @Test func `generated datagrams are measured as without TLS`() async throws {
        let (receiver, place) = try await receiver("--stats", "--count", "200", "--json")
        try await send("--size", "100", "--count", "200", "--rate", "1M", to: place).expect(status: 0)
        let outcome = try await receiver.finish()
        outcome.expect(status: 0)
        let summary = try #require(try Event.all(in: outcome.err).last)
        #expect(summary["received"]?.integer == 200 && summary["lost"]?.integer == 0, "\(summary)")
        #expect(summary["duplicated"]?.integer == 0 && summary["reordered"]?.integer == 0, "\(summary)")
    }

    @Test func `what one datagram cannot hold is not sent, and the limit is told`() async throws {
        let (receiver, place) = try await receiver("--count", "1")
        let tooLong = try await send("--size", "16385", to: place)
        tooLong.expect(status: 65)
        #expect(tooLong.err.contains("16385 bytes") && tooLong.err.contains("at most 16384"), "\(tooLong)")
        try await send("--size", "16384", to: place).expect(status: 0)
        #expect(try await receiver.finish().bytes.count == 16384)
    }

    @Test func `an empty datagram is refused: TLS has none`() async throws {
        let (_, place) = try await receiver()
        let outcome = try await send("one", "", to: place)
        outcome.expect(status: 64)
        #expect(outcome.err.contains("hides no datagram that is empty"), "\(outcome)")
        let kit = try await CertificateKit.shared()
        let lines = try await sockctl(
            ["udp-send", "--chomp", place] + kit.trusting, input: .text("one\n\ntwo\n")
        ).finish()
        lines.expect(status: 65)
        #expect(lines.err.contains("an empty one cannot be hidden by TLS"), "\(lines)")
    }

    @Test func `a receiver that is not who was meant gets nothing`() async throws {
        let kit = try await CertificateKit.shared()
        let receiver = try sockctl(["udp-recv", "127.0.0.1:0"] + kit.showing(.selfSigned))
        let outcome = try await send("secret", to: "127.0.0.1:\(try await receiver.listening().port)")
        outcome.expect(status: 77)
        #expect(outcome.err.contains("self-signed"), "\(outcome)")
        try await receiver.finish(after: SIGTERM).expect(out: "")
    }

    @Test func `plain datagrams are dropped, and do no harm`() async throws {
        let (receiver, place) = try await receiver("--count", "1")
        try await sockctl("udp-send", place, "in clear", "\\x16\\xfe\\xfd").finish().expect(status: 0)
        try await send("hidden", to: place).expect(status: 0)
        try await receiver.finish().expect(out: "hidden")
    }

    @Test func `silence has its limit, whoever was heard before`() async throws {
        let (receiver, place) = try await receiver("--timeout", "3s")
        try await send("hello", to: place).expect(status: 0)
        let outcome = try await receiver.finish()
        outcome.expect(status: 75)
        outcome.expect(out: "hello")
        #expect(outcome.err.contains("no datagram came in time"), "\(outcome)")
    }

    @Test func `where nobody listens the refusal is told`() async throws {
        let outcome = try await send("hello", to: "127.0.0.1:\(try unboundPort())")
        outcome.expect(status: 69)
        #expect(outcome.err.contains("connection refused"), "\(outcome)")
    }

    @Test(arguments: [
        (["udp-send", "--tls", "--unconnected", "127.0.0.1:9", "x"], "--unconnected"),
        (["udp-send", "--tls", "127.0.0.1:9,127.0.0.1:10", "x"], "one peer"),
        (["udp-send", "--tls", "unix:/tmp/none", "x"], "--tls"),
        (["udp-send", "--tls-pin", "00", "127.0.0.1:9", "x"], "SHA-256"),
        (["udp-send", "--tls-ca", "/dev/null", "127.0.0.1:9", "x"], "give '--tls' too"),
        (["udp-recv", "--tls", "--join", "239.1.2.3", "0"], "--join"),
        (["udp-recv", "--tls", "--first-read-delay", "1s", "0"], "--first-read-delay"),
        (["udp-recv", "--max-conns-per-host", "1", "0"], "give '--tls' too"),
    ]) func `what has no meaning beside it is a usage error that says why`(_ words: [String], _ text: String)
        async throws
    {
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(text), "\(outcome)")
    }
}
