import Glibc
import Testing

/// TLS with datagrams (DTLS 1.2).
@Suite(.endToEnd, .needsSockctl, .needs(.openssl)) struct TLSDatagramTests {
    @Test func `a conversation has a beginning, messages, and an end each way`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "-u", "--json", "--tls-half-close", "127.0.0.1:0"] + kit.showing(), input: .open)
        let client = try sockctl(
            ["dial", "-u", "--json", "--tls-half-close", "127.0.0.1:\(try await server.listening().port)"]
                + kit.trusting, input: .open)
        let event = try await client.waitForEvent("tls")
        #expect(event["version"]?.string == "DTLSv1.2" && event["verified"]?.bool == true, "\(event)")
        client.send("there\n")
        try await server.waitForOutput("there\n")
        server.send("and back\n")
        try await client.waitForOutput("and back\n")
        client.closeInput()
        server.closeInput()
        try await client.finish().expect(status: 0)
        try await server.finish().expect(status: 0)
    }

    @Test func `each client of a service has a socket of its own, and they do not get each other's`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-u", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        let clients = try (0..<5).map { _ in try sockctl(["dial", "-u", place] + kit.trusting, input: .open) }
        for round in 0..<3 {
            for (number, client) in clients.enumerated() { client.send("\(number) \(round)\n") }
            for (number, client) in clients.enumerated() {
                try await client.waitForOutput((0...round).map { "\(number) \($0)\n" }.joined())
            }
        }
    }

    @Test func `messages that come one right after the other are all read, and the end behind them`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-u", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        for _ in 0..<10 {
            let text = String(repeating: "x", count: 40_000)
            let outcome = try await sockctl(
                ["dial", "-u", "--tls-half-close", place] + kit.trusting, input: .text(text)
            ).finish()
            outcome.expect(status: 0)
            outcome.expect(out: text)
        }
    }

    @Test func `after the end of standard input a second of silence is the end, where nobody is told`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-u", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl(["dial", "-u", place] + kit.trusting, input: .text("there and back")).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "there and back")
    }

    @Test func `openssl's client and server speak it with us`() async throws {
        let kit = try await CertificateKit.shared()
        let path = try #require(Tool.openssl.path)
        let echo = try sockctl(["listen", "-u", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let client = try start(
            path,
            [
                "s_client", "-dtls1_2", "-connect", "127.0.0.1:\(try await echo.listening().port)", "-quiet", "-CAfile",
                kit.root, "-verify_return_error",
            ], input: .open)
        client.send("through openssl\n")
        try await client.waitForOutput("through openssl\n")
        let port = try unboundPort()
        let server = try start(
            path,
            [
                "s_server", "-dtls1_2", "-accept", "127.0.0.1:\(port)", "-cert", kit.chain(.good), "-cert_chain",
                kit.file("intermediate.crt"), "-key", kit.key(.good), "-quiet",
            ], input: .open)
        _ = try await server.boundPort(datagram: true)
        let dial = try sockctl(["dial", "-u", "127.0.0.1:\(port)"] + kit.trusting, input: .open)
        dial.send("to openssl\n")
        try await server.waitForOutput("to openssl\n")
    }

    @Test func `a server that cannot prove who it is gets no datagram of ours`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-u", "127.0.0.1:0"] + kit.showing(.selfSigned))
        let dial = try sockctl(
            ["dial", "-u", "127.0.0.1:\(try await server.listening().port)"] + kit.trusting, input: .text("secret"))
        let outcome = try await dial.finish()
        outcome.expect(status: 77)
        #expect(outcome.err.contains("self-signed"), "\(outcome)")
        // It waits for somebody who trusts it.
        try await server.finish(after: SIGTERM).expect(out: "")
    }

    @Test func `a handshake goes through a link that loses a third of all datagrams, and doubles others`() async throws
    {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-u", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let link = try sockctl([
            "forward", "-u", "127.0.0.1:0", "127.0.0.1:\(try await server.listening().port)", "--fault",
            "loss=33%,duplicate=20%", "--seed", "7",
        ])
        let dial = try sockctl(
            [
                "dial", "-u", "--json", "--tls-handshake-timeout", "60s",
                "127.0.0.1:\(try await link.listening().port)",
            ] + kit.trusting, input: .open)
        let event = try await dial.waitForEvent("tls")
        #expect(event["version"]?.string == "DTLSv1.2", "\(event)")
        // What is said afterwards may be lost: it is said until it comes back.
        var hasComeBack = false
        for number in 0..<200 where !hasComeBack {
            dial.send("still here \(number)\n")
            hasComeBack = (try? await dial.waitForOutput("still here", within: .milliseconds(100))) != nil
        }
        #expect(hasComeBack)
    }

    @Test func `whoever does not answer a handshake is given up in time`() async throws {
        let kit = try await CertificateKit.shared()
        let silent = try sockctl(["udp-recv", "127.0.0.1:0"])
        let outcome = try await sockctl(
            ["dial", "-u", "--tls-handshake-timeout", "1500ms", "127.0.0.1:\(try await silent.listening().port)"]
                + kit.trusting
        ).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(1500) && outcome.elapsed < patience)
    }
}
