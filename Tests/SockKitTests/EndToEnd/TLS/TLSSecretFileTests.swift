import Glibc
import Testing

/// The files of secrets and of sessions: whose they may be, and what is said of those that cannot be written.
@Suite(.endToEnd, .needsSockctl, .needs(.openssl)) struct TLSSecretFileTests {
    private func server(_ options: String...) async throws -> (process: ChildProcess, port: Int) {
        let kit = try await CertificateKit.shared()
        let process = try sockctl(["listen", "--serve", "echo", "127.0.0.1:0"] + options + kit.showing())
        return (process, try await process.listening().port)
    }

    private func dial(_ port: Int, _ options: String...) async throws -> Outcome {
        let kit = try await CertificateKit.shared()
        let words = ["dial", "--tls-half-close", "127.0.0.1:\(port)"] + options + kit.trusting
        return try await sockctl(words, input: .text("x")).finish()
    }

    private func makePipe() throws -> String {
        let pipe = try scratch("pipe")
        try #require(unsafe mkfifo(pipe, 0o644) == 0 && chmod(pipe, 0o644) == 0)
        return pipe
    }

    /// Both of its ends: whoever writes to it then has a reader.
    private func open(_ pipe: String) throws -> Int32 {
        let number = unsafe Glibc.open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try #require(number >= 0)
        try Scene.required().adopt(descriptor: number)
        return number
    }

    private func count(_ text: String, in outcome: Outcome) -> Int {
        outcome.err.split(separator: "\n").count { $0.contains(text) }
    }

    // MARK: Whose they are

    @Test(.enabled(if: geteuid() == 0, "needs root for another user's file"), arguments: [false, true], [false, true])
    func `secrets go to no file and no pipe of another user`(isPipe: Bool, byVariable: Bool) async throws {
        let path = try StickyFolder(in: Scene.required().directory).path + "/keys"
        if isPipe {
            try #require(unsafe mkfifo(path, 0o666) == 0)
            _ = try open(path)
        } else {
            try writeFile(path, [])
        }
        let owner = StickyFolder.stranger
        try #require(unsafe chown(path, owner, gid_t(owner)) == 0 && chmod(path, 0o666) == 0)
        let words = ["dial", "--tls", "127.0.0.1:9"] + (byVariable ? [] : ["--tls-key-log", path])
        let outcome = try await start(
            #require(Binary.sockctl), words, environment: byVariable ? ["SSLKEYLOGFILE": path] : [:]
        ).finish()
        // Nobody listens there; what the variable names is only told of.
        outcome.expect(status: byVariable ? 69 : 73)
        let reason = byVariable ? ": open: operation not permitted" : ": it belongs to another user"
        #expect(outcome.err.contains(path + reason), "\(outcome)")
        let status = try #require(fileStatus(of: path))
        #expect(status.st_mode & 0o777 == 0o666 && status.st_size == 0)
    }

    @Test(.needsNobody) func `a user who is not root is told so as well`() async throws {
        let path = try StickyFolder(in: Scene.required().directory).path + "/keys"
        try #require(unsafe chmod(Scene.required().directory, 0o755) == 0)
        try writeFile(path, [])
        try #require(unsafe chmod(path, 0o666) == 0)
        let words = try [#require(Binary.sockctl), "dial", "--tls", "--tls-key-log", path, "127.0.0.1:9"]
        let outcome = try await start(#require(Tool.setpriv.path), Tool.asNobody + words).finish()
        outcome.expect(status: 73)
        #expect(outcome.err.contains("it belongs to another user"), "\(outcome)")
    }

    // MARK: Pipes

    @Test(arguments: [
        ["dial", "--tls", "127.0.0.1:9"], ["listen", "--tls", "127.0.0.1:0"], ["http-serve", "--tls", "127.0.0.1:0"],
        ["forward", "--tls-accept", "127.0.0.1:0", "127.0.0.1:9"],
    ])
    func `a pipe for secrets that nobody reads is refused at once`(words: [String]) async throws {
        let pipe = try makePipe()
        let outcome = try await sockctl(words + ["--tls-key-log", pipe]).finish()
        outcome.expect(status: 73)
        #expect(outcome.err.contains(pipe) && outcome.err.contains("nobody reads this pipe"), "\(outcome)")
    }

    @Test func `a pipe of one's own that somebody reads gets the secrets`() async throws {
        let pipe = try makePipe()
        let reader = try open(pipe)
        let outcome = try await dial(try await server().port, "--tls-key-log", pipe)
        outcome.expectQuietErrors(status: 0)
        var room = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(reader, &room, room.count)
        let secrets = String(decoding: room.prefix(max(0, count)), as: UTF8.self)
        #expect(secrets.contains("CLIENT_TRAFFIC_SECRET_0 ") && secrets.hasSuffix("\n"), "\(secrets)")
        #expect(fileStatus(of: pipe).map { $0.st_mode & 0o777 } == 0o600)
    }

    // MARK: What cannot be written

    @Test func `secrets that find no room are told once, and the status says so`() async throws {
        let full = "write /dev/full: no space left on device"
        let (process, port) = try await server("--tls-key-log", "/dev/full")
        for _ in 0..<3 {
            let outcome = try await dial(port, "--tls-key-log", "/dev/full")
            outcome.expect(status: 73)
            outcome.expect(out: "x")
            #expect(count(full, in: outcome) == 1, "\(outcome)")
        }
        let outcome = try await process.finish(after: SIGTERM)
        outcome.expect(status: 73)
        #expect(count(full, in: outcome) == 1, "\(outcome)")
    }

    @Test func `so it is of a page, and of datagrams`() async throws {
        let kit = try await CertificateKit.shared()
        let site = try sockctl(["http-serve", "127.0.0.1:0"] + kit.showing())
        let url = "https://127.0.0.1:\(try await site.listening().port)/time"
        let receiver = try sockctl(["udp-recv", "127.0.0.1:0"] + kit.showing())
        let place = "127.0.0.1:\(try await receiver.listening().port)"
        for words in [["http-get", "--tls-ca", kit.root, url], ["udp-send", place, "x"] + kit.trusting] {
            let outcome = try await sockctl(words + ["--tls-key-log", "/dev/full"]).finish()
            outcome.expect(status: 73)
            #expect(count("write /dev/full: no space left on device", in: outcome) == 1, "\(outcome)")
        }
    }

    @Test(.needs(.sh)) func `a file that may not grow is an error, and no line behind half a line`() async throws {
        let path = try scratch("keys")
        // In blocks of 512 or of 1024 bytes, as the shell has it.
        try writeFile(path, Array((String(repeating: "#", count: 999) + "\n").utf8))
        let kit = try await CertificateKit.shared()
        let outcome = try await start(
            .sh, "-c", #"ulimit -f 1; exec "$0" dial "$1" --tls-half-close --tls --tls-ca "$2" --tls-key-log "$3""#,
            #require(Binary.sockctl), "127.0.0.1:\(try await server().port)", kit.root, path
        ).finish()
        outcome.expect(status: 73)
        #expect(count("write \(path): file too large", in: outcome) == 1, "\(outcome)")
        #expect(try contents(of: path).count { $0 == UInt8(ascii: "\n") } == 1)
    }

    @Test(.needs(.sh)) func `a session that cannot be kept is told, and leaves no empty file`() async throws {
        let path = try scratch("session")
        let kit = try await CertificateKit.shared()
        let outcome = try await start(
            .sh, "-c", #"ulimit -f 0; exec "$0" dial "$1" --tls-half-close --tls --tls-ca "$2" --tls-session "$3""#,
            #require(Binary.sockctl), "127.0.0.1:\(try await server().port)", kit.root, path, input: .text("x")
        ).finish()
        outcome.expect(status: 73)
        outcome.expect(out: "x")
        #expect(count("write \(path): file too large", in: outcome) == 1, "\(outcome)")
        #expect(try names(in: Scene.required().directory) == [])
    }

    @Test(arguments: ["/nowhere/keys", "/tmp"])
    func `a variable that names no file to be written is told of, and nothing fails for it`(path: String) async throws {
        let kit = try await CertificateKit.shared()
        let words = ["dial", "127.0.0.1:\(try await server().port)", "--tls-half-close"] + kit.trusting
        let dial = try start(
            #require(Binary.sockctl), words, input: .text("x"), environment: ["SSLKEYLOGFILE": path])
        let outcome = try await dial.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "x")
        #expect(count("write \(path): open: ", in: outcome) == 1, "\(outcome)")
    }
}
