import Glibc
import SockKit
import Testing

/// `--proxy`: through proxies that others wrote, and what is said of those that refuse.
@Suite(.endToEnd, .needsSockctl) struct ProxyTests {
    private func echo() async throws -> Int {
        try await sockctl("listen", "-k", "127.0.0.1:0", "--serve", "echo").listening().port
    }

    private func microsocks(_ options: String...) async throws -> Int {
        try await start(#require(Tool.microsocks.path), ["-i", "127.0.0.1", "-p", "0"] + options).boundPort()
    }

    private func ncat(_ options: String...) async throws -> Int {
        // As a proxy it listens at all addresses, whatever it is told, with a port of its own for each family.
        try await start(#require(Tool.ncat.path), ["-4", "-l", "--proxy-type", "http"] + options + ["127.0.0.1", "0"])
            .boundPort()
    }

    /// A program that must be told its port beforehand.
    private func configured(_ tool: Tool, _ arguments: [String], by configuration: (Int) -> String) async throws -> Int
    {
        let port = try unboundPort()
        let path = try scratch("\(tool.rawValue).conf")
        try writeFile(path, Array(configuration(port).utf8))
        let process = try start(#require(tool.path), arguments + [path])
        #expect(try await process.boundPort() == port)
        return port
    }

    private func danted() async throws -> Int {
        try await configured(.danted, ["-f"]) { port in
            """
            logoutput: /dev/null
            internal: 127.0.0.1 port = \(port)
            external: lo
            socksmethod: none
            clientmethod: none
            user.privileged: root
            user.unprivileged: nobody
            client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
            socks block { from: 0.0.0.0/0 to: 127.0.0.9/32 }
            socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 command: connect udpassociate udpreply }

            """
        }
    }

    private func tinyproxy() async throws -> Int {
        try await configured(.tinyproxy, ["-d", "-c"]) { port in
            "Port \(port)\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\nBasicAuth ann s3cret\nAllow 127.0.0.1\n"
        }
    }

    /// Sends a word through the proxies and has it echoed.
    private func ping(_ proxies: [String], _ options: String..., to address: String) async throws {
        let line = ["dial", "--timeout", "30s"] + proxies.flatMap { ["--proxy", $0] } + options
        let outcome = try await sockctl(line + ["--send", "ping", address]).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "ping")
    }

    private func expect(
        _ status: Int32, _ message: String, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await sockctl(["dial", "--timeout", "30s"] + words).finish()
        outcome.expect(status: status)
        #expect(outcome.err.hasPrefix("sockctl: \(message)"), "\(outcome)", sourceLocation: sourceLocation)
    }

    // MARK: Peers

    @Test(.needs(.microsocks)) func `microsocks leads on, by address and by name, and its refusals are told in words`()
        async throws
    {
        let (target, proxy) = (try await echo(), try await microsocks())
        let place = "127.0.0.1:\(proxy)"
        try await ping(["socks5://\(place)"], to: "localhost:\(target)")
        // With --no-dns no name is looked up here, so it is the proxy that does.
        try await ping(["socks5h://\(place)"], "-n", to: "localhost:\(target)")
        let closed = try refusingPort()
        try await expect(
            69, "dial tcp 127.0.0.1:\(closed): proxy \(place): connection refused\n", "--proxy", "socks5://\(place)",
            "127.0.0.1:\(closed)")
        try await expect(
            69, "dial tcp nowhere.invalid:1: proxy \(place): general SOCKS server failure\n", "--proxy",
            "socks5h://\(place)", "nowhere.invalid:1")
        try await expect(
            64, "dial tcp: lookup localhost: names are not looked up with --no-dns\n", "-n", "--proxy",
            "socks5://\(place)", "localhost:\(target)")
        let retried = try await sockctl(
            "dial", "--retry", "2", "--retry-delay", "1ms", "--proxy", "socks5://\(place)", "127.0.0.1:\(closed)"
        ).finish()
        retried.expect(status: 69)
        #expect(retried.err.split(separator: "\n").count { $0.contains("connection refused") } == 3, "\(retried)")
    }

    @Test(.needs(.microsocks)) func `microsocks wants a password, which is told to it and to nobody else`() async throws
    {
        let (target, proxy) = (try await echo(), try await microsocks("-u", "ann", "-P", "s3c:ret"))
        let place = "127.0.0.1:\(proxy)"
        let message = "dial tcp 127.0.0.1:\(target): proxy \(place): "
        try await expect(
            77, message + "authentication required\n", "--proxy", "socks5://\(place)", "127.0.0.1:\(target)")
        try await expect(
            77, message + "user or password refused\n", "--proxy", "socks5://ann:guess@\(place)", "127.0.0.1:\(target)")
        let file = try scratch("credentials")
        try writeFile(file, Array("ann:s3c:ret\r\nnot this\n".utf8))
        try await ping(["socks5://\(place)"], "--proxy-auth-file", file, to: "127.0.0.1:\(target)")
        for reports in [["-vv", "--trace"], ["--json", "--trace", "-vv"]] {
            let outcome = try await sockctl(
                ["dial", "--proxy", "socks5h://ann:s3c%3aret@\(place)", "--send", "ping"] + reports
                    + ["127.0.0.1:\(target)"]
            ).finish()
            outcome.expect(status: 0)
            #expect(outcome.err.contains("socks5h://\(place)"), "\(outcome)")
            #expect(!outcome.err.contains("ann") && !outcome.err.contains("s3c"), "\(outcome)")
        }
    }

    @Test(.needs(.danted), .enabled(if: getuid() == 0, "needs root for danted"))
    func `dante speaks all of SOCKS, and has rules`() async throws {
        let (target, proxy) = (try await echo(), try await danted())
        for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
            try await ping(["\(scheme)://127.0.0.1:\(proxy)"], to: "127.0.0.1:\(target)")
        }
        try await expect(
            77, "dial tcp 127.0.0.9:1: proxy 127.0.0.1:\(proxy): connection refused by ruleset\n", "--proxy",
            "socks5://127.0.0.1:\(proxy)", "127.0.0.9:1")
        try await expect(
            69, "dial tcp 127.0.0.9:1: proxy 127.0.0.1:\(proxy): request rejected or failed\n", "--proxy",
            "socks4://127.0.0.1:\(proxy)", "127.0.0.9:1")
    }

    @Test(.needs(.danted), .enabled(if: getuid() == 0, "needs root for danted"))
    func `datagrams go through dante's relay and back`() async throws {
        let target = try await sockctl("listen", "-u", "127.0.0.1:0", "--serve", "echo").listening().port
        let proxy = "socks5h://127.0.0.1:\(try await danted())"
        let words = ["one", "", String(repeating: "x", count: 9000)]
        let sent = try await sockctl(
            ["udp-send", "--json", "-w", "10s", "--proxy", proxy, "127.0.0.1:\(target)"] + words
        )
        .finish()
        sent.expect(status: 0)
        let replies = try Event.all(in: sent.out).filter { $0.name == "reply" }.compactMap { $0["payload"]?.string }
        #expect(replies.sorted() == words.sorted())
        #expect(try Event.all(in: sent.out).last?["bytes"]?.integer == 9003)
        let asked = try await sockctl("dial", "-u", "--proxy", proxy, "--send", "ping", "127.0.0.1:\(target)").finish()
        asked.expect(status: 0)
        asked.expect(out: "ping")
    }

    @Test(.needs(.microsocks)) func `a proxy that has no relay for datagrams says so`() async throws {
        let proxy = try await microsocks()
        let outcome = try await sockctl(
            "udp-send", "--proxy", "socks5://127.0.0.1:\(proxy)", "127.0.0.1:9", "x"
        ).finish()
        outcome.expect(status: 69)
        #expect(outcome.err.contains("proxy 127.0.0.1:\(proxy): command not supported"), "\(outcome)")
    }

    @Test(.needs(.tinyproxy)) func `tinyproxy is told a password once it asks`() async throws {
        let (target, proxy) = (try await echo(), try await tinyproxy())
        let place = "127.0.0.1:\(proxy)"
        try await ping(["http://ann:s3cret@\(place)"], to: "localhost:\(target)")
        let message = "dial tcp 127.0.0.1:\(target): proxy \(place): "
        try await expect(77, message + "authentication required\n", "--proxy", "http://\(place)", "127.0.0.1:\(target)")
        try await expect(77, message, "--proxy", "http://ann:guess@\(place)", "127.0.0.1:\(target)")
    }

    @Test(.needs(.ncat)) func `ncat's HTTP proxy is told a password in the best way that it knows`() async throws {
        let target = try await echo()
        try await ping(["http://127.0.0.1:\(try await ncat())"], to: "127.0.0.1:\(target)")
        let proxy = try await ncat("--proxy-auth", "ann:s3cret")
        try await ping(["http://ann:s3cret@127.0.0.1:\(proxy)"], to: "127.0.0.1:\(target)")
        try await expect(
            77, "dial tcp 127.0.0.1:\(target): proxy 127.0.0.1:\(proxy): user or password refused\n", "--proxy",
            "http://ann:guess@127.0.0.1:\(proxy)", "127.0.0.1:\(target)")
    }

    // MARK: Uses

    @Test(.needs(.microsocks, .ncat)) func `a chain is passed in its order, and each proxy is told`() async throws {
        let (target, first, second) = (try await echo(), try await microsocks(), try await ncat())
        let outcome = try await sockctl(
            "dial", "--json", "--proxy", "socks5h://127.0.0.1:\(first)", "--proxy", "http://127.0.0.1:\(second)",
            "--send",
            "ping", "127.0.0.1:\(target)"
        ).finish()
        outcome.expect(status: 0)
        let told = try Event.all(in: outcome.err).filter { $0.name == "proxied" }
        #expect(told.map { $0["proxy"]?.string } == ["socks5h://127.0.0.1:\(first)", "http://127.0.0.1:\(second)"])
        #expect(told.map { $0["target"]?.string } == ["127.0.0.1:\(second)", "127.0.0.1:\(target)"])
        #expect(told.allSatisfy { ($0["seconds"]?.number ?? 0) > 0 && $0["remote"]?.string == "127.0.0.1:\(first)" })
    }

    @Test(.needs(.microsocks)) func `http-get asks through tunnels, which it keeps as any connection`() async throws {
        let server = try await sockctl("http-serve", "127.0.0.1:0").listening().port
        let proxy = "socks5h://127.0.0.1:\(try await microsocks())"
        let url = "http://127.0.0.1:\(server)/status/200"
        let outcome = try await sockctl("http-get", "--json", "--proxy", proxy, url, url).finish()
        outcome.expect(status: 0)
        let events = try Event.all(in: outcome.err)
        #expect(events.count { $0.name == "proxied" } == 1)
        let exchanges = events.filter { $0.name == "exchange" }
        #expect(exchanges.map { $0["reused"]?.bool } == [false, true])
        #expect(exchanges.allSatisfy { $0["proxy"]?.string == proxy })
        let load = try await sockctl("http-get", "--repeat", "40", "--parallel", "4", "--proxy", proxy, url).finish()
        load.expect(status: 0)
        let refused = try await sockctl("http-get", "--proxy", proxy, "http://127.0.0.1:\(try refusingPort())/")
            .finish()
        refused.expect(status: 69)
        #expect(refused.err.contains(": connection refused"), "\(refused)")
    }

    @Test(.needs(.microsocks, .ncat)) func `a scan tells what the proxy says of each place`() async throws {
        let (target, closed) = (try await echo(), try refusingPort())
        let proxy = try await microsocks()
        let outcome = try await sockctl(
            "dial", "-zv", "-n", "--proxy", "socks5h://127.0.0.1:\(proxy)", "localhost", "\(target),\(closed)"
        ).finish()
        outcome.expect(status: 0)
        let states = outcome.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(states.sorted() == ["localhost:\(closed) refused", "localhost:\(target) open"].sorted())
        let vague = try await sockctl(
            "dial", "-z", "--json", "--proxy", "http://127.0.0.1:\(try await ncat())", "127.0.0.1", "\(closed)"
        ).finish()
        vague.expect(status: 1)
        let found = try #require(Event.all(in: vague.out).first { $0.name == "scanned" })
        #expect(found["state"]?.string == "filtered" && found["reason"]?.string == "504 Gateway Timeout")
        #expect(found["remote"]?.string == "127.0.0.1:\(closed)")
        let broken = try await sockctl("dial", "-z", "--proxy", "socks5://127.0.0.1:\(closed)", "127.0.0.1", "1-9")
            .finish()
        broken.expect(status: 69)
        #expect(broken.err.contains("proxy 127.0.0.1:\(closed): dial tcp"), "\(broken)")
    }

    @Test(.needsIPv6) func `where a scan comes from is about the way to the proxy, not about what is behind it`()
        async throws
    {
        let target = try await sockctl("listen", "-k", "[::1]:0", "--serve", "discard").listening().port
        let proxy = try await sockctl("listen", "--serve", "proxy", "127.0.0.1:0").listening().port
        let outcome = try await sockctl(
            "dial", "-z", "--source", "127.0.0.1", "--proxy", "socks5://127.0.0.1:\(proxy)", "::1", "\(target)"
        ).finish()
        outcome.expectQuietErrors(status: 0)
    }

    @Test(.needs(.microsocks)) func `the environment is obeyed where it is asked for, and only there`() async throws {
        let (target, proxy) = (try await echo(), try await microsocks())
        func run(_ words: String) async throws -> Outcome {
            let line = "\(words.replacing("SOCKCTL", with: "exec '\(try #require(Binary.sockctl))'"))"
            return try await start(.sh, "-c", line).finish()
        }
        let variables = "all_proxy=socks5h://ann:s3cret@127.0.0.1:\(proxy)"
        let rest = "--json --send ping 127.0.0.1:\(target)"
        for (words, isProxied) in [
            ("\(variables) SOCKCTL dial \(rest)", false), ("\(variables) SOCKCTL dial --proxy env \(rest)", true),
            ("\(variables) NO_PROXY=127.0.0.0/8 SOCKCTL dial --proxy env \(rest)", false),
            ("SOCKCTL dial --proxy env \(rest)", false),
        ] {
            let outcome = try await run(words)
            outcome.expect(status: 0)
            #expect(try Event.all(in: outcome.err).contains { $0.name == "proxied" } == isProxied, "\(words)")
        }
        let wrong = try await run("ALL_PROXY=ftp://ann:s3cret@x SOCKCTL dial --proxy env 127.0.0.1:\(target)")
        wrong.expect(status: 64)
        #expect(wrong.err.contains("ALL_PROXY: a proxy is not spoken to by ftp") && !wrong.err.contains("s3cret"))
    }

    @Test func `a proxy that stalls is given up at the time-out`() async throws {
        let silent = try await sockctl("listen", "-k", "127.0.0.1:0", "--serve", "discard").listening().port
        let outcome = try await sockctl(
            "dial", "--timeout", "300ms", "--proxy", "http://127.0.0.1:\(silent)", "some.example:80"
        ).finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("dial tcp some.example:80: proxy 127.0.0.1:\(silent): i/o timeout"), "\(outcome)")
    }

    // MARK: Mistakes

    @Test(arguments: [
        ("dial --proxy ann:s3cret@x:1 a:1", "'--proxy': a proxy is a URL"),
        ("dial --proxy socks9://ann:s3cret@x a:1", "'--proxy': a proxy is not spoken to by socks9"),
        ("dial --proxy socks4://ann:s3cret@x a:1", "SOCKS4 has no password"),
        ("dial --proxy env --proxy http://x a:1", "leave out the other '--proxy'"),
        ("dial --proxy-auth-file f a:1", "give '--proxy' too"),
        ("dial --proxy http://x unix:/a", "'--proxy' has no meaning for unix"),
        ("dial -zu --proxy socks5://x a 1", "'--proxy' and a scan of datagrams exclude each other"),
        ("dial -z --source-port 5 --proxy socks5://x a 1", "from port 5 only one connection leads to a proxy"),
        ("udp-send --proxy socks5://x a:1,b:2 t", "leads to one address"),
        ("forward 0 unix:/a --proxy socks5://x", "'--proxy' leads to hosts and ports"),
        ("forward -u 0 127.0.0.1:1 --proxy socks5://x", "'--proxy' leads connections through a proxy"),
        ("udp-send --proxy socks5://x --unconnected a:1 t", "'--unconnected' is about the network here"),
        ("http-get --proxy socks5://x --unix-socket /a http://a/", "'--proxy' has no meaning for a Unix socket"),
        ("udp-send --proxy http://x 127.0.0.1:1 t", "socks5 and socks5h proxies only"),
        ("dial -u --proxy socks5://x --proxy socks5://y 127.0.0.1:1", "datagrams go through one proxy"),
    ])
    func `what makes no sense is a usage error, which repeats no password`(words: String, message: String) async throws
    {
        let outcome = try await sockctl(words.split(separator: " ").map(String.init)).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(message) && !outcome.err.contains("s3cret"), "\(outcome)")
    }

    @Test func `a file of credentials that is missing, or is none, ends it`() async throws {
        let file = try scratch("credentials")
        let line = ["dial", "--proxy", "socks5://127.0.0.1:1", "--proxy-auth-file", file, "127.0.0.1:1"]
        try await sockctl(line).finish().expect(status: 66)
        try writeFile(file, Array("secretwithoutcolon\n".utf8))
        let outcome = try await sockctl(line).finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("the first line is not USER:PASS") && !outcome.err.contains("withoutcolon"))
    }
}
