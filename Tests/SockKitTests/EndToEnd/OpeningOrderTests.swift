import Testing

/// What a listener opens, and when: not before it has its address, and before anybody is told of it.
@Suite(.endToEnd, .needsSockctl) struct OpeningOrderTests {
    @Test(
        .needs(.python3),
        arguments: [
            "listen -o FILE", "listen -u -o FILE", "listen -u -x FILE", "udp-recv -o FILE", "forward -o FILE",
            "forward --record FILE", "forward --record-json FILE", "forward -u -o FILE", "forward -u --record FILE",
        ])
    func `who cannot have an address leaves the files of whoever has it alone`(line: String) async throws {
        let file = try scratch("file")
        try writeFile(file, Array("precious".utf8))
        let port: Int
        if line.contains("-u ") || line.hasPrefix("udp") {
            port = try await python("s = serve(kind=socket.SOCK_DGRAM); hold()").port()
        } else {
            port = try occupiedPort()
        }
        let words = line.split(separator: " ").map { $0 == "FILE" ? file : String($0) }
        let target = line.hasPrefix("forward") ? ["127.0.0.1:9"] : []
        let outcome = try await sockctl(words + ["127.0.0.1:\(port)"] + target).finish()
        outcome.expect(status: 73)
        #expect(try contents(of: file) == Array("precious".utf8), "\(outcome)")
    }

    @Test(arguments: ["-o", "-x"])
    func `a copy that cannot be kept is known before anybody is told to come`(option: String) async throws {
        for command in [["listen"], ["listen", "-k"], ["listen", "--sh-exec", "true"], ["listen", "-u"]] {
            let outcome = try await sockctl(command + [option, "/nowhere/at-all", "127.0.0.1:0"]).finish()
            outcome.expect(status: 73)
            #expect(outcome.err.contains("/nowhere/at-all") && !outcome.err.contains("listening"), "\(outcome)")
        }
    }

    @Test func `a file that two options name differently is refused before it is emptied`() async throws {
        let (file, other) = (try scratch("file"), try scratch("./file"))
        try writeFile(file, Array("precious".utf8))
        for words in [["dial", "-w", "1s", "127.0.0.1:9"], ["listen", "-w", "1ms", "127.0.0.1:0"]] {
            let outcome = try await sockctl(words + ["-o", file, "-x", other]).finish()
            outcome.expect(status: 64)
            #expect(outcome.err.contains("'--output \(file)' and '--hex-dump \(other)' are one file"), "\(outcome)")
            #expect(try contents(of: file) == Array("precious".utf8))
        }
    }

    @Test func `an input that cannot be read is known before anybody is told to come`() async throws {
        let directory = try Scene.required().directory
        let outcome = try await sockctl("listen", "127.0.0.1:0", input: .file(directory)).finish()
        outcome.expect(status: 66)
        #expect(!outcome.err.contains("listening"), "\(outcome)")
    }

    @Test func `who only answers datagrams does not care what standard input is`() async throws {
        let directory = try Scene.required().directory
        let server = try sockctl("listen", "-u", "--serve", "echo", "127.0.0.1:0", input: .file(directory))
        let dial = try await sockctl("dial", "-u", "127.0.0.1:\(server.listening().port)", input: .text("hello"))
        try await dial.finish().expect(out: "hello")
    }
}
