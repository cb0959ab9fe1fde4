import Glibc
import Testing

/// Whom `--tls` does not trust, and what is said of each; and what it takes to trust them all the same.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl, .python3)) struct TLSTrustTests {
    /// What nobody but who was asked for may read.
    private static let secret = "a secret\n"

    /// Dials a server with this certificate, which says `refused` and why, or `agreed` and what it was sent.
    private func dial(
        _ kind: CertificateKit.Kind, as host: String = "localhost", _ options: [String]
    ) async throws -> (outcome: Outcome, told: String) {
        let kit = try await CertificateKit.shared()
        let peer = try kit.python("attempt(take(serve()), arguments[0])", kind)
        let words = ["dial", "-4", "--tls", "\(host):\(try await peer.port())"] + options
        let outcome = try await sockctl(words, input: .text(Self.secret)).finish()
        return (outcome, try await peer.finish().lines.dropFirst().joined(separator: "\n"))
    }

    private func trusting() async throws -> [String] { ["--tls-ca", try await CertificateKit.shared().root] }

    // MARK: Refused

    /// Each with words that have to be there, one of several where a bar stands between them.
    private static let bad: [(kind: CertificateKit.Kind, host: String, words: [String])] = [
        (.expired, "localhost", ["expired", "12 days ago"]), (.future, "localhost", ["not yet valid|not valid yet"]),
        (.other, "localhost", ["localhost", "other.test", "more.test"]),
        (.otherAddress, "127.0.0.1", ["127.0.0.1", "127.0.0.9"]), (.selfSigned, "localhost", ["self-signed"]),
        (.stranger, "localhost", ["Stranger Root"]), (.nul, "localhost", ["localhost", "evil.test"]),
        (.subjectOnly, "localhost", ["localhost", "name"]), (.impostor, "localhost", ["authority|CA|issuer"]),
        (.weak, "localhost", ["key", "small|weak|short"]),
        (.oldDigest, "localhost", ["sha-1|sha1|digest|signature", "weak|old|broken"]),
        (.client, "localhost", ["purpose|client"]),
    ]

    @Test(arguments: bad)
    func `a bad certificate is 77 in words of its own, and no byte of standard input is sent`(
        kind: CertificateKit.Kind, host: String, words: [String]
    ) async throws {
        let (outcome, told) = try await dial(kind, as: host, trusting())
        outcome.expect(status: 77)
        outcome.expect(out: "")
        let said = outcome.err.lowercased()
        for word in words {
            let isThere = word.lowercased().split(separator: "|").contains { said.contains($0) }
            #expect(isThere, "\(word) in \(outcome)")
        }
        #expect(!told.isEmpty && !told.contains("secret"), "\(told)")
    }

    @Test(arguments: [CertificateKit.Kind.expired, .other, .selfSigned, .stranger])
    func `for machines each of them is the error 'certificate'`(kind: CertificateKit.Kind) async throws {
        let (outcome, told) = try await dial(kind, trusting() + ["--json"])
        outcome.expect(status: 77)
        let failed = try #require(try outcome.events().last { $0.name == "failed" }, "\(outcome)")
        #expect(failed["error"]?["code"]?.string == "certificate" && !told.contains("secret"), "\(failed)")
    }

    @Test func `what the system does not trust is refused, and the issuer that it lacks is named`() async throws {
        let (outcome, told) = try await dial(.good, [])
        outcome.expect(status: 77)
        #expect(outcome.err.contains("Kit "), "\(outcome)")
        #expect(!told.contains("secret"), "\(told)")
    }

    @Test func `a list of what is withdrawn is obeyed, and only what stands on it is refused`() async throws {
        let kit = try await CertificateKit.shared()
        let list = try await trusting() + ["--tls-crl", kit.file("crl.pem")]
        let (revoked, told) = try await dial(.revoked, list)
        revoked.expect(status: 77)
        #expect(revoked.err.contains("revoked"), "\(revoked)")
        #expect(!told.contains("secret"), "\(told)")
        try await dial(.good, list).outcome.expectQuietErrors(status: 0)
        try await dial(.revoked, trusting()).outcome.expectQuietErrors(status: 0)
    }

    @Test func `openssl's own server is refused as well, before it has a byte`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try TLSPeer(.openssl, kit).listen()
        let words = [
            "dial", "--tls", "--tls-ca", kit.file("stranger.pem"), "127.0.0.1:\(try await server.boundPort())",
        ]
        let outcome = try await sockctl(words, input: .text(Self.secret)).finish()
        outcome.expect(status: 77)
        #expect(outcome.err.contains("Kit "), "\(outcome)")
        // It says why on its standard error, and writes what it received.
        try await server.waitForLine(containing: "alert")
        #expect(server.record.outText == "")
    }

    // MARK: Trusted all the same

    @Test func `what is good is trusted without a word`() async throws {
        let (outcome, told) = try await dial(.good, trusting())
        outcome.expectQuietErrors(status: 0)
        #expect(told.contains("secret"), "\(told)")
    }

    @Test func `with --tls-insecure all that is wrong is told, not the first of it`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(
            ["listen", "--tls-half-close", "127.0.0.1:0"] + kit.showing(.other), input: .text("x"))
        let outcome = try await sockctl(
            ["dial", "--tls", "--tls-insecure", "localhost:\(try await server.listening().port)"]
        ).finish()
        outcome.expect(status: 0)
        #expect(outcome.err.contains("not for localhost") && outcome.err.contains("not trusted here"), "\(outcome)")
    }

    @Test(arguments: [CertificateKit.Kind.expired, .other, .selfSigned, .stranger, .weak], [[], ["--quiet"]])
    func `with --tls-insecure it goes on, and tells what it was that it did not look at`(
        kind: CertificateKit.Kind, options: [String]
    ) async throws {
        let (outcome, told) = try await dial(kind, trusting() + ["--tls-insecure"] + options)
        outcome.expect(status: 0)
        #expect(told.contains("secret"), "\(told)")
        #expect(outcome.err.contains("insecure") || outcome.err.contains("verif"), "\(outcome)")
    }

    @Test func `a pin stands in for a chain, however it is written, and another pin is refused`() async throws {
        let kit = try await CertificateKit.shared()
        let (pin, another) = (try await kit.pin(.selfSigned), try await kit.pin(.good))
        for text in [pin, pin.filter { $0 != ":" }, pin.lowercased()] {
            let (outcome, told) = try await dial(.selfSigned, ["--tls-pin", text])
            outcome.expectQuietErrors(status: 0)
            #expect(told.contains("secret"), "\(told)")
        }
        let (outcome, told) = try await dial(.selfSigned, ["--tls-pin", another])
        outcome.expect(status: 77)
        #expect(outcome.err.contains("pin") && !told.contains("secret"), "\(outcome) \(told)")
        // What it has shown instead is told, so that it can be looked up.
        #expect(outcome.err.filter(\.isHexDigit).lowercased().contains(pin.filter(\.isHexDigit).lowercased().prefix(8)))
        // A chain does not stand in for a pin, nor need it hold: who names both is told so.
        let both = try await sockctl(["dial", "--tls-pin", pin, "127.0.0.1:9"] + kit.trusting).finish()
        both.expect(status: 64)
        #expect(both.err.contains("leave out '--tls-ca'") || both.err.contains("leave out --tls-ca"), "\(both)")
    }

    @Test(arguments: ["", "12:34", "zz", String(repeating: "0", count: 63)])
    func `what is no pin is a wrong command line`(text: String) async throws {
        let outcome = try await sockctl("dial", "--tls", "--tls-pin", text, "127.0.0.1:9").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("--tls-pin"), "\(outcome)")
    }

    @Test func `authorities are a file, or a directory of them, or a link to one`() async throws {
        let kit = try await CertificateKit.shared()
        let link = try scratch("roots")
        #expect(unsafe symlink(kit.file("directory"), link) == 0)
        for path in [kit.root, kit.file("directory"), link] {
            try await dial(.good, ["--tls-ca", path]).outcome.expectQuietErrors(status: 0)
        }
        let (outcome, told) = try await dial(.stranger, ["--tls-ca", kit.file("directory")])
        outcome.expect(status: 77)
        #expect(!told.contains("secret"), "\(told)")
    }
}
