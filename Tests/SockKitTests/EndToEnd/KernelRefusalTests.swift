import Testing

/// A kernel that refuses what the loop itself needs, and one that interrupts without end.
@Suite(.endToEnd, .needsSockctl, .needs(.strace), .needsTracing) struct KernelRefusalTests {
    @Test(arguments: [
        ("epoll_wait", "ENOMEM", "cannot allocate memory"), ("epoll_wait", "EINTR", "interrupted system call"),
        ("epoll_create1", "EMFILE", "too many open files"), ("epoll_ctl", "ENOSPC", "no space left on device"),
    ])
    func `a loop that cannot start, or go on, is one sentence and 71`(
        call: String, error: String, text: String
    ) async throws {
        let outcome = try await refusing(call, error, ["listen", "127.0.0.1:0"]).finish()
        outcome.expect(status: 71)
        #expect(outcome.err.contains("sockctl: wait: \(call): \(text)\n"), "\(outcome)")
    }

    @Test(arguments: ["ENOSYS", "EPERM"])
    func `without epoll_pwait2 the older call keeps the time`(error: String) async throws {
        let program = try refusing("epoll_pwait2", error, ["listen", "-w", "60ms", "127.0.0.1:0"])
        try await program.finish().expect(status: 75)
    }

    @Test func `a write that is interrupted without end is an error`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let port = try await server.listening().port
        let program = try refusing("sendto", "EINTR", ["dial", "--send", "x", "127.0.0.1:\(port)"])
        let outcome = try await program.finish()
        outcome.expect(status: 74)
        #expect(outcome.err.contains("interrupted system call"), "\(outcome)")
    }

    private func refusing(_ call: String, _ error: String, _ arguments: [String]) throws -> ChildProcess {
        try via(
            .strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):error=\(error)",
            run: arguments, input: .open)
    }
}
