import Testing

/// `forward` with TLS towards the target, towards the client, or both.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSForwardTests {
    private static let (there, back) = (noise(300_007, seed: 3), noise(200_003, seed: 4))

    private func forward(_ target: ChildProcess, _ options: [String]) async throws -> ChildProcess {
        let port = try await target.listening().port
        return try sockctl(["forward", "--json", "127.0.0.1:0", "127.0.0.1:\(port)"] + options)
    }

    @Test(arguments: [(true, false), (false, true), (true, true)])
    func `it speaks TLS on the sides where it was told to`(towards: Bool, from: Bool) async throws {
        let kit = try await CertificateKit.shared()
        let target = try sockctl(["listen", "127.0.0.1:0"] + (towards ? kit.showing() : []), input: .open)
        let forward = try await forward(
            target, (towards ? kit.trusting : []) + (from ? ["--tls-accept"] + kit.own(.good) : []))
        let place = "127.0.0.1:\(try await forward.listening().port)"
        let client = try sockctl(["dial", place] + (from ? kit.trusting : []), input: .open)
        client.send(Self.there)
        target.send(Self.back)
        try await target.waitForOutput(count: Self.there.count)
        try await client.waitForOutput(count: Self.back.count)
        #expect(target.record.out == Self.there && client.record.out == Self.back)
        let events = try await forward.waitForEvents("tls", count: towards && from ? 2 : 1)
        #expect(events.count == (towards && from ? 2 : 1), "\(events)")
        client.closeInput()
        target.closeInput()
    }

    @Test func `a plain client gets the answer of a target that speaks TLS, to its end`() async throws {
        let kit = try await CertificateKit.shared()
        let target = try kit.python("c = serving(take(serve())); say(c.recv(100)); c.sendall(b'answer'); farewell(c)")
        let forward = try sockctl(
            ["forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await target.port())"] + kit.trusting)
        let place = "127.0.0.1:\(try await forward.listening().port)"
        let outcome = try await sockctl(["dial", place], input: .text("question")).finish()
        outcome.expectQuietErrors(status: 0)
        outcome.expect(out: "answer")
        try await target.finish().expect(lines: ["b'question'"], after: 1)
    }

    @Test func `a client that speaks TLS gets the answer of a plain target, to its end`() async throws {
        let kit = try await CertificateKit.shared()
        let target = try python("c = take(serve()); say(c.recv(100)); c.sendall(b'answer'); c.close()")
        let forward = try sockctl(
            ["forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await target.port())", "--tls-accept"] + kit.own(.good))
        let client = try await kit.python(
            "c = dialing(dial(arguments[0])); c.sendall(b'question'); say(*ending(c)); farewell(c)",
            forward.listening().port)
        try await client.finish().expect(lines: ["b'answer' told"])
        try await target.finish().expect(lines: ["b'question'"], after: 1)
    }

    @Test(arguments: ["1", "2"])
    func `before TLS begins a target is told in clear whose the connection is`(version: String) async throws {
        let kit = try await CertificateKit.shared()
        let target = try kit.python(
            #"""
            c = take(serve())
            if arguments[0] == "1":
                head = b""
                while not head.endswith(b"\r\n") and (part := c.recv(1)): head += part
                source = head.decode().split()[2::2]
            else:
                count = struct.unpack(">H", c.recv(16, socket.MSG_WAITALL)[14:])[0]
                rest = c.recv(count, socket.MSG_WAITALL)
                source = [socket.inet_ntoa(rest[:4]), struct.unpack(">H", rest[8:10])[0]]
            c = serving(c); say(*source, c.recv(100)); c.sendall(b"answer"); farewell(c)
            """#, version)
        let forward = try sockctl(
            ["forward", "127.0.0.1:0", "127.0.0.1:\(await target.port())", "--proxy-protocol", "send"]
                + ["--proxy-version", version] + kit.trusting)
        let client = try await python(
            "c = dial(arguments[0]); say(c.getsockname()[1]); c.sendall(b'question'); say(drain(c))",
            forward.listening().port
        ).finish()
        client.expect(lines: ["b'answer'"], after: 1)
        let own = client.lines.first ?? ""
        try await target.finish().expect(lines: ["127.0.0.1 \(own) b'question'"], after: 1)
    }

    @Test func `a target that is cut off is no end for the client, but a reset`() async throws {
        let kit = try await CertificateKit.shared()
        let target = try kit.python("c = serving(take(serve())); c.recv(100); c.sendall(b'half'); c.close()")
        let forward = try sockctl(
            ["forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await target.port())"] + kit.trusting)
        let client = try await python(
            """
            c = dial(arguments[0]); c.sendall(b"question")
            try: say(drain(c))
            except ConnectionResetError: say("reset")
            """, forward.listening().port)
        try await client.finish().expect(lines: ["reset"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "truncated", "\(failed)")
    }

    @Test func `a target that cannot be trusted resets the client, and is told`() async throws {
        let kit = try await CertificateKit.shared()
        let target = try kit.python("attempt(take(serve()), 'expired')")
        let forward = try sockctl(
            ["forward", "--json", "127.0.0.1:0", "127.0.0.1:\(await target.port())"] + kit.trusting)
        let client = try await python(
            """
            c = dial(arguments[0])
            try: c.sendall(b"secret"); say(c.recv(1))
            except ConnectionError: say("reset")
            """, forward.listening().port)
        try await client.finish().expect(lines: ["reset"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "certificate", "\(failed)")
        let told = try await target.finish()
        #expect(!told.out.contains("secret"), "\(told)")
        #expect(forward.record.status == nil)
    }

    @Test func `a client that speaks plain text does not reach the target, and the next one does`() async throws {
        let kit = try await CertificateKit.shared()
        let target = try sockctl("listen", "--serve", "echo", "--json", "127.0.0.1:0")
        let forward = try await forward(target, ["--tls-accept"] + kit.own(.good))
        let client = try kit.python(
            """
            c = dial(arguments[0]); c.sendall(b"plain text\\n")
            try: part = drain(c)
            except ConnectionResetError: part = b""
            say(b"plain" in part)
            c = dialing(dial(arguments[0])); c.sendall(b"ping"); say(c.recv(10)); farewell(c)
            """, try await forward.listening().port)
        try await client.finish().expect(lines: ["False", "b'ping'"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "handshake", "\(failed)")
        let closed = try await target.waitForEvents("closed", count: 1)
        #expect(closed.allSatisfy { $0["bytes_received"]?.integer ?? 0 != 11 }, "\(closed)")
    }

    @Test func `without a certificate --tls-accept makes one, and tells its pin`() async throws {
        let target = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let forward = try sockctl(
            "forward", "127.0.0.1:0", "127.0.0.1:\(await target.listening().port)", "--tls-accept")
        let place = "127.0.0.1:\(try await forward.listening().port)"
        let pin = try await forward.wait(for: "a pin") { record in
            record.errText.firstMatch(of: /(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}/).map { String($0.output) }
        }
        let client = try sockctl("dial", "--tls", "--tls-pin", pin, place, input: .open)
        client.send("ping\n")
        try await client.waitForOutput("ping\n")
    }
}
