import Testing

/// The end of data under TLS, where a FIN and a close_notify are not the same.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSEndOfDataTests {
    // MARK: The peer's end

    @Test(arguments: Side.allCases)
    func `an end without a close_notify is a truncation, told as one`(side: Side) async throws {
        let pair = try await CertificateKit.shared().join(
            side, ["--json"], version: "1.2", peer: "c.sendall(b'half'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        outcome.expect(out: "half")
        let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["code"]?.string == "truncated", "\(failed)")
    }

    @Test(arguments: Side.allCases)
    func `a truncation is explained`(side: Side) async throws {
        let pair = try await CertificateKit.shared().join(side, version: "1.2", peer: "c.sendall(b'half'); c.close()")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        #expect(outcome.err.contains("close_notify") || outcome.err.contains("truncated"), "\(outcome)")
    }

    @Test(arguments: Side.allCases, ["farewell(c)", "goodbye(c); hold()", "c.unwrap()"])
    func `a close_notify is the end, with a FIN behind it or without`(side: Side, end: String) async throws {
        let pair = try await CertificateKit.shared().join(side, peer: "c.sendall(b'all'); \(end)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "all")
        #expect(side == .listen || outcome.err.isEmpty, "\(outcome)")
    }

    @Test(arguments: Side.allCases)
    func `a reset is a reset, as without TLS`(side: Side) async throws {
        let pair = try await CertificateKit.shared().join(
            side, ["--json"], input: .open, peer: "c.sendall(b'half'); taken(c); reset(c)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 74)
        let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["code"]?.string == "ECONNRESET", "\(failed)")
    }

    @Test func `whoever is led through a proxy is told the end of where it was led`() async throws {
        let kit = try await CertificateKit.shared()
        let proxy = try sockctl(["listen", "--serve", "proxy", "127.0.0.1:0"] + kit.showing())
        let port = try await proxy.listening().port
        let server = try python("c = take(serve()); c.sendall(b'hello\\n'); c.close()")
        let client = try kit.python(
            """
            c = dialing(dial(arguments[0]))
            c.sendall(b"CONNECT 127.0.0.1:%s HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" % arguments[1].encode())
            data, how = ending(c); say(data.endswith(b"\\r\\n\\r\\nhello\\n"), how); farewell(c)
            """, port, try await server.port())
        try await client.finish().expect(lines: ["True told"])
    }

    @Test func `under -k a client that is cut off is told, and the next one is served`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-k", "--json", "127.0.0.1:0"] + kit.showing(), input: .open)
        let client = try kit.python(
            """
            c = dialing(dial(arguments[0]), version="1.2"); c.sendall(b"first\\n"); c.close()
            c = dialing(dial(arguments[0])); c.sendall(b"second\\n"); farewell(c)
            """, try await server.listening().port)
        try await client.finish().expect(status: 0)
        // Either may be read first.
        try await server.waitForOutput("first\n")
        try await server.waitForOutput("second\n")
        let codes = try await server.waitForEvents("failed", count: 1).map { $0["error"]?["code"]?.string }
        #expect(codes == ["truncated"])
    }

    // MARK: Standard input's end

    @Test(arguments: Side.allCases)
    func `the end of standard input sends nothing, and what comes late is read`(side: Side) async throws {
        let pair = try await CertificateKit.shared().join(
            side, input: .text("data"),
            peer: "say(c.recv(100)); say(quiet(c, 0.3)); c.sendall(b'answer'); goodbye(c); say(*ending(c))")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "answer")
        try await pair.expect(told: ["b'data'", "True", "b'' told"])
    }

    @Test(arguments: Side.allCases)
    func `with --tls-half-close it is a close_notify, without a FIN`(side: Side) async throws {
        let pair = try await CertificateKit.shared().join(
            side, ["--tls-half-close"], input: .text("data"),
            peer: "say(*ending(c)); say(quiet(c, 0.3)); c.sendall(b'answer'); farewell(c)")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "answer")
        try await pair.expect(told: ["b'data' told", "True"])
    }

    @Test(arguments: Side.allCases)
    func `the last word is a close_notify`(side: Side) async throws {
        let pair = try await CertificateKit.shared().join(
            side, ["--quit-after", "100ms"], input: .text("data"), peer: "say(*ending(c))")
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["b'data' told"])
    }

    // MARK: Wherever it breaks

    @Test(arguments: ["1.2", "1.3"])
    func `cut off at any byte of a handshake or a record it ends with 74, and never as if it were whole`(
        version: String
    ) async throws {
        let kit = try await CertificateKit.shared()
        let cutter = try kit.python(
            """
            import threading
            origin = socket.create_server(("127.0.0.1", 0))
            def answer(made=rules("good", version=arguments[0])):
                while True:
                    c, _ = origin.accept()
                    try: c = serving(c, made=made); c.sendall(b"x" * 500); farewell(c)
                    except OSError: c.close()
            threading.Thread(target=answer, daemon=True).start()
            def hand(c, o, left):
                "To and fro, but no more than so much of what the server says; whether that was all."
                sources = [c, o]
                while True:
                    ready = select.select(sources, [], [])[0]
                    if c in ready:
                        try: part = c.recv(1 << 16)
                        except OSError: part = b""
                        if not part: sources.remove(c)
                        try: o.sendall(part) if part else o.shutdown(socket.SHUT_WR)
                        except OSError: pass
                    if o in ready:
                        try: part = o.recv(left or 1)
                        except OSError: part = b""
                        if not (part and left): return not part
                        left -= len(part)
                        try: c.sendall(part)
                        except OSError: pass
            front = serve()
            while line := sys.stdin.readline():
                c, o = front.accept()[0], dial(origin.getsockname()[1])
                say("whole" if hand(c, o, int(line)) else "cut"); c.close(); o.close()
            """, version, input: .open)
        let place = "127.0.0.1:\(try await cutter.port())"
        var cuts: [String] = []
        for count in stride(from: 0, to: 2900, by: 71) {
            cutter.send("\(count)\n")
            let outcome = try await sockctl(["dial", place] + kit.trusting).finish()
            let told = try await cutter.wait(for: "its word") { [cuts] record in
                let lines = record.outText.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                return lines.count == cuts.count + 2 ? lines.last.map(String.init) : nil
            }
            cuts.append(told)
            outcome.expect(status: told == "whole" ? 0 : 74)
            if told == "whole" { outcome.expect(out: String(repeating: "x", count: 500)) }
        }
        #expect(cuts.first == "cut" && cuts.last == "whole", "\(cuts)")
    }
}
