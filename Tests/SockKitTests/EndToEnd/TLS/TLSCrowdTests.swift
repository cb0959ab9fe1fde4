import Glibc
import Testing

/// Many at once, and what costs nothing where it is not asked for.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl)) struct TLSCrowdTests {
    @Test(.needs(.python3)) func `hundreds of clients are served at once, by one thread`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let clients = try await kit.python(
            """
            made = rules(trusted="root", server=False)
            crowd = [dialing(dial(arguments[0]), made=made) for _ in range(300)]
            for number, c in enumerate(crowd): c.sendall(b"%d" % number)
            say(all(c.recv(9) == b"%d" % number for number, c in enumerate(crowd)))
            """, server.listening().port
        ).finish()
        clients.expect(lines: ["True"])
        #expect(try threads(of: server.pid) == 1)
    }

    private func threads(of process: pid_t) throws -> Int {
        let status = String(decoding: try contents(of: "/proc/\(process)/status"), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Threads:") })
        return try #require(Int(line.split(separator: "\t").last ?? ""))
    }

    @Test func `round trips are measured, whatever else a server has to say`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        for _ in 0..<10 {
            let outcome = try await sockctl(["dial", "--send", "hi", "--count", "3", place] + kit.trusting).finish()
            outcome.expect(status: 0)
            outcome.expect(out: "hihihi")
        }
    }

    @Test(.needs(.python3)) func `a server that is mute before TLS is given up in time`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try kit.python("c = take(serve()); say(c.recv(9))")
        let outcome = try await sockctl(
            [
                "dial", "--starttls", "imap", "--tls-handshake-timeout", "300ms",
                "127.0.0.1:\(try await server.port())",
            ] + kit.trusting
        ).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(300) && outcome.elapsed < patience)
    }

    @Test(.needs(.curl)) func `a proxy is spoken to through TLS, and leads on`() async throws {
        let kit = try await CertificateKit.shared()
        let site = try sockctl(["http-serve", "127.0.0.1:0"])
        let proxy = try sockctl(
            ["listen", "--serve", "proxy", "--proxy-auth", "ann:secret", "127.0.0.1:0"] + kit.showing())
        let place = "https://ann:secret@127.0.0.1:\(try await proxy.listening().port)"
        let url = "http://127.0.0.1:\(try await site.listening().port)/bytes/70000"
        for options in [[], ["--proxytunnel"]] {
            let outcome = try await start(
                #require(Tool.curl.path),
                ["-sS", "--noproxy", "", "--proxy", place, "--proxy-cacert", kit.root, url] + options
            ).finish()
            outcome.expect(status: 0)
            #expect(outcome.bytes.count == 70_000, "\(outcome.err)")
        }
    }

    @Test func `without --tls no library for it is opened`() async throws {
        let server = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"])
        _ = try await server.listening()
        let plain = String(decoding: try contents(of: "/proc/\(server.pid)/maps"), as: UTF8.self)
        #expect(!plain.contains("libssl") && !plain.contains("libcrypto"))
        let kit = try await CertificateKit.shared()
        let secured = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        _ = try await secured.listening()
        #expect(String(decoding: try contents(of: "/proc/\(secured.pid)/maps"), as: UTF8.self).contains("libssl"))
    }

    @Test(.needs(.python3))
    func `with --starttls smtp a mail server is asked for TLS first, and what it injects is refused`()
        async throws
    {
        let kit = try await CertificateKit.shared()
        let server = try kit.python(
            """
            s = serve()
            for extra in (b"", b"250 injected\\r\\n"):
                c, _ = s.accept()
                c.sendall(b"220-mail.test\\r\\n220 ready\\r\\n"); say(c.recv(99).split()[0].decode())
                c.sendall(b"250-mail.test\\r\\n250 STARTTLS\\r\\n"); say(c.recv(99).decode().strip())
                c.sendall(b"220 go\\r\\n" + extra)
                if not extra: c = serving(c); c.sendall(b"250 in secret\\r\\n"); farewell(c)
                c.close()
            """)
        let place = "127.0.0.1:\(try await server.port())"
        let words = ["dial", "--starttls", "smtp", place] + kit.trusting
        let first = try await sockctl(words).finish()
        first.expect(status: 0)
        first.expect(out: "250 in secret\r\n")
        let second = try await sockctl(words).finish()
        second.expect(out: "")
        second.expect(status: 65)
        #expect(try await server.finish().lines.dropFirst() == ["EHLO", "STARTTLS", "EHLO", "STARTTLS"])
    }
}
