import Glibc
import Testing

/// Files by `http-serve`, as people fetch and bring them.
@Suite(.endToEnd, .needsSockctl) struct HTTPFilesTests {
    /// A server of a folder of the test's own, and its address.
    private func serve(_ options: String...) async throws -> (server: ChildProcess, url: String, root: String) {
        let root = try scratch("root")
        unsafe mkdir(root, 0o755)
        let server = try sockctl(["http-serve", "--root", root] + options + ["127.0.0.1:0"])
        return (server, "http://127.0.0.1:\(try await server.listening().port)", root)
    }

    private func curl(_ arguments: String...) async throws -> Outcome {
        try await start(#require(Tool.curl.path), ["-sS"] + arguments).finish()
    }

    @Test(.needs(.curl)) func `curl fetches a file, its head, a part of it, and the rest of it`() async throws {
        let (server, url, root) = try await serve()
        let bytes = noise(500_000)
        try writeFile("\(root)/report.pdf", bytes)
        #expect(try await curl("\(url)/report.pdf").bytes == bytes)
        let head = try await curl("-I", "\(url)/report.pdf").out
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("Content-Length: 500000\r\n"))
        #expect(try await curl("-r", "1000-1999", "\(url)/report.pdf").bytes == Array(bytes[1000..<2000]))
        #expect(try await curl("-r", "-7", "\(url)/report.pdf").bytes == bytes.suffix(7))
        let copy = try scratch("copy.pdf")
        try writeFile(copy, Array(bytes.prefix(123_456)))
        try await curl("-C", "-", "-o", copy, "\(url)/report.pdf").expect(status: 0)
        #expect(try contents(of: copy) == bytes)
        #expect(try await curl("--http1.0", "\(url)/report.pdf").bytes == bytes)
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test(.needs(.curl)) func `curl brings a file, once`() async throws {
        let (_, url, root) = try await serve("--upload")
        let (source, bytes) = (try scratch("source"), noise(3_000_000))
        try writeFile(source, bytes)
        // More than --max-body allows for what is kept in memory.
        let large = try scratch("large")
        try writeFile(large, noise(20 << 20))
        let code = ["-o", "/dev/null", "-w", "%{http_code}"]
        for (file, name, status) in [(source, "a", "201"), (source, "a", "409"), (large, "b", "201")] {
            let outcome = try await start(
                #require(Tool.curl.path), ["-sS", "-T", file] + code + ["\(url)/\(name)"]
            ).finish()
            #expect(outcome.out == status, "\(outcome)")
        }
        #expect(try contents(of: "\(root)/a") == bytes)
        #expect(try contents(of: "\(root)/b") == contents(of: large))
        #expect(Set(names(in: root)) == ["a", "b"])
    }

    @Test(.needsNobody, .needs(.curl)) func `where the server may not write, an upload is told so`() async throws {
        let root = try scratch("root")
        unsafe mkdir(root, 0o755)
        // What a test makes is for its own user, and the server is another.
        try #require(unsafe chmod(Scene.required().directory, 0o755) == 0)
        try writeFile("\(root)/a", [1])
        let words = ["http-serve", "--root", root, "--upload", "--overwrite", "127.0.0.1:0"]
        let server = try start(#require(Tool.setpriv.path), Tool.asNobody + [#require(Binary.sockctl)] + words)
        let url = "http://127.0.0.1:\(try await server.listening().port)"
        let source = try scratch("source")
        try writeFile(source, noise(100))
        for (name, place) in [("b", "folder"), ("a", "file")] {
            let outcome = try await curl("-T", source, "\(url)/\(name)")
            #expect(outcome.out == "403 Forbidden: the server may not write to this \(place)\n", "\(outcome)")
        }
    }

    @Test(.needsNobody, .needs(.curl)) func `of what lies outside nothing is told, not even that it may not be seen`()
        async throws
    {
        let (root, outside) = (try scratch("root"), try scratch("private"))
        unsafe mkdir(root, 0o755)
        unsafe mkdir(outside, 0o700)
        try #require(unsafe chmod(Scene.required().directory, 0o755) == 0)
        try writeFile("\(outside)/secret", [1])
        try #require(unsafe symlink("../private", "\(root)/out") == 0)
        let words = ["http-serve", "--root", root, "--upload", "127.0.0.1:0"]
        let server = try start(#require(Tool.setpriv.path), Tool.asNobody + [#require(Binary.sockctl)] + words)
        let url = "http://127.0.0.1:\(try await server.listening().port)"
        let source = try scratch("source")
        try writeFile(source, noise(100))
        for name in ["secret", "none"] {
            #expect(try await curl("-w", "%{http_code}", "\(url)/out/\(name)").out == "404 Not Found\n404")
            let upload = try await curl("-T", source, "\(url)/out/\(name)")
            #expect(upload.out == "409 Conflict: there is no such folder to store it in\n", "\(upload)")
        }
    }

    @Test(.needs(.curl, .sh)) func `a file larger than the server may write is refused, and the server goes on`()
        async throws
    {
        let root = try scratch("root")
        unsafe mkdir(root, 0o755)
        // In blocks of 512 or of 1024 bytes, as the shell has it.
        let server = try start(
            .sh, "-c", #"ulimit -f 8; exec "$0" http-serve --root "$1" --upload 127.0.0.1:0"#,
            #require(Binary.sockctl), root)
        let url = "http://127.0.0.1:\(try await server.listening().port)"
        let source = try scratch("source")
        try writeFile(source, noise(100_000))
        let outcome = try await curl("-T", source, "-w", "%{http_code}", "\(url)/a")
        #expect(outcome.out.hasSuffix("507"), "\(outcome)")
        #expect(try await curl("-w", "%{http_code}", "\(url)/time").out.hasSuffix("200"))
        #expect(names(in: root) == [])
    }

    @Test(.needs(.curl, .sh, .cat)) func `the file of a program that runs may be replaced`() async throws {
        let (_, url, root) = try await serve("--upload", "--overwrite")
        // Copied by another process: nobody must have it open to be written when it is run.
        let program = try start(
            .sh, "-c", #"cp "$0" "$1" && exec "$1""#, #require(Tool.cat.path), "\(root)/cat", input: .open)
        program.send("up\n")
        try await program.waitForOutput("up\n")
        let (source, bytes) = (try scratch("source"), noise(100))
        try writeFile(source, bytes)
        let outcome = try await curl("-T", source, "-w", "%{http_code}", "\(url)/cat")
        #expect(outcome.out == "204", "\(outcome)")
        #expect(try contents(of: "\(root)/cat") == bytes)
        program.send("on\n")
        try await program.waitForOutput("on\n")
    }

    @Test(.needs(.curl)) func `a limit that is given holds for uploads too`() async throws {
        let (_, url, root) = try await serve("--upload", "--max-body", "1K")
        let source = try scratch("source")
        try writeFile(source, noise(1025))
        let outcome = try await curl("-T", source, "-w", "%{http_code}", "\(url)/a")
        #expect(outcome.out.hasSuffix("413"), "\(outcome)")
        #expect(names(in: root) == [])
    }

    @Test(.needs(.curl)) func `a password, other origins and a field of all answers go together`() async throws {
        let (_, url, root) = try await serve(
            "--auth", "ann:secret", "--cors", "https://example.org", "--header", "Cache-Control: no-cache")
        try writeFile("\(root)/a", Array("hello".utf8))
        let refused = try await curl("-i", "\(url)/a").out
        #expect(refused.hasPrefix("HTTP/1.1 401 ") && refused.contains("Cache-Control: no-cache\r\n"))
        let answer = try await curl("-i", "-u", "ann:secret", "-H", "Origin: https://example.org", "\(url)/a").out
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\n\r\nhello"))
        #expect(answer.contains("Access-Control-Allow-Origin: https://example.org\r\n"))
    }

    @Test(.needs(.curl)) func `the built-in paths stay where no file has the name`() async throws {
        let (_, url, root) = try await serve("--no-index")
        try writeFile("\(root)/echo", Array("a file".utf8))
        #expect(try await curl("\(url)/time").out.contains("20"))
        #expect(try await curl("\(url)/echo").out == "a file")
        #expect(try await curl("-w", "%{http_code}", "\(url)/").out == "404 Not Found\n404")
        #expect(try await curl("-d", "x", "-w", "%{http_code}", "\(url)/nothing").out.hasSuffix("405"))
    }

    @Test(.needs(.curl)) func `a whole tree of noise arrives, over one connection`() async throws {
        let (_, url, root) = try await serve()
        unsafe mkdir("\(root)/a", 0o755)
        var wanted: [UInt8] = []
        var urls: [String] = []
        for (number, size) in [0, 1, 1024, 32 << 10, 100_000, 17, 2_000_000].enumerated() {
            let bytes = noise(size, seed: UInt64(number + 1))
            try writeFile("\(root)/a/\(number)", bytes)
            wanted += bytes
            urls.append("\(url)/a/\(number)")
        }
        let outcome = try await start(
            #require(Tool.curl.path), ["-sS", "-w", "%{stderr}%{num_connects} "] + urls
        ).finish()
        #expect(outcome.bytes == wanted)
        #expect(outcome.err == "1 " + String(repeating: "0 ", count: urls.count - 1))
    }

    @Test func `what cannot be served is told before anything listens`() async throws {
        let missing = try await sockctl("http-serve", "--root", scratch("missing"), "127.0.0.1:0").finish()
        missing.expect(status: 66)
        #expect(missing.err.contains("missing: no such file or directory"), "\(missing)")
    }

    @Test(.needs(.curl)) func `the page of a program stands for the root too, where nothing else does`() async throws {
        let root = try scratch("root")
        unsafe mkdir(root, 0o755)
        try writeFile("\(root)/app.html", Array("the program".utf8))
        for options in [[], ["--no-index"]] {
            let server = try sockctl(["http-serve", "--root", root, "--spa", "app.html"] + options + ["127.0.0.1:0"])
            let url = "http://127.0.0.1:\(try await server.listening().port)"
            for path in ["/", "/a/b", "/app.html"] { #expect(try await curl("\(url)\(path)").out == "the program") }
            #expect(try await curl("-w", "%{http_code}", "\(url)/a.js").out == "404 Not Found\n404")
        }
        try writeFile("\(root)/index.html", Array("the index".utf8))
        let server = try sockctl("http-serve", "--root", root, "--spa", "app.html", "127.0.0.1:0")
        #expect(try await curl("http://127.0.0.1:\(server.listening().port)/").out == "the index")
    }

    @Test func `a page that cannot stand for others is named with its folder, and why`() async throws {
        let root = try scratch("root")
        unsafe mkdir(root, 0o755)
        unsafe mkdir("\(root)/folder", 0o755)
        unsafe symlink("/etc/passwd", "\(root)/out")
        for (page, status, reason) in [
            ("index.html", Int32(66), "read \(root)/index.html: no such file or directory"),
            ("folder", 66, "read \(root)/folder: is a directory"),
            ("out", 64, "\(root)/out: a symbolic link leads out of the folder"), (".page", 64, "add --hidden"),
        ] {
            let outcome = try await sockctl("http-serve", "--root", root, "--spa", page, "127.0.0.1:0").finish()
            outcome.expect(status: status)
            #expect(outcome.err.contains(reason), "\(outcome)")
        }
    }

    @Test(arguments: [
        (["--overwrite", "--root", "/"], "'--overwrite' is about files that '--upload' takes"),
        (["--upload"], "'--upload' stores files in '--root'"), (["--spa", "a"], "'--spa' is a file of '--root'"),
        (["--no-index"], "'--no-index' is about the folders of '--root'"),
        (["--hidden"], "'--hidden' is about the files of '--root'"),
        (["--root", "/", "--spa", "../a"], "names no file inside the folder"),
        (["--cors", "example.org"], "'example.org' is no origin"),
        (["--cors", "https://example.org/"], "is no origin"), (["--header", "nothing"], "write it as 'NAME: VALUE'"),
        (["--header", "a b: c"], "is no field"), (["--header", "Content-Length: 5"], "is not free to choose"),
        (["--header", "A: b\r\nC: d"], "is no field"), (["--auth", "ann"], "a name, a colon and a password"),
    ])
    func `what makes no sense is refused in words`(options: [String], reason: String) async throws {
        let outcome = try await sockctl(["http-serve"] + options + ["127.0.0.1:0"]).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(reason), "\(outcome)")
    }

    @Test(.needs(.chromium)) func `a browser shows a folder, and a name in it does nothing`() async throws {
        let (_, url, root) = try await serve()
        try writeFile("\(root)/<img src=x onerror=document.title='bad'>", [1])
        try writeFile("\(root)/plain.txt", noise(2048))
        let outcome = try await start(
            #require(Tool.chromium.path),
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(scratch("profile"))", "--dump-dom",
                "\(url)/",
            ]
        ).finish(within: .seconds(60))
        #expect(outcome.out.contains("<title>/</title>") && !outcome.out.contains("<img"), "\(outcome)")
        #expect(outcome.out.contains("plain.txt") && outcome.out.contains("2.0 KiB"), "\(outcome)")
    }
}
