import Glibc
import Testing

/// Files that are read before a command begins: none of them fills the memory, and none is said to be at fault that was
/// only not waited for.
@Suite(.endToEnd, .needsSockctl) struct NamedFileTests {
    @Test(arguments: [
        ["dial", "--proxy", "socks5://127.0.0.1:9", "127.0.0.1:9", "--proxy-auth-file"],
        ["listen", "--serve", "proxy", "127.0.0.1:0", "--proxy-auth-file"],
        ["listen", "127.0.0.1:0", "--deny-file"],
    ])
    func `a file without an end is too large`(words: [String]) async throws {
        let outcome = try await sockctl(words + ["/dev/zero"]).finish()
        outcome.expect(status: 66)
        #expect(outcome.err.contains("/dev/zero: file too large"), "\(outcome)")
    }

    @Test(.needs(.openssl)) func `so is one of certificates that no person has made`() async throws {
        let path = try scratch("certificates")
        try writeFile(path, [])
        try #require(unsafe truncate(path, 17 << 20) == 0)
        let outcome = try await sockctl("dial", "--tls", "--tls-ca", path, "127.0.0.1:9").finish()
        outcome.expect(status: 66)
        #expect(outcome.err.contains("\(path): file too large"), "\(outcome)")
    }

    @Test(arguments: [
        ["listen", "127.0.0.1:0", "--allow-file"], ["http-serve", "127.0.0.1:0", "--deny-file"],
        ["forward", "127.0.0.1:0", "127.0.0.1:9", "--allow-file"],
        ["listen", "--serve", "proxy", "127.0.0.1:0", "--proxy-auth-file"],
    ])
    func `of a file that was not waited for any longer nothing is said`(words: [String]) async throws {
        let pipe = try scratch("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let outcome = try await sockctl(words + [pipe, "--max-time", "300ms"]).finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("--max-time") && !outcome.err.contains(pipe), "\(outcome)")
    }

    @Test(arguments: ["listen", "udp-recv"])
    func `nor is anything where a signal came meanwhile`(command: String) async throws {
        let pipe = try scratch("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let process = try sockctl(command, "127.0.0.1:0", "--allow-file", pipe)
        // It can be opened for writing once somebody reads it.
        try await eventually("a reader of the pipe") {
            let writer = unsafe open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            if writer >= 0 { try Scene.required().adopt(descriptor: writer) }
            return writer >= 0 ? () : nil
        }
        try await process.finish(after: SIGTERM).expectQuietErrors(status: 143)
    }
}
