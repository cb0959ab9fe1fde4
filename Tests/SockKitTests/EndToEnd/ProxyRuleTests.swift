import Testing

/// Whom a proxy serves, and where it leads.
@Suite(.endToEnd, .needsSockctl) struct ProxyRuleTests {
    @Test func `beyond loopback it does not start unless it is said whom it serves`() async throws {
        let bare = try await sockctl("listen", "--serve", "proxy", ":0").finish()
        bare.expect(status: 64)
        #expect(bare.err.contains("--proxy-auth") && bare.err.contains("--open") && !bare.err.contains("listening"))
        for options in [
            ["--open"], ["--allow", "10.0.0.0/8"], ["--proxy-auth", "a:b"], ["--target-allow", "10.0.0.0/8"],
        ] {
            _ = try await sockctl(["listen", "--serve", "proxy", "0.0.0.0:0"] + options).listening()
        }
        _ = try await sockctl("listen", "--serve", "proxy", "0").listening()
        _ = try await sockctl("listen", "--serve", "proxy", "unix:\(try scratch("proxy"))").waitForLine(
            containing: "listening")
        try await sockctl("listen", "--serve", "proxy", ":0", "--target-deny", "10.0.0.0/8").finish().expect(status: 64)
    }

    @Test func `options of a proxy have no place elsewhere, and bad users are told apart from it`() async throws {
        try await sockctl("listen", "--open", "0").finish().expect(status: 64)
        try await sockctl("listen", "--serve", "echo", "--target-allow", "a", "0").finish().expect(status: 64)
        try await sockctl("listen", "--serve", "proxy", "-u", "0").finish().expect(status: 64)
        try await sockctl("listen", "--serve", "proxy", "--proxy-auth", "ann", "0").finish().expect(status: 64)
        try writeFile(try scratch("users"), Array("ann:secret\nben\n".utf8))
        let bad = try await sockctl("listen", "--serve", "proxy", "--proxy-auth-file", scratch("users"), "0").finish()
        bad.expect(status: 65)
        #expect(bad.err.contains("users, line 2: no USER:PASS") && !bad.err.contains("ben"))
        try writeFile(try scratch("nobody"), Array("# none\n".utf8))
        try await sockctl("listen", "--serve", "proxy", "--proxy-auth-file", scratch("nobody"), "0").finish().expect(
            status: 65)
        try await sockctl("listen", "--serve", "proxy", "--proxy-auth-file", scratch("none"), "0").finish().expect(
            status: 66)
    }

    @Test(
        .needs(.python3),
        arguments: [
            ([], "2 2 2 2 2 2 2"), (["--target-allow", "127.0.0.0/8"], "0 0 0 0 0 2 0"),
            (
                ["--target-allow", "0.0.0.0/0 ::/0", "--target-deny", "127.0.0.0/8 169.254.0.0/16"],
                "2 2 2 2 2 2 2"
            ),
        ])
    func `beyond loopback nobody is led to this machine or its link unless a rule says so`(
        options: [String], codes: String
    ) async throws {
        let proxy = try sockctl(
            ["listen", "--serve", "proxy", "--open", "0.0.0.0:0", "--resolve", "own.test=127.0.0.1"] + options)
        let echo = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let port = try await proxy.listening().port
        let script =
            ProxyTunnelTests.helpers + """
                near, far = int(arguments[0]), int(arguments[1])
                def code(host, port, kind=3):
                    c = dial(near); c.sendall(b"\\x05\\x01\\x00" + request(1, host, port, kind)); c.recv(2)
                    return reply(c)[0]
                codes = [code("127.0.0.1", far, 1), code("0.0.0.0", far, 1), code("::ffff:127.0.0.1", far, 4),
                         code("own.test", far), code("0", far), code("169.254.1.1", 1, 1), code("127.1", far)]
                say(*codes)
                """
        let outcome = try await python(script, port, echo.listening().port).finish()
        outcome.expect(lines: [codes])
    }

    @Test(.needs(.python3)) func `a proxy beyond loopback does not lead to itself by whatever address it has`()
        async throws
    {
        let proxy = try sockctl("listen", "--serve", "proxy", "--open", "0.0.0.0:0")
        let script =
            ProxyTunnelTests.helpers + """
                near = int(arguments[0])
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                try:
                    s.connect(("192.0.2.1", 9)); own = s.getsockname()[0]
                except OSError: own = "127.0.0.1"
                c = dial(near); c.sendall(b"\\x05\\x01\\x00" + request(1, own, near, 1)); c.recv(2)
                say(reply(c)[0])
                """
        try await python(script, proxy.listening().port).finish().expect(lines: ["2"])
    }
}
