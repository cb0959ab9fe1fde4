import Glibc
import Testing

/// What is refused before anybody is spoken to, and files that are none of the usual.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl)) struct TLSRefusalTests {
    @Test(arguments: [
        (["http-get", "--tls-ca", "/dev/null", "http://127.0.0.1:9/"], "no URL begins with https://"),
        (["listen", "--tls", "--tls-ca", "/dev/null", "0"], "give '--tls-verify-client' too"),
        (["listen", "--tls", "--tls-crl", "/dev/null", "0"], "give '--tls-verify-client' too"),
        (["http-serve", "--tls", "--tls-alpn", "h2,http/1.1", "0"], "h2 is not spoken here"),
        (["dial", "--tls", "--tls-pin", String(repeating: "0", count: 64), "--tls-ca", "x", "9"], "one certificate"),
        (["dial", "--tls", "--writers", "2", "--unlocked", "9"], "no torn record"),
        (["dial", "-z", "--tls", "--yes", "localhost", "9"], "one server"),
        (["dial", "-z", "--tls", "127.0.0.1", "1-3"], "one server"),
        (["dial", "-z", "--tls", "127.0.0.0/30", "1"], "one server"),
        (["dial", "-z", "--tls", "127.0.0.1:1", "127.0.0.1:2"], "one server"),
        (["dial", "-z", "--tls", "--tls-days", "3", "--tls-session", "x", "9"], "leave out '--tls-session'"),
        (["dial", "--tls", "--tls-half-close", "--no-shutdown", "9"], "nobody does"),
        (["dial", "--tls", "--tls-name", "a\nb", "9"], "control characters"),
        (["dial", "--tls", "--tls-max", "1.2", "--tls-ciphers", "TLS_AES_128_GCM_SHA256", "9"], "forbids it"),
        (["dial", "--tls", "--tls-min", "1.3", "--tls-ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256", "9"], "forbids it"),
        (["dial", "-u", "--tls", "--tls-ciphers", "TLS_AES_128_GCM_SHA256", "9"], "1.2 alone"),
        (["udp-send", "--tls", "239.1.2.3:9", "x"], "address of a group"),
        (["dial", "-u", "--tls", "--starttls", "smtp", "9"], "begins in clear on a stream"),
    ]) func `what cannot be meant is a usage error that says why`(words: [String], text: String) async throws {
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(text), "\(outcome)")
    }

    @Test func `certificates are taken from a pipe as well`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        let root = try contents(of: kit.root)
        let outcome = try await sockctl(["dial", "-z", "--tls", "--tls-ca", "/dev/stdin", place], input: .bytes(root))
            .finish()
        outcome.expect(status: 0)
        #expect(outcome.out.contains("verified"), "\(outcome)")
    }

    @Test(arguments: ["--tls-ca", "--tls-cert", "--tls-session"])
    func `a pipe that nobody writes to is not waited for for ever`(option: String) async throws {
        let pipe = try scratch("pipe")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let outcome = try await sockctl("dial", "--tls", option, pipe, "127.0.0.1:9").finish()
        outcome.expect(status: 66)
        #expect(outcome.err.contains("did not come within"), "\(outcome)")
    }

    @Test func `a device without an end is none`() async throws {
        let outcome = try await sockctl("dial", "--tls", "--tls-ca", "/dev/zero", "127.0.0.1:9").finish()
        outcome.expect(status: 66)
        #expect(outcome.err.contains("file too large"), "\(outcome)")
    }

    @Test(arguments: [["--tls-ca", "/dev/null"], ["--tls-cert", "/dev/null", "--tls-key", "/dev/null"]])
    func `a file that is copied to be read is told by the name that it was given`(options: [String]) async throws {
        let outcome = try await sockctl(["dial", "--tls"] + options + ["127.0.0.1:9"]).finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("/dev/null: ") && !outcome.err.contains("/proc/"), "\(outcome)")
    }

    @Test func `writers say their end under TLS as well, and wait for the peer's`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--serve", "discard", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl(
            ["dial", "--json", "--writers", "3", "--messages", "20", "--message-size", "64K", place] + kit.trusting
        ).finish()
        outcome.expect(status: 0)
        #expect(try outcome.events().last?["bytes"]?.integer == 3 * 20 * 65536, "\(outcome)")
    }

    @Test func `an https page that fails tells how far it came, and what connecting took`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["http-serve", "127.0.0.1:0"] + kit.showing(.expired))
        let url = "https://127.0.0.1:\(try await server.listening().port)/time"
        let outcome = try await sockctl("http-get", "--json", "--tls-ca", kit.root, url).finish()
        outcome.expect(status: 77)
        let events = try outcome.events()
        let order = events.map(\.name).filter { ["connected", "tls-failed", "exchange"].contains($0) }
        #expect(order.prefix(2) == ["connected", "tls-failed"], "\(outcome)")
    }

    @Test func `a failed handshake carries the number of its connection on both sides`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--json", "--serve", "echo", "127.0.0.1:0"] + kit.showing(.selfSigned))
        let place = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl(["dial", "--json", place] + kit.trusting).finish()
        #expect(try outcome.events().first { $0.name == "tls-failed" }?["connection"]?.integer == 1, "\(outcome)")
        #expect(try await server.waitForEvent("tls-failed")["connection"]?.integer == 1)
    }

    @Test func `the end of datagrams is no end of the peer's before ours`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "-u", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl(["dial", "-u", place] + kit.trusting, input: .text("x")).finish()
        outcome.expect(status: 0)
        #expect(outcome.err.isEmpty, "\(outcome)")
    }
}
