import Glibc
import SockKit
import Testing

/// What is served of a root, and what never.
@Suite(.timeLimit(.minutes(5))) struct FileServingTests {
    @Test func `a file is answered with its type, length, tag and date`() async throws {
        try await onLoop {
            let files = try FileSite()
            try files.make("a.html", "<p>hello</p>")
            files.date("a.html", 784_111_777)
            let answer = try await files.ask("/a.html")
            #expect(answer.status == 200 && answer.text == "<p>hello</p>")
            #expect(answer.fields["Content-Type"] == "text/html; charset=utf-8")
            #expect(answer.fields["Content-Length"] == "12")
            #expect(answer.fields["Last-Modified"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(answer.fields["Accept-Ranges"] == "bytes")
            let tag = try #require(answer.fields["ETag"])
            #expect(tag.hasSuffix("\"") && tag.count > 8)
        }
    }

    @Test func `HEAD has the same head and no content`() async throws {
        try await onLoop {
            let files = try FileSite()
            try files.make("a.txt", noise(100_000))
            // The tag of a file that was changed a moment ago is a weak one, and soon no more.
            while try await files.ask("/a.txt").fields["ETag"]?.hasPrefix("W/") == true { await Task.yield() }
            let (got, head) = (try await files.ask("/a.txt"), try await files.ask("/a.txt", "HEAD"))
            #expect(got.body.count == 100_000 && head.body.isEmpty && head.status == 200)
            for name in ["Content-Length", "ETag", "Content-Type", "Last-Modified"] {
                #expect(got.fields[name] == head.fields[name])
            }
        }
    }

    @Test(arguments: [0, 1, 1024, 16 << 10, (16 << 10) + 1, 70_000, 3_000_001])
    func `every byte comes, whatever the size, the first time and the next`(size: Int) async throws {
        try await onLoop {
            let files = try FileSite()
            let bytes = noise(size)
            try files.make("a", bytes)
            for _ in 0..<3 {
                let answer = try await files.ask("/a")
                #expect(answer.status == 200 && answer.body == bytes)
                #expect(answer.fields["Content-Length"] == "\(size)")
            }
        }
    }

    @Test(arguments: [
        "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/%2e%2e%2fsecret", "/.%2e/secret", "/a/../../secret",
        "/a/%2e%2e/%2e%2e/secret", "/....//secret", "/a%00", "/a%2f..%2f..%2fsecret", "/..\\secret", "/%5c..%5csecret",
        "/%252e%252e/secret", "/%c0%ae%c0%ae/secret", "/out", "/out/", "/folder-out/secret", "/folder-out/",
        "/absolute", "/absolute-in", "/up-and-in", "/up-and-in/../../secret", "/proc", "/loop", "/fifo", "/socket",
        "/device", "/a/",
        "/a/b", "/missing", "/inner/out", "//secret", "/..;/secret", "/%2fetc/passwd", "//etc/passwd",
    ])
    func `what is not in the root is not found`(path: String) async throws {
        try await onLoop {
            let files = try FileSite()
            try Self.furnish(files)
            let answer = try await files.ask(path)
            #expect(answer.status == 404, "\(path): \(answer.text)")
            #expect(!answer.text.contains("root:") && !answer.text.contains("nobody may read"))
        }
    }

    /// A root with all that may lead astray.
    @Netpoller
    private static func furnish(_ files: FileSite) throws {
        try writeFile("\(files.directory.path)/secret", Array("nobody may read this".utf8))
        try files.make("a", "fine")
        try files.make("inner/b", "fine too")
        for (name, target) in [
            ("out", "../secret"), ("folder-out", ".."), ("absolute", "/etc/passwd"), ("absolute-in", "\(files.root)/a"),
            ("up-and-in", "../root/a"), ("proc", "/proc/self/environ"), ("loop", "loop"), ("inner/out", "../../secret"),
            ("device", "/dev/zero"),
        ] {
            try files.link(name, to: target)
        }
        #expect(unsafe mkfifo("\(files.root)/fifo", 0o666) == 0)
        try makeStaleSocket(at: "\(files.root)/socket", .stream)
    }

    @Test func `a path that is none is refused`() async throws {
        try await onLoop {
            let files = try FileSite()
            #expect(try await files.ask("/%zz").status == 400)
            #expect(try await files.ask("/%").status == 400)
        }
    }

    @Test func `links that stay in the root are followed`() async throws {
        try await onLoop {
            let files = try FileSite()
            try files.make("a/b.txt", "b")
            try files.make("c/d/e.txt", "e")
            try files.link("one", to: "a/b.txt")
            try files.link("a/two", to: "../c/d/e.txt")
            try files.link("three", to: "c")
            try files.link("four", to: "one")
            for (path, text) in [("/one", "b"), ("/a/two", "e"), ("/three/d/e.txt", "e"), ("/four", "b")] {
                for _ in 0..<2 { #expect(try await files.ask(path).text == text) }
            }
        }
    }

    @Test(arguments: [false, true])
    func `names that begin with a dot are there only for who asked for them`(shows: Bool) async throws {
        try await onLoop {
            var rules = FileRules()
            rules.showsHidden = shows
            let files = try FileSite(rules)
            try files.make(".env", "secret")
            try files.make(".git/config", "secret")
            for path in ["/.env", "/%2eenv", "/.git/config"] {
                #expect(try await files.ask(path).status == (shows ? 200 : 404))
            }
            #expect(try await files.ask("/").text.contains(".env") == shows)
        }
    }

    @Test func `a folder is redirected to its slash, never to another server`() async throws {
        try await onLoop {
            let files = try FileSite()
            try files.make("a b/index.html", "page")
            try files.make("example.org/x", "")
            let answer = try await files.ask("/a%20b?q=1")
            #expect(answer.status == 301 && answer.fields["Location"] == "/a%20b/?q=1")
            #expect(try await files.ask("/a%20b/").text == "page")
            #expect(try await files.ask("//example.org").fields["Location"] == "/example.org/")
            #expect(try await files.ask("/index.html").status == 404)
        }
    }

    @Test func `a compressed copy is sent to who takes it, if it is not older`() async throws {
        try await onLoop {
            let files = try FileSite()
            try files.make("a.js", "plain text")
            try files.make("a.js.gz", "zipped")
            for _ in 0..<2 {
                let zipped = try await files.ask("/a.js", "GET", ["Accept-Encoding: br, gzip"])
                #expect(zipped.text == "zipped" && zipped.fields["Content-Encoding"] == "gzip")
                #expect(zipped.fields["Content-Type"] == "text/javascript; charset=utf-8")
                #expect(zipped.fields["Vary"] == "Accept-Encoding")
                let plain = try await files.ask("/a.js")
                #expect(plain.text == "plain text" && plain.fields["Content-Encoding"] == nil)
                #expect(plain.fields["Vary"] == "Accept-Encoding")
                #expect(plain.fields["ETag"] != zipped.fields["ETag"])
            }
            for value in ["gzip;q=0", "br", "identity", "gzip;q=0.2, identity;q=0.9"] {
                #expect(try await files.ask("/a.js", "GET", ["Accept-Encoding: \(value)"]).text == "plain text")
            }
            #expect(try await files.ask("/a.js.gz").fields["Content-Encoding"] == nil)
            // gzip gives its copy the file's time in whole seconds.
            files.date("a.js", 1_000_000_000, nanoseconds: 999_999_999)
            files.date("a.js.gz", 1_000_000_000)
            #expect(try await files.ask("/a.js", "GET", ["Accept-Encoding: gzip"]).text == "zipped")
            files.date("a.js.gz", 999_999_999)
            #expect(try await files.ask("/a.js", "GET", ["Accept-Encoding: gzip"]).text == "plain text")
        }
    }

    @Test func `a file that was exchanged or changed is seen at once`() async throws {
        try await onLoop {
            let files = try FileSite()
            var tags: Set<String> = []
            for round in 0..<20 {
                if round % 2 == 0 {
                    try files.make("a.txt", "text \(round)")
                } else {
                    try files.make("next", "text \(round)")
                    #expect(unsafe rename("\(files.root)/next", "\(files.root)/a.txt") == 0)
                }
                let answer = try await files.ask("/a.txt")
                #expect(answer.text == "text \(round)")
                if round % 2 == 1 { tags.insert(try #require(answer.fields["ETag"])) }
            }
            #expect(tags.count == 10)
            _ = unsafe unlink("\(files.root)/a.txt")
            #expect(try await files.ask("/a.txt").status == 404)
            try files.link("a.txt", to: "../secret")
            try writeFile("\(files.directory.path)/secret", [1])
            #expect(try await files.ask("/a.txt").status == 404)
        }
    }

    @Test func `a file that shrinks while it is sent breaks the connection off`() async throws {
        try await onLoop {
            let files = try FileSite()
            let size = 64 << 20
            try files.make("a", [])
            #expect(unsafe truncate("\(files.root)/a", size) == 0)
            let (bytes, _) = try await files.talk { client in
                try await client.write("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
                // Much of it is still in the file, for nobody reads.
                #expect(try await client.read(upTo: 12).count == 12)
                #expect(unsafe truncate("\(files.root)/a", 1 << 20) == 0)
            }
            #expect(bytes.count < size)
        }
    }

    @Test func `a file that is exchanged while it is sent is sent as it was`() async throws {
        try await onLoop {
            let files = try FileSite()
            let old = noise(20 << 20)
            try files.make("a", old)
            try files.make("b", noise(20 << 20, seed: 3))
            let (bytes, wasBroken) = try await files.talk { client in
                try await client.write("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(try await client.read(upTo: 12).count == 12)
                #expect(unsafe rename("\(files.root)/b", "\(files.root)/a") == 0)
            }
            #expect(!wasBroken && Array(bytes.suffix(old.count)) == old)
        }
    }

    @Test func `other methods are told which would do`() async throws {
        try await onLoop {
            let files = try FileSite()
            try files.make("a")
            for method in ["POST", "DELETE", "PATCH", "PUT"] {
                let answer = try await files.ask("/a", method, body: [])
                #expect(answer.status == 405 && answer.fields["Allow"] == "GET, HEAD, OPTIONS")
            }
            let answer = try await files.ask("/a", "OPTIONS")
            #expect(answer.status == 204 && answer.fields["Allow"] == "GET, HEAD, OPTIONS")
        }
    }

    @Test func `a file may stand in for paths without one, but not for a missing script`() async throws {
        try await onLoop {
            var rules = FileRules()
            rules.standIn = try FilePath("/app/index.html")
            let files = try FileSite(rules)
            try files.make("app/index.html", "the app")
            try files.make("real.txt", "real")
            #expect(try await files.ask("/some/route?x=1").text == "the app")
            #expect(try await files.ask("/some/route", "HEAD").status == 200)
            #expect(try await files.ask("/missing.js").status == 404)
            #expect(try await files.ask("/real.txt").text == "real")
            #expect(try await files.ask("/../x").status == 404)
        }
    }

    @Test func `what is no file is left to others, unless it is theirs and a file too`() async throws {
        try await onLoop {
            let files = try FileSite(otherwise: .init(Echo()) { $0 == "/time" || $0 == "/echo" })
            try files.make("echo", "a file")
            #expect(try await files.ask("/time").text == "GET /time")
            #expect(try await files.ask("/time", "POST", body: []).text == "POST /time")
            #expect(try await files.ask("/echo").text == "a file")
            #expect(try await files.ask("/echo", "POST", body: []).status == 405)
            #expect(try await files.ask("/none").text == "GET /none")
        }
    }
}

/// Says what it was asked.
struct Echo: HTTPHandler {
    func answer(_ exchange: HTTPExchange) async throws(NetworkError) {
        let text = "\(exchange.request.method) \(exchange.request.path)"
        try await exchange.respond(200, [:], body: Array(text.utf8))
    }
}
