import Testing

/// Peers that do not speak TLS: plain text, rubbish, silence, and an end where an answer should be.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSStrangersTests {
    // MARK: Servers

    @Test(arguments: [
        #"c.sendall(b'220 mail.test ESMTP ready\r\n')"#, #"c.sendall(b'hello\n')"#,
        #"c.recv(1 << 16); c.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')"#,
    ])
    func `a server that speaks plain text is told as one`(script: String) async throws {
        let peer = try python("c = take(serve()); \(script); say(b'secret' in drain(c))")
        let words = ["dial", "--tls", "127.0.0.1:\(try await peer.port())"]
        let outcome = try await sockctl(words, input: .text("secret")).finish()
        outcome.expect(status: 69)
        outcome.expect(out: "")
        #expect(outcome.err.contains("plain text"), "\(outcome)")
        try await peer.finish().expect(lines: ["False"], after: 1)
    }

    @Test func `for machines it is the error 'handshake'`() async throws {
        let peer = try python("c = take(serve()); c.sendall(b'220 ready\\r\\n'); drain(c)")
        let outcome = try await sockctl("dial", "--tls", "--json", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 69)
        let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["code"]?.string == "handshake", "\(failed)")
    }

    @Test func `rubbish is a handshake that fails, and not plain text that could be spoken`() async throws {
        let peer = try python("c = take(serve()); c.sendall(bytes([22, 3, 3, 0, 4, 99, 0, 0, 0])); drain(c)")
        let outcome = try await sockctl("dial", "--tls", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 69)
        #expect(!outcome.err.contains("plain text"), "\(outcome)")
    }

    // The last is an alert in clear, which anybody in between can send: close_notify.
    @Test(arguments: [
        "c.recv(1 << 16); c.close()", "c.recv(1 << 16); c.sendall(bytes([22, 3, 3])); c.close()",
        "c.recv(1 << 16); c.sendall(bytes([21, 3, 3, 0, 2, 1, 0])); drain(c)",
    ])
    func `a server that ends instead of an answer cuts the handshake off`(script: String) async throws {
        let peer = try python("c = take(serve()); \(script)")
        let outcome = try await sockctl("dial", "--tls", "--json", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 74)
        let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["code"]?.string == "truncated", "\(failed)")
    }

    @Test func `a server that says nothing is given up at --tls-handshake-timeout`() async throws {
        let peer = try python("c = take(serve()); hold()")
        let words = ["--json", "--tls-handshake-timeout", "400ms", "127.0.0.1:\(try await peer.port())"]
        let outcome = try await sockctl(["dial", "--tls"] + words, input: .open).finish()
        outcome.expect(status: 75)
        // It is not the default, which is 10 s.
        #expect(outcome.elapsed >= .milliseconds(400) && outcome.elapsed < patience, "\(outcome)")
        let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["code"]?.string == "timeout", "\(failed)")
    }

    // MARK: Clients

    @Test func `plain text, rubbish and an end are each the end of one connection, and the next is served`()
        async throws
    {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "-k", "--serve", "echo", "--json", "127.0.0.1:0", "--tls-handshake-timeout", "2s"]
                + kit.showing())
        let client = try kit.python(
            """
            def say_to_it(bytes):
                c = dial(arguments[0]); c.sendall(bytes)
                if not bytes: c.shutdown(socket.SHUT_WR)
                try: drain(c)
                except ConnectionResetError: pass
                c.close()
            say_to_it(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
            say_to_it(b"hello\\n")
            say_to_it(bytes(range(256)) * 40)
            say_to_it(bytes([22, 3, 1, 0]) * 100)
            say_to_it(b"")
            silent = dial(arguments[0])
            c = dialing(dial(arguments[0])); c.sendall(b"ping"); say(c.recv(100)); farewell(c)
            try: say(drain(silent))
            except ConnectionResetError: say(b"")
            """, try await server.listening().port)
        try await client.finish().expect(lines: ["b'ping'", "b''"])
        let failures = try await server.waitForEvents("failed", count: 6)
        let messages = failures.map { $0["error"]?["message"]?.string ?? "" }
        // What it said is told with it.
        #expect(messages.count == 6 && messages[0].contains("GET / HTTP/1.1"), "\(messages)")
        #expect(messages[0].contains("plain text") || messages[0].contains("no TLS"), "\(messages)")
        let codes = failures.map { $0["error"]?["code"]?.string ?? "" }
        #expect(codes.last == "timeout" && Set(codes).isSubset(of: ["handshake", "truncated", "timeout"]), "\(codes)")
        #expect(server.record.status == nil)
    }

    @Test func `without -k whoever speaks no TLS is not the one that was waited for`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--tls-half-close", "127.0.0.1:0"] + kit.showing(), input: .text("hello"))
        let client = try kit.python(
            """
            dial(arguments[0]).close()
            c = dial(arguments[0]); c.sendall(b"no TLS\\n")
            try: drain(c)
            except ConnectionResetError: pass
            begun, hello = ssl.MemoryBIO(), ssl.MemoryBIO()
            client = rules(trusted="root", server=False).wrap_bio(begun, hello, server_hostname="localhost")
            try: client.do_handshake()
            except ssl.SSLWantReadError: pass
            c = dial(arguments[0]); c.sendall(hello.read() + bytes([21, 3, 3, 0, 2, 1, 0]))
            try: drain(c)
            except ConnectionResetError: pass
            slow = dial(arguments[0])
            c = dialing(dial(arguments[0])); say(c.recv(9))
            try: say(drain(slow))
            except ConnectionResetError: say(b"")
            farewell(c)
            """, try await server.listening().port)
        try await client.finish().expect(lines: ["b'hello'", "b''"])
        try await server.finish().expect(status: 0)
    }

    @Test func `a limit on reads that comes before the handshake's is told as itself`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "-k", "--serve", "echo", "--json", "--read-timeout", "300ms", "127.0.0.1:0"] + kit.showing())
        _ = try await python("c = dial(arguments[0]); hold()", server.listening().port)
        let failed = try await server.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "timeout", "\(failed)")
        let message = failed["error"]?["message"]?.string ?? ""
        #expect(message.contains("i/o timeout") && !message.contains("handshake"), "\(failed)")
    }

    @Test func `a client whose handshake takes long holds nobody else up`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-k", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let client = try kit.python(
            """
            slow = [dial(arguments[0]) for _ in range(20)]
            for c in slow[10:]: c.sendall(bytes([22, 3, 1, 2, 0, 1]))
            c = dialing(dial(arguments[0])); c.sendall(b"ping"); say(c.recv(100))
            """, try await server.listening().port)
        try await client.finish().expect(lines: ["b'ping'"])
    }

    // MARK: Without the library

    @Test func `where no library is, that is told in a sentence, and all else goes on`() async throws {
        let nowhere = ["SOCKCTL_LIBSSL": "/nowhere/libssl.so.3", "NO_COLOR": "1"]
        let program = try #require(Binary.sockctl)
        let silent = try await python("drain(take(serve()))").port()
        let words = ["dial", "--tls", "127.0.0.1:\(silent)"]
        let outcome = try await start(program, words, environment: nowhere).finish()
        outcome.expect(status: 69)
        #expect(outcome.err.contains("/nowhere/libssl.so.3"), "\(outcome)")
        let peer = try python("c = take(serve()); c.sendall(b'plain'); c.close()")
        let plain = try await start(program, ["dial", "127.0.0.1:\(peer.port())"], environment: nowhere).finish()
        plain.expectQuietErrors(status: 0)
        plain.expect(out: "plain")
    }
}
