import Glibc
import Testing

/// `forward --proxy`: clients that know of no proxy reach what is behind one.
@Suite(.endToEnd, .needsSockctl) struct ForwardThroughProxyTests {
    private func echo() async throws -> Int {
        try await sockctl("listen", "-k", "127.0.0.1:0", "--serve", "echo").listening().port
    }

    private func proxy(_ options: String...) async throws -> String {
        "127.0.0.1:\(try await sockctl(["listen", "--serve", "proxy", "127.0.0.1:0"] + options).listening().port)"
    }

    private func expectEcho(of port: Int) async throws {
        let outcome = try await sockctl("dial", "--timeout", "30s", "--send", "ping", "127.0.0.1:\(port)").finish()
        outcome.expect(status: 0)
        outcome.expect(out: "ping")
    }

    @Test func `a target's name is looked up by the proxy and not here, and all that is said gets through`()
        async throws
    {
        let target = "server.test:\(try await echo())"
        // Only the proxy knows that name.
        let place = try await proxy("--resolve", "server.test=127.0.0.1")
        let forward = try sockctl(
            "forward", "-v", "--json", "-n", "--proxy", "socks5h://\(place)", "127.0.0.1:0", target)
        let port = try await forward.listening().port
        let bytes = noise(300_000)
        let outcome = try await sockctl(["dial", "127.0.0.1:\(port)"], input: .bytes(bytes)).finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.bytes == bytes, "\(outcome.bytes.count) bytes")
        let proxied = try await forward.waitForEvent("proxied")
        #expect(proxied["proxy"]?.string == "socks5h://\(place)" && proxied["target"]?.string == target)
        #expect(proxied["connection"]?.integer == 1)
        try await expectEcho(of: port)
    }

    @Test func `who is refused by the proxy is reset, and the next target has the connection`() async throws {
        let (open, closed) = (try await echo(), try refusingPort())
        let place = try await proxy("--proxy-auth", "ann:s3cret", "--target-deny", "127.0.0.9")
        let file = try scratch("credentials")
        try writeFile(file, Array("ann:s3cret\n".utf8))
        let line = ["forward", "--json", "--proxy", "http://\(place)", "--proxy-auth-file", file, "127.0.0.1:0"]
        let denied = try sockctl(line + ["127.0.0.9:1"])
        let refused = try await sockctl("dial", "127.0.0.1:\(try await denied.listening().port)").finish()
        refused.expect(status: 74)
        let error = try await denied.waitForEvent("failed")
        let failure = error["error"]
        #expect(
            failure?["message"]?.string?.contains("proxy \(place): ") == true && failure?["code"]?.string == "denied")
        let two = try sockctl(line + ["127.0.0.1:\(closed)", "--target", "127.0.0.1:\(open)"])
        try await expectEcho(of: try await two.listening().port)
        #expect(try await two.waitForEvent("target-down")["target"]?.string?.contains("\(closed)") == true)
    }

    @Test func `a Unix socket leads through a proxy, and no proxy leads to one`() async throws {
        let (target, place, path) = (try await echo(), try await proxy(), try scratch("near"))
        let forward = try sockctl("forward", "unix:\(path)", "127.0.0.1:\(target)", "--proxy", "socks4://\(place)")
        _ = try await forward.waitForLine(containing: "listening on")
        let outcome = try await sockctl("dial", "--send", "ping", "unix:\(path)").finish()
        outcome.expect(out: "ping")
        let refused = try await sockctl("forward", "127.0.0.1:0", "unix:\(path)", "--proxy", "socks4://\(place)")
            .finish()
        refused.expect(status: 64)
        #expect(refused.err.contains("'--proxy' leads to hosts and ports"), "\(refused)")
    }
}
