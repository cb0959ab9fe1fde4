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

    @Test func `no more is what is given out in its place`() async throws {
        try await onLoop {
            let files = try Self.site()
            try files.make("a.js", "old")
            #expect(try await files.ask("/a.js.gz", "PUT", body: Array("new".utf8)).status == 409)
            #expect(try await files.ask("/b.js.gz", "PUT", body: Array("new".utf8)).status == 201)
            let bold = try Self.site(overwriting: true)
            try bold.make("a.js", "old")
            #expect(try await bold.ask("/a.js.gz", "PUT", body: Array("new".utf8)).status == 201)
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
