import SockKit
import Testing

@Suite struct FilePathTests {
    @Test(arguments: [
        ("/", ".", true), ("/a", "a", false), ("/a/", "a", true), ("/a/b.txt", "a/b.txt", false),
        ("//a///b", "a/b", false),
        ("/a%20b", "a b", false), ("/%61", "a", false), ("/caf%C3%A9", "caf\u{e9}", false), ("/a+b", "a+b", false),
        ("/...", "...", false), ("/..a/b..", "..a/b..", false), ("/%25", "%", false), ("/a%5Cb", "a\\b", false),
        ("/%2e%2e%2e", "...", false), ("/a%0Ab", "a\nb", false), ("/%252e%252e", "%2e%2e", false),
    ])
    func `a path names a file below the root`(path: String, relative: String, isFolder: Bool) throws {
        let file = try FilePath(path)
        #expect(String(decoding: file.relative, as: UTF8.self) == relative)
        #expect(file.isFolder == isFolder)
    }

    @Test(arguments: [
        "/..", "/.", "/a/..", "/a/../b", "/a/./b", "/../../etc/passwd", "/%2e%2e/etc/passwd", "/%2E%2E/", "/.%2e/a",
        "/%2e", "/a%2fb", "/a%2Fb", "/..%2f..%2fetc", "/a%00b", "/%00", "/a/%2e%2e%2fb",
    ])
    func `what could lead elsewhere is not found`(path: String) {
        #expect(throws: FilePath.Failure.impossible) { try FilePath(path) }
        #expect(FilePath.Failure.impossible.status == 404)
    }

    @Test(arguments: ["", "a", "*", "/%", "/%4", "/%zz", "/a%2", "/%-1", "/% 20"])
    func `what is no path is refused`(path: String) {
        #expect(throws: FilePath.Failure.malformed) { try FilePath(path) }
        #expect(FilePath.Failure.malformed.status == 400)
    }

    @Test func `names need not be text`() throws {
        let file = try FilePath("/%FF%FE")
        #expect(file.segments == [[0xff, 0xfe]])
        #expect("\(file)" == "/\u{fffd}\u{fffd}")
    }

    @Test(arguments: [("/a/b", false), ("/.git/config", true), ("/a/.b", true), ("/%2egit", true), ("/a.b", false)])
    func `a name that begins with a dot is hidden`(path: String, isHidden: Bool) throws {
        #expect(try FilePath(path).isHidden == isHidden)
    }

    @Test func `a name is encoded so that it is read as it was`() throws {
        let name: [UInt8] = Array(1...255).filter { $0 != UInt8(ascii: "/") }
        let text = PercentCoding.encodeSegment(name)
        #expect(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        #expect(try FilePath("/" + text).segments == [name])
        #expect(PercentCoding.encodeSegment("a b/\u{e9}~".utf8) == "a%20b%2F%C3%A9~")
    }

    @Test(arguments: [
        ("a.html", "text/html; charset=utf-8"), ("A.HTML", "text/html; charset=utf-8"),
        ("a.tar.gz", "application/gzip"),
        ("a.json", "application/json; charset=utf-8"), ("a.png", "image/png"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.svg", "image/svg+xml"), ("a.wasm", "application/wasm"), ("a", "application/octet-stream"),
        (".html", "application/octet-stream"), ("a.", "application/octet-stream"),
        ("a.nobody", "application/octet-stream"),
        ("", "application/octet-stream"),
    ])
    func `a name tells the type`(name: String, type: String) {
        #expect(MediaType.of(fileName: name) == type)
    }
}
