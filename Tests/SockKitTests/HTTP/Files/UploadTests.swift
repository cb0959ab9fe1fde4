import Glibc
import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct UploadTests {
    @Netpoller
    private static func site(overwriting: Bool = false) throws -> FileSite {
        var rules = FileRules()
        rules.takesUploads = true
        rules.overwrites = overwriting
        return try FileSite(rules)
    }

    @Test(arguments: [0, 5, 1_000_000])
    func `PUT makes a file`(size: Int) async throws {
        try await onLoop {
            let files = try Self.site()
            try files.make("inner/x")
            let bytes = noise(size)
            let answer = try await files.ask("/inner/new%20file.bin", "PUT", body: bytes)
            #expect(answer.status == 201 && answer.fields["Location"] == "/inner/new%20file.bin")
            #expect(try contents(of: "\(files.root)/inner/new file.bin") == bytes)
            #expect(Set(names(in: "\(files.root)/inner")) == ["x", "new file.bin"])
            #expect(try await files.ask("/inner/new%20file.bin").body == bytes)
        }
    }

    @Test func `a file is not replaced unless that is allowed`() async throws {
        try await onLoop {
            let files = try Self.site()
            try files.make("a", "old")
            #expect(try await files.ask("/a", "PUT", body: Array("new".utf8)).status == 409)
            #expect(try contents(of: "\(files.root)/a") == Array("old".utf8))

            let bold = try Self.site(overwriting: true)
            try bold.make("a", "old")
            #expect(try await bold.ask("/a", "PUT", body: Array("new".utf8)).status == 204)
            #expect(try contents(of: "\(bold.root)/a") == Array("new".utf8))
            #expect(try await bold.ask("/a", "PUT", ["If-None-Match: *"], body: []).status == 412)
            #expect(try await bold.ask("/a", "PUT", ["If-Match: \"x\""], body: []).status == 412)
            #expect(names(in: bold.root) == ["a"])
        }
    }

    @Test(arguments: [false, true], [false, true])
    func `what is brought as FILE.gz stands for FILE only where files may be replaced`(
        overwrites: Bool, comesFirst: Bool
    ) async throws {
        try await onLoop {
            let files = try Self.site(overwriting: overwrites)
            if !comesFirst { try files.make("a.js", "old") }
            #expect(try await files.ask("/a.js.gz", "PUT", body: Array("new".utf8)).status == 201)
            if comesFirst { try files.make("a.js", "old") }
            files.date("a.js")
            for _ in 0..<2 {
                let answer = try await files.ask("/a.js", "GET", ["Accept-Encoding: gzip"])
                #expect(answer.text == (overwrites ? "new" : "old"))
            }
        }
    }

    @Test func `content without a length, which is none, is not taken for an empty file`() async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try files.make("a", "old")
            for path in ["/a", "/b"] { #expect(try await files.ask(path, "PUT").status == 411) }
            #expect(try contents(of: "\(files.root)/a") == Array("old".utf8))
            #expect(names(in: files.root) == ["a"])
        }
    }

    @Test func `a name that no file can have is told at once`() async throws {
        try await onLoop {
            let files = try Self.site()
            let name = String(repeating: "n", count: 256)
            let head = "PUT /\(name) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n"
            let (bytes, _) = try await files.talk { client in try await client.write(head) }
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 414 "))
        }
    }

    @Test func `a folder that goes away meanwhile is told as one that is not there`() async throws {
        try await onLoop {
            let files = try Self.site()
            try files.make("inner/x")
            let bytes = try await Self.upload("/inner/a", "", to: files) {
                #expect(unsafe unlink("\(files.root)/inner/x") == 0)
                #expect(unsafe rmdir("\(files.root)/inner") == 0)
            }
            #expect(bytes.hasPrefix("HTTP/1.1 409 ") && bytes.contains("no such folder"), "\(bytes)")
        }
    }

    @Test(arguments: [0o600, 0o640, 0o755] as [mode_t])
    func `a file that is replaced keeps its permissions`(mode: mode_t) async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try files.make("a", "old")
            #expect(unsafe chmod("\(files.root)/a", mode) == 0)
            #expect(try await files.ask("/a", "PUT", body: Array("new".utf8)).status == 204)
            var status = stat()
            let found = unsafe stat("\(files.root)/a", &status)
            #expect(found == 0 && status.st_mode & 0o777 == mode)
        }
    }

    @Test(arguments: [
        ("/../x", 404), ("/%2e%2e%2fx", 404), ("/.hidden", 403), ("/.git/x", 403), ("/missing/x", 409),
        ("/folder/", 409),
        ("/folder", 409), ("/", 409), ("/out/x", 409), ("/a/x", 409), ("/fifo", 409),
    ])
    func `nothing is stored where nothing belongs`(path: String, status: Int) async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try files.make("folder/y")
            try files.make("a")
            try files.link("out", to: "..")
            #expect(unsafe mkfifo("\(files.root)/fifo", 0o666) == 0)
            let answer = try await files.ask(path, "PUT", body: [1])
            #expect(answer.status == status, "\(path): \(answer.text)")
            #expect(Set(names(in: files.root)) == ["folder", "a", "out", "fifo"])
            #expect(names(in: files.directory.path) == ["root"])
        }
    }

    @Test func `a link is replaced, and what it leads to is not touched`() async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try writeFile("\(files.directory.path)/secret", [1])
            try files.link("a", to: "../secret")
            #expect(try await files.ask("/a", "PUT", body: [2]).status == 204)
            #expect(try contents(of: "\(files.directory.path)/secret") == [1])
            #expect(try contents(of: "\(files.root)/a") == [2])
        }
    }

    @Test(arguments: [("Content-Range: bytes 0-0/5", 400), ("Content-Encoding: gzip", 415)])
    func `what is no whole file is refused`(field: String, status: Int) async throws {
        try await onLoop {
            let files = try Self.site()
            #expect(try await files.ask("/a", "PUT", [field], body: [1]).status == status)
            #expect(names(in: files.root) == [])
        }
    }

    @Test func `of a file that is broken off nothing is left, and none is seen before it is whole`() async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try files.make("a", "old")
            for path in ["/a", "/b"] {
                let (bytes, _) = try await files.talk { client in
                    try await client.write("PUT \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
                    // The server has it, and waits for more.
                    try await waitUntil("the upload") { openFiles(below: files.root) == 1 }
                    #expect(try await files.ask("/a").text == "old")
                    #expect(try await files.ask("/b").status == 404)
                    try client.closeWrite()
                }
                #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
            }
            #expect(names(in: files.root) == ["a"])
            #expect(try contents(of: "\(files.root)/a") == Array("old".utf8))
        }
    }

    @Test func `of two that bring the same file at once only one is taken`() async throws {
        try await onLoop {
            let files = try Self.site()
            let (bytes, _) = try await files.talk { client in
                try await client.write(
                    "PUT /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n123")
                try await waitUntil("the upload") { openFiles(below: files.root) == 1 }
                #expect(try await files.ask("/a", "PUT", body: Array("other".utf8)).status == 201)
                try await client.write("45")
            }
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 409 "))
            #expect(try contents(of: "\(files.root)/a") == Array("other".utf8))
            #expect(names(in: files.root) == ["a"])
        }
    }

    /// Brings a file of five bytes, with these fields, and does something while the server has three of them.
    @Netpoller
    private static func upload(
        _ path: String, _ fields: String, to files: FileSite, meanwhile body: @Netpoller () async throws -> Void
    ) async throws -> String {
        let head = "PUT \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n"
        let (bytes, _) = try await files.talk { client in
            try await client.write("\(head)\(fields)\r\n123")
            try await waitUntil("the upload") { openFiles(below: files.root) > 0 }
            try await body()
            try await client.write("45")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The tag of a file, once it is a strong one: some moments after the last change. With a query the file is not kept open.
    @Netpoller
    private static func tag(of path: String, in files: FileSite) async throws -> String {
        while true {
            let tag = try #require(try await files.ask("\(path)?now").fields["ETag"])
            if !tag.hasPrefix("W/") { return tag }
            await Netpoller.sleep(for: .milliseconds(1))
        }
    }

    @Test func `what a request takes for granted has to hold when its content has come, too`() async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try files.make("a", "old")
            let tag = try await Self.tag(of: "/a", in: files)
            for (path, field) in [("/a", "If-Match: \(tag)"), ("/b", "If-None-Match: *")] {
                let answer = try await Self.upload(path, "\(field)\r\n", to: files) {
                    let other = try await files.ask(path, "PUT", body: Array("other".utf8))
                    #expect(other.status == (path == "/a" ? 204 : 201))
                }
                #expect(answer.hasPrefix("HTTP/1.1 412 "), "\(answer)")
                #expect(try contents(of: "\(files.root)\(path)") == Array("other".utf8))
            }
            // Without a condition the last one wins.
            let answer = try await Self.upload("/c", "", to: files) {
                let other = try await files.ask("/c", "PUT", body: Array("other".utf8))
                #expect(other.status == 201)
            }
            #expect(answer.hasPrefix("HTTP/1.1 204 "), "\(answer)")
            #expect(try contents(of: "\(files.root)/c") == Array("12345".utf8))
        }
    }

    @Test func `who names a version that he does not want to replace may replace others`() async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try files.make("a", "old")
            let tag = try await Self.tag(of: "/a", in: files)
            #expect(try await files.ask("/a", "PUT", ["If-None-Match: \(tag)"], body: [1]).status == 412)
            #expect(try await files.ask("/a", "PUT", ["If-None-Match: \"x\""], body: [1]).status == 204)
            #expect(try contents(of: "\(files.root)/a") == [1])
        }
    }

    @Test func `the version of a link is that of what it leads to, as GET tells it`() async throws {
        try await onLoop {
            let files = try Self.site(overwriting: true)
            try files.make("target", "old")
            try files.link("a", to: "target")
            let tag = try await Self.tag(of: "/a", in: files)
            #expect(try await files.ask("/a", "PUT", ["If-Match: \(tag)"], body: [1]).status == 204)
            #expect(try contents(of: "\(files.root)/a") == [1])
            #expect(try contents(of: "\(files.root)/target") == Array("old".utf8))
        }
    }

    @Test func `content in chunks is a file too, and what is larger than allowed is none`() async throws {
        try await onLoop {
            var rules = FileRules()
            rules.takesUploads = true
            rules.uploadLimit = 6
            let files = try FileSite(rules)
            let chunked =
                "PUT /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            let (bytes, _) = try await files.talk { try await $0.write(chunked) }
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 201 "))
            #expect(try contents(of: "\(files.root)/a") == Array("abcde".utf8))
            #expect(try await files.ask("/b", "PUT", body: [1, 2, 3, 4, 5, 6, 7]).status == 413)
            #expect(names(in: files.root) == ["a"])
        }
    }

    @Test func `what PUT is allowed is told`() async throws {
        try await onLoop {
            let files = try Self.site()
            #expect(try await files.ask("/a", "OPTIONS").fields["Allow"] == "GET, HEAD, PUT, OPTIONS")
            #expect(try await files.ask("/a", "DELETE").status == 405)
        }
    }
}

/// How many files this process has open in a folder, deleted ones and those without a name too.
private func openFiles(below path: String) -> Int {
    names(in: "/proc/self/fd").count { name in
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/fd/\(name)", &target, target.count)
        guard count > 0 else { return false }
        return String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self).hasPrefix(path + "/")
    }
}
