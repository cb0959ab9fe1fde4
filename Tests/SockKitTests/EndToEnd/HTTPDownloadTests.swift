import SockKit
import Testing

/// `http-get` into files: what they hold when things go well, when they do not, and when they are gone on with.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct HTTPDownloadTests {
    private static func text(_ path: String) throws -> String {
        String(decoding: try contents(of: path), as: UTF8.self)
    }

    @Test func `-o writes the body to a file, and -O to one named as the URL's end`() async throws {
        let peer = try WebPeer.start(#"answer(b"body")"#)
        let (port, file) = (try await peer.port(), try scratch("named"))
        try writeFile(file, Array("what was there before".utf8))
        let outcome = try await sockctl("http-get", "-o", file, "127.0.0.1:\(port)/a/b").finish()
        outcome.expect(status: 0)
        outcome.expect(out: "")
        #expect(try Self.text(file) == "body")
        let directory = try Scene.required().directory
        let shell = try start(
            .sh, "-c",
            "cd '\(directory)' && exec '\(#require(Binary.sockctl))' http-get -O http://127.0.0.1:\(port)/a/b%20c?q")
        try await shell.finish().expect(status: 0)
        #expect(try Self.text("\(directory)/b c") == "body")
    }

    @Test func `a file stays as it is when nothing comes, and none is made`() async throws {
        let peer = try WebPeer.start("None", #"answer(b"no", status="404 No")"#)
        let (port, old, new) = (try await peer.port(), try scratch("old"), try scratch("new"))
        try writeFile(old, Array("precious".utf8))
        try await sockctl("http-get", "-o", old, "127.0.0.1:\(port)").finish().expect(status: 74)
        try await sockctl("http-get", "-f", "-o", old, "127.0.0.1:\(port)").finish().expect(status: 1)
        try await sockctl("http-get", "-o", new, "127.0.0.1:\(unboundPort())").finish().expect(status: 69)
        #expect(try Self.text(old) == "precious")
        #expect((try? contents(of: new)) == nil)
    }

    @Test func `what came of a body that broke is kept and told, and gone on with if it is still the same`()
        async throws
    {
        let peer = try WebPeer.start(
            #"answer(b"0123", 'ETag: "v1"', length=10) + CLOSE"#,
            #"answer(b"456789", "Content-Range: bytes 4-9/10", status="206 Partial Content")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        let broken = try await sockctl("http-get", "-o", file, "127.0.0.1:\(port)").finish()
        broken.expect(status: 74)
        #expect(broken.err.contains("4 of 10 bytes of it are in \(file)"), "\(broken)")
        #expect(broken.err.hasSuffix("; to go on with it, add --continue (-C -)\n"), "\(broken)")
        let whole = try await sockctl("http-get", "-v", "-C", "-", "-o", file, "127.0.0.1:\(port)").finish()
        whole.expect(status: 0)
        #expect(try Self.text(file) == "0123456789")
        let request = try await peer.requests(2).last?.text
        #expect(request?.contains(#"\r\nRange: bytes=4-\r\n"#) == true)
        // Where the file system keeps words with files, what the part was of is known.
        if canKeepWords(file) { #expect(request?.contains(#"\r\nIf-Range: "v1"\r\n"#) == true) }
        #expect(whole.err.contains("\(file) has 4 bytes, and the rest follows"))
    }

    @Test func `of several bodies in one file the part that came of one is told, and nothing is advised`() async throws
    {
        let peer = try WebPeer.start(#"answer(b"first")"#, #"answer(b"0123", length=10) + CLOSE"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        let address = "127.0.0.1:\(port)"
        let outcome = try await sockctl("http-get", "-o", file, address, address).finish()
        outcome.expect(status: 74)
        #expect(outcome.err.hasSuffix("\n4 of 10 bytes of it are in \(file)\n"), "\(outcome)")
        #expect(try Self.text(file) == "first0123")
    }

    @Test func `a server that sends all of it is taken at its word`() async throws {
        let peer = try WebPeer.start(#"answer(b"another version")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("a part that is even longer than the whole".utf8))
        try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish().expect(status: 0)
        #expect(try Self.text(file) == "another version")
    }

    @Test func `a file that is whole is left alone, and one that is too long is an error`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"none", "Content-Range: bytes */5", status="416 Range Not Satisfiable")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("whole".utf8))
        try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish().expect(status: 0)
        #expect(try Self.text(file) == "whole")
        try writeFile(file, Array("too long".utf8))
        let outcome = try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("has 8 bytes, more than"), "\(outcome)")
        #expect(try Self.text(file) == "too long")
    }

    @Test func `nothing is put behind a part but what belongs there`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"45", "Content-Range: bytes 3-4/5", status="206 Partial Content")"#,
            #"answer(b"sorry", status="503 Busy")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("01".utf8))
        let wrong = try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish()
        wrong.expect(status: 65)
        #expect(wrong.err.contains("asked for from byte 2"), "\(wrong)")
        try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(port)").finish().expect(status: 1)
        #expect(try Self.text(file) == "01")
    }

    @Test func `--retry asks again after a bad moment, when Retry-After says`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"busy", "Retry-After: 0", status="503 Busy")"#,
            #"answer(b"", "Retry-After: 0", status="429 Many")"#,
            #"answer(b"at last")"#)
        let outcome = try await sockctl("http-get", "--retry", "2", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 0)
        outcome.expect(out: "at last")
        #expect(
            outcome.err.split(separator: "\n").count == 2 && outcome.err.contains("retrying in 0 s, attempt 1: GET"),
            "\(outcome)")
    }

    @Test func `--retry goes on with the part that a file has`() async throws {
        let peer = try WebPeer.start(
            #"answer(b"0123", 'ETag: "v1"', length=10) + CLOSE"#,
            #"answer(b"456789", "Content-Range: bytes 4-9/10", status="206 Partial Content")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        let outcome = try await sockctl("http-get", "--retry", "1", "-o", file, "127.0.0.1:\(port)").finish()
        outcome.expect(status: 0)
        #expect(try Self.text(file) == "0123456789")
        #expect(outcome.err.contains("retrying in 1.00 s, attempt 1: "), "\(outcome)")
    }

    @Test func `an upload that is a file can be sent again, and standard input cannot`() async throws {
        let peer = try WebPeer.start(#"answer(b"", "Retry-After: 0", status="503 Busy")"#, #"answer(b"taken")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("content".utf8))
        try await sockctl("http-get", "--retry", "1", "-T", file, "127.0.0.1:\(port)").finish().expect(out: "taken")
        let requests = try await peer.requests(2)
        #expect(requests.map(\.text).allSatisfy { $0.hasSuffix("content") } && requests.count == 2)
        try await sockctl("http-get", "--retry", "1", "-T", "-", "127.0.0.1:\(port)").finish().expect(status: 64)
    }

    @Test func `an interrupt says how much the file has`() async throws {
        let peer = try WebPeer.start(#"answer(b"0123", length=10)"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        let get = try sockctl("http-get", "-o", file, "127.0.0.1:\(port)")
        _ = try await eventually("a part of the body") { try? contents(of: file).count == 4 ? true : nil }
        let outcome = try await get.finish(after: 2)
        outcome.expect(status: 130)
        #expect(outcome.err == "4 of 10 bytes of it are in \(file); to go on with it, add --continue (-C -)\n")
    }

    @Test func `a Retry-After beyond the time limits is not waited for`() async throws {
        let peer = try WebPeer.start(#"answer(b"busy", "Retry-After: 3600", status="503 Too busy")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        for limit in ["--timeout", "--max-time"] {
            let outcome = try await sockctl("http-get", "-f", "--retry", "2", limit, "8s", place).finish()
            outcome.expect(status: 1)
            let told = "not tried again: GET http://\(place)/: 503 Too busy asks for a wait of 1h 00m 00s, and the time"
            #expect(outcome.err.hasPrefix(told), "\(outcome)")
        }
        #expect(try await peer.requests(2).count == 2)
    }

    @Test(arguments: [[], ["-v"]])
    func `what is tried again is named as the server named it`(options: [String]) async throws {
        let peer = try WebPeer.start(
            #"answer(b"", "Retry-After: 0", status="503 Out for lunch")"#, #"answer(b"ok")"#)
        let outcome = try await sockctl(
            ["http-get", "--retry", "1"] + options + ["127.0.0.1:\(peer.port())"]
        ).finish()
        outcome.expect(out: "ok")
        #expect(outcome.err.contains("/: 503 Out for lunch\n"), "\(outcome)")
        #expect(!outcome.err.contains("Service Unavailable"), "\(outcome)")
    }

    @Test func `several bodies stand behind each other in a file`() async throws {
        let peer = try WebPeer.start(#"answer(b"one ")"#, #"answer(b"two")"#)
        let (port, file) = (try await peer.port(), try scratch("file"))
        try writeFile(file, Array("what was there before".utf8))
        try await sockctl("http-get", "-o", file, "127.0.0.1:\(port)/1", "127.0.0.1:\(port)/2").finish()
            .expect(status: 0)
        #expect(try Self.text(file) == "one two")
    }

    private func canKeepWords(_ file: String) -> Bool {
        guard let tried = try? FileCalls.open(ByteString(file), for: .readWrite) else { return false }
        return (try? FileAttributes.set("user.sockctl.test", to: [1], on: tried.rawValue)) != nil
    }
}
