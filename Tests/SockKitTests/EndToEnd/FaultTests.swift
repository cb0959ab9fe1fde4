import Glibc
import SockKit
import Testing

/// One system call that fails, where that was once taken for something else.
///
/// Only builds for tests have the hook by which a call is made to fail (`SOCKCTL_FAULT`).
@Suite(.endToEnd, .needsSockctl, .needsFaultHook) struct FaultTests {
    private func faulty(
        _ fault: String, _ arguments: [String], input: ChildProcess.Input = .empty
    ) throws -> ChildProcess {
        try start(
            #require(Binary.sockctl), arguments, input: input,
            environment: ["SOCKCTL_FAULT": fault, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"])
    }

    /// A server that sends back what it gets.
    private func echo() async throws -> String {
        "127.0.0.1:\(try await sockctl("listen", "--serve", "echo", "127.0.0.1:0").listening().port)"
    }

    @Test func `a file that cannot be looked at is not written over from its beginning`() async throws {
        let folder = try Scene.required().directory
        try writeFile("\(folder)/whole", Array("0123456789".utf8))
        let file = try scratch("part")
        try writeFile(file, Array("0123".utf8))
        let port = try await sockctl("http-serve", "127.0.0.1:0", "--root", folder).listening().port
        let outcome = try await faulty(
            "fstat:EBADF:2", ["http-get", "--continue", "-o", file, "http://127.0.0.1:\(port)/whole"]
        ).finish()
        #expect(outcome.status != 0, "\(outcome)")
        #expect(try String(decoding: contents(of: file), as: UTF8.self) == "0123")
    }

    // Of a connection that is said to be broken an answer is still looked for, though not for long.
    @Test(arguments: [
        ("ENOMEM", "cannot allocate memory"), ("EPIPE", "broken pipe"), ("ECONNRESET", "connection reset"),
    ])
    func `content that cannot be sent is not waited for an answer to`(fault: String, words: String) async throws {
        let file = try scratch("content")
        try writeFile(file, noise(300_000))
        let server = try sockctl("listen", "--serve", "discard", "127.0.0.1:0")
        let outcome = try await faulty(
            "sendfile:\(fault):1", ["http-get", "-T", file, "http://127.0.0.1:\(try await server.listening().port)/"]
        ).finish()
        #expect(outcome.status != 0 && outcome.err.contains(words), "\(outcome)")
    }

    // Closed with what the peer had said unread, the connection would be reset, and the rest of ours be lost with it.
    @Test(.needs(.python3))
    func `where the kernel does not say what is on its way, it is given time to arrive`() async throws {
        let peer = try python(
            """
            s = serve(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            c = take(s); c.sendall(b"x" * 3000); c.shutdown(socket.SHUT_WR); count = 0
            while data := c.recv(10000): count += len(data); time.sleep(0.02)
            say(count)
            """)
        let outcome = try await faulty(
            "getsockopt:EFAULT:2+", ["dial", "--send-only", "127.0.0.1:\(try await peer.port())"],
            input: .text(String(repeating: "x", count: 150_000))
        ).finish()
        outcome.expectQuietErrors(status: 0)
        try await peer.finish().expect(lines: ["150000"], after: 1)
    }

    @Test func `a folder whose names cannot be read is no empty page`() async throws {
        let folder = try Scene.required().directory
        try writeFile("\(folder)/file", [1])
        let server = try faulty("getdents64:EIO:1", ["http-serve", "127.0.0.1:0", "--root", folder])
        let url = "http://127.0.0.1:\(try await server.listening().port)/"
        let first = try await sockctl("http-get", "-i", url).finish()
        #expect(first.out.hasPrefix("HTTP/1.1 500 "), "\(first)")
        let second = try await sockctl("http-get", "-i", url).finish()
        #expect(second.out.hasPrefix("HTTP/1.1 200 ") && second.out.contains("file"), "\(second)")
    }

    @Test(arguments: ["signalfd4:ENFILE:1", "epoll_ctl:ENOSPC:2"])
    func `a server that cannot see signals says so, and is ended by them`(fault: String) async throws {
        let server = try faulty(fault, ["listen", "--serve", "echo", "127.0.0.1:0"])
        _ = try await server.listening()
        let outcome = try await server.finish(after: SIGTERM)
        #expect(outcome.status == 128 + SIGTERM, "\(outcome)")
        #expect(outcome.err.contains("signals cannot be seen"), "\(outcome)")
    }

    @Test(.needs(.openssl), arguments: ["send:ENOMEM:1", "send:ENOBUFS:1"])
    func `a handshake that cannot be sent is over at once`(fault: String) async throws {
        let kit = try await CertificateKit.shared()
        let server = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let outcome = try await faulty(
            fault, ["dial", "127.0.0.1:\(try await server.listening().port)"] + kit.trusting
        ).finish()
        #expect(outcome.status == 71, "\(outcome)")
        #expect(outcome.err.contains("no buffer space") || outcome.err.contains("cannot allocate memory"))
        #expect(outcome.elapsed < .seconds(10), "\(outcome)")
    }

    @Test(.needs(.openssl)) func `an answer by TLS that cannot be sent ends the connection of whoever waits for it`()
        async throws
    {
        let kit = try await CertificateKit.shared()
        // The handshake, tickets, and the echo.
        let server = try faulty("send:ENETDOWN:3+", ["listen", "-v", "--serve", "echo", "127.0.0.1:0"] + kit.showing())
        let client = try sockctl(
            ["dial", "127.0.0.1:\(try await server.listening().port)"] + kit.trusting, input: .open)
        client.send("hello\n")
        _ = try await server.waitForLine(containing: "network is down")
        #expect(try await client.finish().status != 0)
        _ = try await server.finish(after: SIGTERM)
    }

    @Test func `answers that come a byte at a time are waited for to the last`() async throws {
        let server = try sockctl("listen", "--serve", "frames", "127.0.0.1:0")
        let outcome = try await faulty(
            "recv:short:1+", ["dial", "--submit", "127.0.0.1:\(try await server.listening().port)"],
            input: .text(String(repeating: "submit\n", count: 100))
        ).finish()
        #expect(outcome.status == 0 && outcome.err.contains(/acknowledged +100/), "\(outcome)")
    }

    @Test func `a peer of listen -k that cannot be written to is told of, and standard input stays for others`()
        async throws
    {
        // The first write to it.
        let file = try scratch("file")
        try writeFile(file, noise(1 << 24))
        let server = try faulty("send:ENOBUFS:1", ["listen", "-k", "127.0.0.1:0"], input: .file(file))
        let address = "127.0.0.1:\(try await server.listening().port)"
        _ = try sockctl("dial", address, input: .open)
        _ = try await server.waitForLine(containing: "no buffer space")
        let second = try sockctl("dial", address, input: .open)
        try await second.waitForOutput(count: 1 << 20)
        #expect(try await server.finish(after: SIGTERM).status == 0)
    }

    @Test func `a program of which nobody can know how it ended is no success`() async throws {
        let server = try faulty("waitid:EINVAL:1+", ["listen", "127.0.0.1:0", "--sh-exec", "exit 3"])
        try await sockctl("dial", "127.0.0.1:\(try await server.listening().port)").finish().expect(status: 0)
        let outcome = try await server.finish()
        #expect(outcome.status == 71 && outcome.err.contains("waitid: invalid argument"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `a packet socket that goes on failing is given up`() async throws {
        let path = try scratch("socket")
        let peer = try python(
            """
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.bind(arguments[0]); s.listen(); say("up")
            c = take(s)
            for _ in range(3): c.send(b"hello")
            hold()
            """, path)
        try await peer.waitForLine(containing: "up", on: .out)
        let outcome = try await faulty("recvfrom:ECONNRESET:2+", ["dial", "unixpacket:\(path)"]).finish()
        #expect(outcome.status == 74 && outcome.err.contains("connection reset"), "\(outcome)")
    }

    @Test func `submits that cannot be sent are not waited for`() async throws {
        let server = try sockctl("listen", "--serve", "frames", "127.0.0.1:0")
        let outcome = try await faulty(
            "send:ENETDOWN:2", ["dial", "--submit", "127.0.0.1:\(try await server.listening().port)"],
            input: .text("one\ntwo\n")
        ).finish()
        #expect(outcome.status != 0 && outcome.err.contains("network is down"), "\(outcome)")
    }

    @Test func `a pair of which one side takes no more is not kept for ever`() async throws {
        let forward = try faulty("send:ENETDOWN:1", ["forward", "127.0.0.1:0", await echo()])
        let client = try sockctl(
            ["dial", "127.0.0.1:\(try await forward.listening().port)"], input: .open)
        client.send("hello\n")
        let outcome = try await client.finish()
        #expect(outcome.status != 0, "\(outcome)")
        let end = try await forward.finish(after: SIGTERM)
        #expect(end.err.contains("network is down"), "\(end)")
    }

    @Test(arguments: [
        ("open:ENOENT:1", ["listen", "unix:"]), ("listen:EADDRINUSE:1+", ["listen", "unixpacket:"]),
        ("getsockname:EINVAL:1+", ["udp-recv", "unix:"]),
        ("epoll_ctl:EBADF:3+", ["listen", "--serve", "echo", "unix:"]),
    ])
    func `the file of a socket that could not be finished is removed`(fault: String, words: [String]) async throws {
        let path = try scratch("socket")
        let outcome = try await faulty(fault, words.dropLast() + [words[words.count - 1] + path]).finish()
        #expect(outcome.status != 0 && outcome.err.contains("sockctl: "), "\(outcome)")
        #expect((try? FileCalls.identity(ofPath: ByteString(path))) == nil, "\(outcome)")
    }

    @Test func `a sender without a name, which nobody could answer, is an error`() async throws {
        let path = try scratch("receiver")
        let receiver = try sockctl("udp-recv", "--reply", "echo", "unix:\(path)")
        _ = try await receiver.waitForLine(containing: "listening")
        let outcome = try await faulty("bind:ENOMEM:1", ["dial", "unixgram:\(path)"], input: .text("x")).finish()
        #expect(outcome.status == 71 && outcome.err.contains("bind"), "\(outcome)")
    }

    @Test(arguments: [
        ("sendmmsg:EINVAL:1+", ["udp-recv", "--reply", "echo"]),
        ("sendto:EINVAL:1+", ["listen", "-u", "--serve", "echo"]),
    ])
    func `answers that cannot be sent are told of once in a while, not each`(fault: String, words: [String])
        async throws
    {
        let server = try faulty(fault, words + ["--json", "127.0.0.1:0"])
        let place = "127.0.0.1:\(try await server.listening().port)"
        try await sockctl("udp-send", place, "one", "two", "three", "four").finish().expect(status: 0)
        _ = try await server.waitForEvents("datagram-received", count: 4)
        let outcome = try await server.finish(after: SIGTERM)
        #expect(try outcome.events().count { $0.name == "failed" } == 1, "\(outcome)")
    }

    @Test func `a probe that cannot accept its own peer gives up in time`() async throws {
        let outcome = try await faulty("accept4:EMFILE:1+", ["write-block-probe", "-w", "1s"]).finish()
        #expect(outcome.status != 0 && !outcome.err.isEmpty, "\(outcome)")
    }

    @Test func `what the kernel granted counts where its settings cannot be read`() async throws {
        let most = try #require(SocketCalls.longestBacklog)
        let outcome = try await faulty(
            "open:EACCES:1+", ["backlog-probe", "-J", "--backlog", "\(most + 7)", "--dials", "1"]
        ).finish()
        outcome.expect(status: 0)
        let summary = try #require(Event.all(in: outcome.out).last)
        #expect(summary["capacity_predicted"]?.integer == most + 1, "\(outcome)")
    }

    @Test(.needs(.openssl)) func `a client that a server of DTLS could not take is told of`() async throws {
        let kit = try await CertificateKit.shared()
        let server = try faulty("connect:EACCES:1", ["udp-recv", "127.0.0.1:0"] + kit.showing())
        let client = try sockctl(
            ["udp-send", "--tls-handshake-timeout", "2s", "127.0.0.1:\(try await server.listening().port)", "x"]
                + kit.trusting)
        _ = try await server.waitForLine(containing: "permission denied")
        _ = try await client.finish()
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test where the program has no hook for faults, as that of a release.
    static var needsFaultHook: Self {
        .enabled("needs a debug build of sockctl, which can be made to fail") { FaultHookProbe.isThere }
    }
}

private enum FaultHookProbe {
    static let isThere: Bool = {
        guard let path = Binary.sockctl, let bytes = try? contents(of: path) else { return false }
        return String(decoding: bytes, as: UTF8.self).contains("SOCKCTL_FAULT_LOG")
    }()
}
