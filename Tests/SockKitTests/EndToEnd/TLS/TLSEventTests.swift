import Glibc
import Testing

/// What is told of a connection that speaks TLS: the event `tls`, the lines of `-v`, `-z`, and the file of keys.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSEventTests {
    /// Takes as many as come, and says a word to each.
    private func server(_ kind: CertificateKit.Kind = .good, _ rules: String = "") async throws -> Int {
        let script = """
            s, made = serve(), rules(arguments[0]\(rules))
            while True:
                try: c = serving(s.accept()[0], made=made); c.sendall(b"word"); farewell(c)
                except OSError: pass
            """
        return try await CertificateKit.shared().python(script, kind).port()
    }

    // MARK: The event

    @Test(arguments: ["1.2", "1.3"])
    func `the event has all that both ends agreed on, and the chain`(version: String) async throws {
        let kit = try await CertificateKit.shared()
        let port = try await server(.good, ", alpn=['h2']")
        let words = ["dial", "-4", "--json", "localhost:\(port)", "--tls-alpn", "h2", "--tls-max", version]
        let outcome = try await sockctl(words + kit.trusting).finish()
        outcome.expect(status: 0)
        let event = try #require(try outcome.events().first { $0.name == "tls" }, "\(outcome)")
        #expect(event["version"]?.string?.hasSuffix(version) == true, "\(event)")
        for key in ["cipher", "group", "signature"] {
            #expect(event[key]?.string?.isEmpty == false, "\(key) in \(event)")
        }
        #expect(event["kernel"] != nil, "\(event)")
        #expect(event["alpn"]?.string == "h2" && event["server_name"]?.string == "localhost", "\(event)")
        #expect(event["resumed"]?.bool == false && event["verified"]?.bool == true, "\(event)")
        #expect(event["seconds"]?.number ?? -1 > 0, "\(event)")
        let chain = try #require(event["chain"]?.array)
        let (leaf, issuer) = (try #require(chain.first), try #require(chain.dropFirst().first))
        #expect(leaf["subject"]?.string?.contains("localhost") == true, "\(leaf)")
        #expect(leaf["issuer"]?.string?.contains("Kit Intermediate") == true, "\(leaf)")
        #expect(issuer["issuer"]?.string?.contains("Kit Root") == true, "\(issuer)")
        let names = leaf["names"]?.array?.compactMap(\.string) ?? []
        #expect(names.contains { $0.hasSuffix("localhost") } && names.contains { $0.hasSuffix("127.0.0.1") }, "\(leaf)")
        #expect(leaf["days_left"]?.integer == 90, "\(leaf)")
        let times = ["not_before", "not_after"].compactMap { leaf[$0]?.string }
        #expect(times.count == 2 && times[0] < times[1] && times.allSatisfy { $0.hasPrefix("20") }, "\(leaf)")
        let pin = try await kit.pin(.good)
        #expect(leaf["pin"]?.string?.filter(\.isHexDigit).lowercased() == pin.filter(\.isHexDigit).lowercased())
        // It tells of what came between these two.
        let order = try outcome.events().map(\.name).filter { ["connected", "tls", "closed"].contains($0) }
        #expect(order == ["connected", "tls", "closed"])
    }

    @Test func `what nobody looked at is not verified, and the event says why`() async throws {
        let port = try await server(.expired)
        let words = ["dial", "-4", "--json", "--tls", "--tls-insecure", "localhost:\(port)"]
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 0)
        let event = try #require(try outcome.events().first { $0.name == "tls" }, "\(outcome)")
        #expect(event["verified"]?.bool == false && event["reason"]?.string?.isEmpty == false, "\(event)")
        #expect(event["chain"]?.array?.first?["days_left"]?.integer ?? 0 < 0, "\(event)")
    }

    @Test func `with -v people are told the same`() async throws {
        let kit = try await CertificateKit.shared()
        let port = try await server()
        let outcome = try await sockctl(["dial", "-4", "-v", "localhost:\(port)"] + kit.trusting).finish()
        outcome.expect(status: 0)
        outcome.expect(out: "word")
        let pin = try await kit.pin(.good).filter(\.isHexDigit).lowercased()
        for word in ["1.3", "ClientHello", "Finished", "Kit Intermediate", "Kit Root", "90 days"] {
            #expect(outcome.err.contains(word), "\(word) in \(outcome)")
        }
        #expect(outcome.err.filter(\.isHexDigit).lowercased().contains(pin), "\(outcome)")
    }

    @Test(arguments: [CertificateKit.Kind.expired, .selfSigned])
    func `a handshake that fails is told as far as it came, with the certificates that were refused`(
        kind: CertificateKit.Kind
    ) async throws {
        let kit = try await CertificateKit.shared()
        let port = try await server(kind)
        let outcome = try await sockctl(["dial", "-4", "--json", "localhost:\(port)"] + kit.trusting).finish()
        outcome.expect(status: 77)
        let events = try outcome.events()
        #expect(events.map(\.name).suffix(2) == ["tls-failed", "failed"], "\(outcome)")
        let event = try #require(events.first { $0.name == "tls-failed" })
        let messages = event["messages"]?.array?.compactMap { $0["name"]?.string } ?? []
        #expect(messages.first == "ClientHello" && messages.contains("Certificate"), "\(event)")
        #expect(messages.last?.hasPrefix("Alert") == true, "\(event)")
        #expect(event["chain"]?.array?.isEmpty == false, "\(event)")
        #expect(try #require(event["reason"]?.string).contains(kind == .expired ? "expired" : "self-signed"))
        // A server is told of it as well.
        let listen = try sockctl(["listen", "--serve", "echo", "--json", "127.0.0.1:0"] + kit.showing(kind))
        _ = try await sockctl(["dial", "127.0.0.1:\(listen.listening().port)"] + kit.trusting).finish()
        let told = try await listen.waitForEvent("tls-failed")
        #expect(told["reason"]?.string?.contains("refuses") == true, "\(told)")
    }

    @Test func `the picture of a handshake that failed ends where it did`() async throws {
        let kit = try await CertificateKit.shared()
        let port = try await server(.expired)
        let file = try scratch("failed.svg")
        let outcome = try await sockctl(
            ["dial", "-4", "-z", "--svg", file, "localhost:\(port)"] + kit.trusting
        ).finish()
        outcome.expect(status: 77)
        #expect(outcome.out.contains("ClientHello") && outcome.out.contains("no agreement"), "\(outcome)")
        let picture = try String(decoding: contents(of: file), as: UTF8.self)
        #expect(picture.contains("ClientHello") && picture.contains("no agreement after"), "\(picture)")
        #expect(picture.contains("expired") && picture.hasSuffix("</svg>\n"), "\(picture.suffix(200))")
    }

    @Test func `listen tells it of each of its peers`() async throws {
        let kit = try await CertificateKit.shared()
        let listen = try sockctl(["listen", "--serve", "echo", "--json", "127.0.0.1:0"] + kit.showing())
        let client = try await kit.python(
            "for _ in range(2): farewell(dialing(dial(arguments[0])))", listen.listening().port)
        try await client.finish().expect(status: 0)
        let events = try await listen.waitForEvents("tls", count: 2)
        #expect(events.map { $0["connection"]?.integer } == [1, 2])
        #expect(events.allSatisfy { $0["server_name"]?.string == "localhost" }, "\(events)")
    }

    // MARK: -z

    @Test func `-z shows the certificate, and says nothing to the server`() async throws {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("c = serving(take(serve())); say(*ending(c))")
        let words = ["dial", "-z", "--tls", "--tls-ca", kit.root, "127.0.0.1", "\(try await peer.port())"]
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 0)
        for word in ["localhost", "90 days"] {
            #expect(outcome.out.contains(word) || outcome.err.contains(word), "\(word) in \(outcome)")
        }
        #expect(try await peer.finish().lines.last?.hasPrefix("b'' ") == true)
    }

    @Test(arguments: [("3", Int32(0)), ("30", 1)])
    func `with --tls-days the status says whether it ends sooner`(days: String, status: Int32) async throws {
        let kit = try await CertificateKit.shared()
        let port = try await server(.short)
        for options in [[], ["--json"]] {
            let words = ["dial", "-z", "--tls-days", days, "127.0.0.1", "\(port)"] + options + kit.trusting
            let outcome = try await sockctl(words).finish()
            outcome.expect(status: status)
            #expect(!options.isEmpty || (outcome.out + outcome.err).contains("5 days"), "\(outcome)")
        }
    }

    @Test func `-z of what cannot be trusted, or speaks plain text, is no success and says why`() async throws {
        let kit = try await CertificateKit.shared()
        let expired = try await server(.expired)
        let outcome = try await sockctl(["dial", "-z", "127.0.0.1", "\(expired)"] + kit.trusting).finish()
        #expect(outcome.status == 77 || outcome.status == 1, "\(outcome)")
        #expect((outcome.out + outcome.err).contains("expired"), "\(outcome)")
        let peer = try python(#"c = take(serve()); c.sendall(b"220 ready\r\n"); drain(c)"#)
        let words = ["dial", "-z", "--tls", "127.0.0.1", "\(try await peer.port())"]
        let plain = try await sockctl(words).finish()
        #expect(plain.status == 69 || plain.status == 1, "\(plain)")
        #expect((plain.out + plain.err).contains("plain text"), "\(plain)")
    }

    @Test func `-z of a server that shows no certificate is no success`() async throws {
        let (kit, ciphers) = (try await CertificateKit.shared(), "aNULL:@SECLEVEL=0")
        let peer = try kit.python(
            "drain(serving(take(serve()), None, version='1.2', ciphers=arguments[0]))", ciphers)
        let outcome = try await sockctl(
            "dial", "-z", "--tls", "--tls-ciphers", ciphers, "127.0.0.1", "\(peer.port())"
        ).finish()
        outcome.expect(status: 69)
        #expect((outcome.out + outcome.err).contains("no certificate"), "\(outcome)")
    }

    @Test func `-z connects from where it was told to, and ends as it was told to`() async throws {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python(
            "s = serve(); c, who = s.accept(); c = serving(c, version='1.2'); say(who[0]); say(ending(c)[1])")
        let words = ["dial", "-z", "--source", "127.0.0.9", "--close", "reset", "127.0.0.1:\(try await peer.port())"]
        try await sockctl(words + kit.trusting).finish().expect(status: 0)
        let told = try await peer.finish().lines
        // A reset, which Python may take for an end; one that was wished for would have been told.
        #expect(told.count == 3 && told[1] == "127.0.0.9" && told[2] != "told", "\(told)")
    }

    // MARK: Keys

    @Test(arguments: [("1.2", "CLIENT_RANDOM "), ("1.3", "CLIENT_TRAFFIC_SECRET_0 ")], Side.allCases)
    func `the keys are written where only their owner reads them`(
        version: (number: String, label: String), side: Side
    ) async throws {
        let path = try scratch("keys")
        let pair = try await CertificateKit.shared().join(
            side, ["--tls-key-log", path], version: version.number, peer: "c.sendall(b'x'); farewell(c)")
        try await pair.program.finish().expect(status: 0)
        #expect(try #require(fileStatus(of: path)).st_mode & 0o777 == 0o600)
        let lines = String(decoding: try contents(of: path), as: UTF8.self).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix(version.label) }, "\(lines)")
        #expect(lines.allSatisfy { $0.hasPrefix("#") || $0.split(separator: " ").count == 3 }, "\(lines)")
    }

    @Test func `the variable SSLKEYLOGFILE names a file as well, to which is added`() async throws {
        let kit = try await CertificateKit.shared()
        let (path, port) = (try scratch("keys"), try await server())
        var sizes: [Int] = []
        for _ in 0..<2 {
            let dial = try start(
                #require(Binary.sockctl), ["dial", "127.0.0.1:\(port)"] + kit.trusting,
                environment: ["SSLKEYLOGFILE": path])
            try await dial.finish().expect(out: "word")
            sizes.append(try contents(of: path).count)
        }
        #expect(sizes[0] > 0 && sizes[1] >= 2 * sizes[0] - 8, "\(sizes)")
        #expect(try #require(fileStatus(of: path)).st_mode & 0o777 == 0o600)
    }
}
