import Glibc
import Testing

/// Pipes that have a name, in the place of files: nobody is kept waiting by them but who asked for them.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct NamedPipeTests {
    private func makePipe() throws -> String {
        let pipe = try scratch("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        return pipe
    }

    /// Its reading end, without which nobody may write to it.
    private func reader(of pipe: String) throws -> Int32 {
        let reader = unsafe open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try #require(reader >= 0)
        try Scene.required().adopt(descriptor: reader)
        return reader
    }

    @Test(arguments: ["-o", "-x"]) func `a copy for a pipe that nobody reads is refused`(option: String) async throws {
        let pipe = try makePipe()
        for command in [["dial", "127.0.0.1:9"], ["listen", "127.0.0.1:0"], ["udp-recv", "127.0.0.1:0"]] {
            let outcome = try await sockctl(command + [option, pipe]).finish()
            outcome.expect(status: 73)
            #expect(outcome.err.contains("open \(pipe): ") && outcome.err.contains("nobody reads"), "\(outcome)")
        }
    }

    @Test func `a pipe gets all of the copy, however late it is read`() async throws {
        let pipe = try makePipe()
        let reader = try reader(of: pipe)
        let sent = noise(3_000_000)
        let file = try scratch("sent")
        try writeFile(file, sent)
        let peer = try python("c = take(serve()); c.sendall(open(arguments[0], 'rb').read()); c.close()", file)
        let dial = try sockctl("dial", "-o", pipe, "127.0.0.1:\(try await peer.port())")
        // It begins, and then stops for want of a reader.
        try await dial.waitForOutput(count: 100_000)
        var copy: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 20)
        try await eventually("all of the copy") {
            let count = unsafe read(reader, &room, room.count)
            if count > 0 { copy += room[..<count] }
            return copy.count >= sent.count ? () : nil
        }
        let outcome = try await dial.finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes == sent && copy == sent)
    }

    @Test func `while nobody reads the copy a signal is heard`() async throws {
        let pipe = try makePipe()
        let reader = try reader(of: pipe)
        let peer = try python("c = take(serve()); c.sendall(bytes(64 << 20))")
        let dial = try sockctl("dial", "-o", pipe, "127.0.0.1:\(try await peer.port())", output: .file("/dev/null"))
        // The pipe is full: it has more than a reader of it, who takes nothing, would be given at once.
        try await eventually("a full pipe") {
            var room = pollfd(fd: reader, events: Int16(POLLOUT), revents: 0)
            return unsafe poll(&room, 1, 0) == 0 ? () : nil
        }
        try await dial.finish(after: SIGTERM).expect(status: 143)
    }

    @Test(arguments: ["-o", "-x"])
    func `what nobody has taken of a copy when the program has to end is told`(option: String) async throws {
        let pipe = try makePipe()
        let reader = try reader(of: pipe)
        let peer = try python("c = take(serve()); c.sendall(bytes(64 << 20))")
        let dial = try sockctl(
            "dial", "--json", option, pipe, "127.0.0.1:\(try await peer.port())", output: .file("/dev/null"))
        try await eventually("a full pipe") {
            var room = pollfd(fd: reader, events: Int16(POLLOUT), revents: 0)
            return unsafe poll(&room, 1, 0) == 0 ? () : nil
        }
        let outcome = try await dial.finish(after: SIGTERM)
        outcome.expect(status: 143)
        let events = try outcome.events()
        let dropped = try #require(events.last { $0.name == "output-dropped" }, "\(outcome)")
        #expect(dropped["path"]?.string == pipe && dropped["bytes_received"] == nil, "\(dropped)")
        let lost = try #require(dropped["bytes"]?.integer, "\(dropped)")
        var taken = 0
        var room = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = unsafe read(reader, &room, room.count), count > 0 { taken += count }
        let received = try #require(events.last { $0.name == "closed" }?["bytes_received"]?.integer, "\(outcome)")
        // A dump has several bytes for each.
        #expect(
            option == "-o" ? lost == received - taken : lost > received - taken, "\(received), \(taken), \(dropped)")
    }

    @Test(arguments: ["-o", "-x"])
    func `a reader that has gone is told of, also where it goes as the peer ends`(option: String) async throws {
        let pipe = try makePipe()
        let reader = unsafe open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try #require(reader >= 0)
        let script = "c = take(serve()); sys.stdin.readline(); c.sendall(bytes(8000)); c.close()"
        let peer = try python(script, input: .open)
        let dial = try sockctl("dial", "-v", option, pipe, "127.0.0.1:\(try await peer.port())")
        try await dial.waitForLine(containing: "connected")
        close(reader)
        peer.send("now\n")
        let outcome = try await dial.finish()
        outcome.expect(status: 73)
        #expect(count("write \(pipe): broken pipe", in: outcome) == 1, "\(outcome)")
    }

    private func count(_ text: String, in outcome: Outcome) -> Int { outcome.err.ranges(of: text).count }

    @Test(arguments: [
        ["dial", "--proxy", "socks5://127.0.0.1:9", "127.0.0.1:9"], ["listen", "--serve", "proxy", "127.0.0.1:0"],
    ])
    func `a file of passwords that nobody writes is waited for as long as --max-time allows`(line: [String])
        async throws
    {
        let pipe = try makePipe()
        let outcome = try await sockctl(line + ["--proxy-auth-file", pipe, "--max-time", "300ms"]).finish()
        outcome.expect(status: 75)
        #expect(outcome.elapsed >= .milliseconds(300), "\(outcome)")
    }
}
