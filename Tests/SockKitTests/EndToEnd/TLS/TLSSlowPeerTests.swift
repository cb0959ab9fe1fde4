import Glibc
import Testing

/// Peers of TLS that take what they are given slowly, or not at all.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSSlowPeerTests {
    @Test func `the last bytes reach a peer that takes its time`() async throws {
        let kit = try await CertificateKit.shared()
        let folder = try scratch("folder")
        #expect(unsafe mkdir(folder, 0o755) == 0)
        try writeFile("\(folder)/file", noise(1 << 18))
        let server = try sockctl(
            ["http-serve", "--root", folder, "--sndbuf", "4K", "127.0.0.1:0"] + kit.showing())
        let client = try kit.python(
            """
            for _ in range(3):
                c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                c.connect(("127.0.0.1", int(arguments[0])))
                c = dialing(c); c.sendall(b"GET /file HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
                count, part = 0, b"x"
                while part:
                    part = c.recv(4096); count += len(part); time.sleep(0.001)
                say(count > 1 << 18)
            """, try await server.listening().port)
        try await client.finish(within: .seconds(60)).expect(lines: ["True", "True", "True"])
    }

    @Test func `what an echo keeps for a peer that reads nothing is given up at --write-timeout`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "-k", "--json", "--serve", "echo", "--write-timeout", "500ms", "--sndbuf", "4K", "127.0.0.1:0"]
                + kit.showing())
        _ = try kit.python(
            """
            c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            c.connect(("127.0.0.1", int(arguments[0])))
            c = dialing(c); c.sendall(b"x" * 60000); hold()
            """, try await server.listening().port)
        let failed = try await server.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "timeout", "\(failed)")
        #expect(failed["error"]?["operation"]?.string == "write", "\(failed)")
    }

    @Test func `long messages of several writers do not come between each other`() async throws {
        let kit = try await CertificateKit.shared()
        let reader = try kit.python(
            """
            c = serving(take(serve()))
            data = []
            while part := c.recv(1 << 20): data.append(part)
            farewell(c)
            data = b"".join(data)
            parts = [data[i:i + 1048576] for i in range(0, len(data), 1048576)]
            say(len(parts), sum(len(set(part)) > 1 for part in parts))
            """)
        let place = "127.0.0.1:\(try await reader.port())"
        let outcome = try await sockctl(
            ["dial", "--writers", "3", "--messages", "5", "--message-size", "1M", "--sndbuf", "32K", place]
                + kit.trusting
        ).finish()
        outcome.expect(status: 0)
        try await reader.finish(within: .seconds(60)).expect(lines: ["15 0"], after: 1)
    }
}
