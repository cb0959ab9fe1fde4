import Glibc
import Testing

/// No option that names a file to be written writes through another user's link in a folder such as /tmp.
@Suite(.endToEnd, .needsSockctl) struct LinkedOutputTests {
    @Test(
        .enabled(if: geteuid() == 0, "needs root for another user's link"),
        arguments: [
            "listen -w 1ms -o FILE 127.0.0.1:0", "listen -w 1ms -o FILE --append 127.0.0.1:0",
            "listen -w 1ms -x FILE 127.0.0.1:0", "listen -w 1ms -u -o FILE 127.0.0.1:0",
            "udp-recv --timeout 1ms -o FILE 127.0.0.1:0", "udp-recv --timeout 1ms -x FILE 127.0.0.1:0",
            "forward -o FILE 127.0.0.1:0 127.0.0.1:9", "forward --record FILE 127.0.0.1:0 127.0.0.1:9",
            "forward --record-json FILE 127.0.0.1:0 127.0.0.1:9", "http-get -o FILE 127.0.0.1:9",
            "http-get -C -o FILE 127.0.0.1:9", "http-get --repeat 2 --svg FILE 127.0.0.1:9",
            "backlog-probe --dials 1 --svg FILE", "write-block-probe --svg FILE",
            "lab short-read --check --svg FILE", "lab short-read --html FILE",
        ])
    func `a stranger's link is not written through, and a hint says so`(line: String) async throws {
        let directory = try Scene.required().directory
        let victim = try scratch("victim")
        try writeFile(victim, Array("precious".utf8))
        let link = try StickyFolder(in: directory).link("out", to: victim)
        let words = line.split(separator: " ").map { $0 == "FILE" ? link : String($0) }
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 73)
        #expect(outcome.err.contains("\(link): "), "\(outcome)")
        #expect(outcome.err.contains("hint: a link that another user has put into a sticky folder"), "\(outcome)")
        #expect(try contents(of: victim) == Array("precious".utf8))
    }

    @Test(arguments: [
        ["dial", "127.0.0.1:9", "-o"], ["dial", "127.0.0.1:9", "--append", "-o"], ["dial", "127.0.0.1:9", "-x"],
        ["listen", "127.0.0.1:0", "-o"],
    ])
    func `the file that standard input or output is keeps what it has`(words: [String]) async throws {
        let file = try scratch("file")
        try writeFile(file, Array("precious".utf8))
        let read = try await sockctl(words + [file], input: .file(file)).finish()
        read.expect(status: 64)
        #expect(read.err.contains("\(file)' is standard input as well"), "\(read)")
        #expect(try contents(of: file) == Array("precious".utf8))
        let written = try await sockctl(words + [file], output: .file(file)).finish()
        written.expect(status: 64)
        #expect(written.err.contains("\(file)' is standard output as well"), "\(written)")
    }

    @Test(.needs(.python3), arguments: ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
    func `the names of what is open already lead there as ever`(file: String) async throws {
        let peer = try WebPeer.start(#"answer(b"<body>")"#)
        let outcome = try await sockctl("http-get", "-o", file, "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 0)
        outcome.expect(out: "<body>")
    }

    @Test(.needs(.python3)) func `a link of one's own is followed, and a new file made where it leads`() async throws {
        let peer = try WebPeer.start(#"answer(b"<body>")"#)
        let (file, link) = (try scratch("file"), try scratch("link"))
        try #require(unsafe symlink("file", link) == 0)
        let outcome = try await sockctl("http-get", "-o", link, "127.0.0.1:\(try await peer.port())").finish()
        outcome.expectQuietErrors(status: 0)
        #expect(try contents(of: file) == Array("<body>".utf8))
        #expect(try #require(fileStatus(of: link)).st_mode & S_IFMT == S_IFLNK)
    }
}
