import Glibc
import SockKit
import Testing

/// `listen --serve proxy`, asked by the clients that people use.
@Suite(.endToEnd, .needsSockctl) struct ProxyServerTests {
    static func proxy(_ options: String...) throws -> ChildProcess {
        try sockctl(["listen", "--serve", "proxy", "--json", "127.0.0.1:0"] + options)
    }

    private func web() async throws -> (server: ChildProcess, port: Int) {
        let server = try sockctl("http-serve", "127.0.0.1:0")
        return (server, try await server.listening().port)
    }

    private static let ways = [
        ["--socks4", "PROXY"], ["--socks4a", "PROXY"], ["--socks5", "PROXY"], ["--socks5-hostname", "PROXY"],
        ["-x", "http://PROXY"], ["-p", "-x", "http://PROXY"], ["-0", "-x", "http://PROXY"],
    ]

    @Test(.needs(.curl), arguments: ways) func `curl gets through, with a body each way`(way: [String]) async throws {
        let proxy = try Self.proxy()
        let web = try await web()
        let place = "127.0.0.1:\(try await proxy.listening().port)"
        let body = noise(300_000)
        try writeFile(try scratch("body"), body)
        let client = try start(
            #require(Tool.curl.path),
            ["-sS", "--max-time", "50"] + way.map { $0.replacing("PROXY", with: place) } + [
                "--data-binary", "@\(try scratch("body"))", "http://localhost:\(web.port)/echo",
            ])
        let outcome = try await client.finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.bytes == body)
    }

    @Test(.needs(.curl), arguments: [["-T", "-"], ["-T", "-", "-0"]])
    func `a body in chunks passes, and an answer in chunks reaches a client that knows none`(way: [String]) async throws
    {
        let proxy = try Self.proxy()
        let web = try await web()
        let place = "http://127.0.0.1:\(try await proxy.listening().port)"
        let sent = way.contains("-0") ? [] : way
        let path = sent.isEmpty ? "stream/3" : "echo"
        let client = try start(
            #require(Tool.curl.path),
            ["-sS", "-x", place, "http://localhost:\(web.port)/\(path)"] + (sent.isEmpty ? ["-0"] : sent),
            input: .text("hello\n"))
        try await client.finish().expect(
            out: sent.isEmpty ? "chunk 1 of 3\nchunk 2 of 3\nchunk 3 of 3\n" : "hello\n")
    }

    @Test(
        .needs(.curl),
        arguments: [
            (["-x", "http://PROXY", "--proxy-digest"], true), (["-x", "http://PROXY", "--proxy-anyauth"], true),
            (["-x", "http://PROXY"], true), (["-p", "-x", "http://PROXY"], true),
            (["-p", "-x", "http://PROXY", "--proxy-digest"], true), (["--socks5", "PROXY"], true),
            (["--socks4", "PROXY"], false),
        ])
    func `with users, who proves to be one is served, and nobody else`(way: [String], isServed: Bool) async throws {
        try writeFile(try scratch("users"), Array("# who may\n\nben:other\nann:se:cret\n".utf8))
        let proxy = try Self.proxy("--proxy-auth", "eve:x", "--proxy-auth-file", scratch("users"))
        let web = try await web()
        let place = "127.0.0.1:\(try await proxy.listening().port)"
        for (user, isRight) in [("ann:se:cret", true), ("ann:wrong", false), (nil, false)] {
            let client = try start(
                #require(Tool.curl.path),
                ["-sS", "-f", "--max-time", "50"] + way.map { $0.replacing("PROXY", with: place) }
                    + (user.map { ["-U", $0] } ?? []) + ["http://127.0.0.1:\(web.port)/bytes/5"])
            let outcome = try await client.finish()
            #expect(
                (outcome.status == 0 && outcome.bytes.count == 5) == (isRight && isServed), "\(user ?? "-"): \(outcome)"
            )
        }
        let refused = try await proxy.waitForEvent("peer-refused")
        #expect(refused["reason"]?.string?.isEmpty == false && refused["remote"] != nil)
    }

    @Test(.needs(.ncat), arguments: ["socks4", "socks5", "http"])
    func `ncat gets through, and all that was said before its early end is answered`(type: String) async throws {
        let proxy = try Self.proxy()
        let echo = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let (near, far) = (try await proxy.listening().port, try await echo.listening().port)
        let bytes = noise(500_000)
        let client = try start(
            .ncat, "--proxy", "127.0.0.1:\(near)", "--proxy-type", type, "127.0.0.1", "\(far)", input: .bytes(bytes))
        let outcome = try await client.finish()
        #expect(outcome.bytes == bytes, "\(outcome.bytes.count) bytes, status \(outcome.status): \(outcome.err)")
    }

    @Test(
        .needs(.socat),
        arguments: [
            "SOCKS4:127.0.0.1:127.0.0.1:FAR,socksport=NEAR", "SOCKS4A:127.0.0.1:localhost:FAR,socksport=NEAR",
            "PROXY:127.0.0.1:localhost:FAR,proxyport=NEAR",
        ])
    func `socat gets through`(address: String) async throws {
        let proxy = try Self.proxy()
        let echo = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let (near, far) = (try await proxy.listening().port, try await echo.listening().port)
        let bytes = noise(300_000)
        let place = address.replacing("FAR", with: "\(far)").replacing("NEAR", with: "\(near)")
        let client = try start(.socat, "-t10", "-", place, input: .bytes(bytes))
        #expect(try await client.finish().bytes == bytes)
    }

    @Test(.needs(.curl)) func `each way to fail has its own word in each protocol`() async throws {
        let proxy = try Self.proxy("--target-deny", "127.0.0.9", "--resolve", "denied.test=127.0.0.9")
        let near = try await proxy.listening().port
        let refusing = try RefusingPort()
        let closed = try #require(refusing.endpoint.port)
        let cases: [(host: String, socks5: Int, http: Int, word: String)] = [
            ("127.0.0.1:\(closed)", 5, 502, "connection_refused"), ("nosuch.invalid:1", 4, 502, "dns_error"),
            ("127.0.0.9:1", 2, 403, "destination_ip_prohibited"),
            ("denied.test:1", 2, 403, "destination_ip_prohibited"),
        ]
        for (host, socks5, http, word) in cases {
            let page = try start(.curl, "-sSi", "-x", "http://127.0.0.1:\(near)", "http://\(host)/")
            let answer = try await page.finish()
            #expect(answer.out.hasPrefix("HTTP/1.1 \(http) ") && answer.out.contains("error=\(word)"), "\(answer)")
            let tunnel = try start(.curl, "-sS", "-p", "-x", "http://127.0.0.1:\(near)", "http://\(host)/")
            #expect(try await tunnel.finish().err.contains("\(http)"))
            let socks = try start(.curl, "-sS", "--socks5-hostname", "127.0.0.1:\(near)", "http://\(host)/")
            #expect(try await socks.finish().err.contains("(\(socks5))"), "\(host)")
            let old = try start(.curl, "-sS", "--socks4a", "127.0.0.1:\(near)", "http://\(host)/")
            #expect(try await old.finish().err.contains("(91)"), "\(host)")
        }
        let failed = try await proxy.waitForEvent("failed")
        #expect(failed["connection"]?.number == 1 && failed["remote"] != nil)
        let refused = try await proxy.waitForEvent("peer-refused")
        #expect(refused["reason"]?.string == "destination 127.0.0.9:1: a rule of --target-deny names it")
    }
}
