import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct FolderPageTests {
    @Test func `a name cannot be anything but text and a path`() async throws {
        try await onLoop {
            let files = try FileSite()
            let names = [
                "<script>alert(1)<", "a&b", "\"onload=x\"", "'q'", "a b%20?#x", "javascript:alert(1)", "caf\u{e9}",
                "new\nline", "\u{202e}gnp",
            ]
            for name in names { try files.make(name, "content of \(name)") }
            let page = try await files.ask("/").text
            #expect(!page.contains("<script") && !page.contains("onload=x\"") && !page.contains("href=\"javascript:"))
            #expect(
                page.contains("&lt;script&gt;alert(1)&lt;") && page.contains("a&amp;b")
                    && page.contains("new\u{240a}line"))
            // Each link leads to its file.
            for name in names {
                let link = PercentCoding.encodeSegment(name.utf8)
                #expect(page.contains("<a href=\"\(link)\">"))
                #expect(try await files.ask("/" + link).text == "content of \(name)")
            }
        }
    }

    @Test func `a folder lists its folders first, then its files, by name`() async throws {
        try await onLoop {
            let files = try FileSite()
            for name in ["b.txt", "A.txt", "c", "z/x", "Y/x"] { try files.make(name, "12345") }
            let page = try await files.ask("/").text
            let places = try ["Y/", "z/", "A.txt", "b.txt", "c"].map { name in
                try #require(page.firstRange(of: "<a href=\"\(name)\">"), "\(name)").lowerBound
            }
            #expect(places == places.sorted())
            #expect(page.contains("2 folders, 3 files of 15 B"))
            #expect(!page.contains("../"))
            #expect(try await files.ask("/z/").text.contains("<a href=\"../\">"))
        }
    }

    @Test func `the page can do nothing and is not kept`() async throws {
        try await onLoop {
            let answer = try await FileSite().ask("/")
            #expect(answer.status == 200 && answer.fields["Content-Type"] == "text/html; charset=utf-8")
            #expect(answer.fields["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(answer.fields["Cache-Control"] == "no-store")
            #expect(answer.text.contains("Nothing is in this folder."))
            #expect(answer.text.contains("prefers-color-scheme: dark"))
        }
    }

    @Test func `what is not served is not listed`() async throws {
        try await onLoop {
            let files = try FileSite()
            try files.make("seen", "1")
            try files.make(".hidden", "1")
            try files.link("link-in", to: "seen")
            try files.link("link-out", to: "/etc/passwd")
            try files.link("link-nowhere", to: "nothing")
            let page = try await files.ask("/").text
            #expect(page.contains("\"seen\"") && page.contains("\"link-in\""))
            #expect(!page.contains("hidden\"") && !page.contains("link-out") && !page.contains("link-nowhere"))
        }
    }

    @Test func `without an index a folder is not found, but its index.html is`() async throws {
        try await onLoop {
            var rules = FileRules()
            rules.listsFolders = false
            let files = try FileSite(rules)
            try files.make("a/b", "b")
            try files.make("c/index.html", "c")
            #expect(try await files.ask("/").status == 404)
            #expect(try await files.ask("/a/").status == 404)
            #expect(try await files.ask("/c/").text == "c")
        }
    }

    @Test func `a large folder is listed whole`() async throws {
        let files = try await onLoop { try FileSite() }
        let root = await files.root
        // Not on the loop, which all tests share: a busy machine takes seconds for it.
        for number in 0..<3000 { try writeFile("\(root)/file-\(number)", []) }
        let page = try await onLoop { try await files.ask("/").text }
        #expect(page.split(separator: "class=\"file\"").count == 3001)
        #expect(page.contains("3000 files of 0 B"))
    }

    @Test(arguments: [
        ("sort=size", ["c", "a", "b"]), ("sort=size&order=down", ["b", "a", "c"]), ("sort=modified", ["b", "c", "a"]),
        ("order=down", ["c", "b", "a"]), ("sort=nothing&order=%00", ["a", "b", "c"]), ("", ["a", "b", "c"]),
    ])
    func `a click on a title sorts`(query: String, names: [String]) {
        let entries = [("a", 20, 300), ("b", 30, 100), ("c", 10, 200)].map { name, size, moment in
            FolderEntry(
                name: Array(name.utf8), isFolder: false, size: size,
                modified: Timestamp(since1970: moment * 1_000_000_000))
        }
        #expect(FolderOrder(query: query).sorted(entries).map { String(decoding: $0.name, as: UTF8.self) } == names)
    }

    @Test func `files of holes have more bytes than can be counted`() throws {
        let entries = ["a", "b"].map { name in
            FolderEntry(name: Array(name.utf8), isFolder: false, size: .max, modified: Timestamp(since1970: 0))
        }
        let page = String(decoding: FolderPage(try FilePath("/"), entries).bytes, as: UTF8.self)
        #expect(page.contains("2 files of 8.0 EiB"))
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10 << 10, "10 KiB"),
        (1_048_064, "1.0 MiB"), (1 << 20, "1.0 MiB"), (Int.max, "8.0 EiB"),
    ])
    func `sizes are short`(count: Int, text: String) {
        #expect(FolderPage.size(count) == text)
    }
}
