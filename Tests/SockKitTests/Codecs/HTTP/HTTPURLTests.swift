import SockKit
import Testing

@Suite struct HTTPURLTests {
    @Test(
        arguments: [
            ("http://example.com", "example.com", 80, "example.com", "/"),
            ("HTTP://Example.COM:80/", "example.com", 80, "example.com", "/"),
            ("http://example.com:8080/a?b#c", "example.com", 8080, "example.com:8080", "/a?b"),
            ("https://example.com", "example.com", 443, "example.com", "/"),
            ("https://example.com:80", "example.com", 80, "example.com:80", "/"),
            ("http://example.com?a", "example.com", 80, "example.com", "/?a"),
            ("http://example.com:/", "example.com", 80, "example.com", "/"),
            ("http://127.0.0.1:3000/time", "127.0.0.1", 3000, "127.0.0.1:3000", "/time"),
            ("http://[::1]:3000/", "::1", 3000, "[::1]:3000", "/"),
            ("http://[2001:DB8:0:0::1]/", "2001:db8::1", 80, "[2001:db8::1]", "/"),
            ("http://[fe80::1%25eth0]:1/", "fe80::1%eth0", 1, "[fe80::1]:1", "/"),
            ("http://[fe80::1%eth0]/", "fe80::1%eth0", 80, "[fe80::1]", "/"),
            ("http://me:secret@x/a", "x", 80, "x", "/a"),
            ("http://x/a b/caf\u{e9}?q=\u{e9} \"", "x", 80, "x", "/a%20b/caf%C3%A9?q=%C3%A9%20%22"),
            ("http://x/a%20b", "x", 80, "x", "/a%20b"), ("http://my_host/", "my_host", 80, "my_host", "/"),
            ("http://x/a/../b", "x", 80, "x", "/a/../b"),
            // A letter that combines with the sign before it does not hide it.
            ("http://x/\u{338}@other/", "x", 80, "x", "/%CC%B8@other/"),
            ("http://x?\u{338}@other/", "x", 80, "x", "/?%CC%B8@other/"),
            ("http://x/a#\u{338}b", "x", 80, "x", "/a"),
        ] as [(String, String, UInt16, String, String)])
    func `a URL tells whom to ask and for what`(
        text: String, host: String, port: UInt16, authority: String, target: String
    ) throws {
        let url = try HTTPURL(text)
        #expect(url.host == host)
        #expect(url.effectivePort == port)
        #expect(url.authority == authority)
        #expect(url.target == target)
        // What goes over the wire is taken by our own parser.
        let head = try RequestHead(.get, url.target, fields: ["Host": url.authority])
        var writer = MessageWriter()
        try writer.append(head)
        #expect(transcript(RequestParser(), writer.bytes) == ["GET \(target)"])
        #expect(try RequestHead(.get, url.absoluteTarget).form == .absolute)
    }

    @Test(
        arguments: [
            ("", .noScheme), ("example.com", .noScheme), ("/a", .noScheme), ("ftp://x/", .otherScheme("ftp")),
            ("localhost:3000", .otherScheme("localhost")), ("http:", .noHost), ("http:///a", .noHost),
            ("http:a", .noHost),
            ("http://:80/", .noHost), ("http://me@/", .noHost), ("http://x:99999/", .badPort),
            ("http://x:-1/", .badPort),
            ("http://x:http/", .badPort), ("http://a b/", .badHost), ("http://caf\u{e9}/", .badHost),
            ("http://[::1/", .badHost), ("http://[x]/", .badHost), ("http://[127.0.0.1]/", .badHost),
            ("http://[::1]x/", .badHost), ("http://a,b/", .badHost), ("http://a%2fb/", .badHost),
            ("http://x/a\nb", .controlByte),
            ("http://x/\0", .controlByte),
        ] as [(String, HTTPURL.Failure)])
    func `what is no URL to ask is refused`(text: String, failure: HTTPURL.Failure) {
        #expect(throws: failure) { try HTTPURL(text) }
    }

    @Test(arguments: [
        ("localhost:3000/time", "http://localhost:3000/time"), ("[::1]:1", "http://[::1]:1/"), ("x", "http://x/"),
        ("https://x", "https://x/"), ("//x", "http://x/"), ("x/go?to=https://y/", "http://x/go?to=https://y/"),
        ("x:1/?u=http://y", "http://x:1/?u=http://y"),
    ])
    func `a scheme may be guessed`(text: String, url: String) throws {
        #expect(try HTTPURL(text.hasPrefix("//") ? "http:" + text : text, guessing: true).description == url)
    }

    @Test(arguments: [
        ("/b", "http://x:1/b"), ("b", "http://x:1/a/b"), ("https://y/", "https://y/"), ("//y/z", "http://y/z"),
        ("?q", "http://x:1/a/p?q"), ("../c d", "http://x:1/c%20d"), ("", "http://x:1/a/p"), ("#f", "http://x:1/a/p"),
    ])
    func `a redirect leads on from here`(location: String, url: String) throws {
        let next = try HTTPURL("http://me:secret@x:1/a/p").resolving(location)
        #expect(next.description == url)
        #expect(next.userInfo == nil)
    }

    @Test(arguments: [
        "http://[fe80::1%25254]/", "http://[fe80::1%2525]/", "http://[fe80::1%eth0]/", "http://[fe80::1%25%CC%81x]/",
    ])
    func `a zone stays what it is`(text: String) throws {
        let url = try HTTPURL(text)
        #expect(try HTTPURL(url.description).host == url.host)
        #expect(url.authority == "[fe80::1]")
        #expect(try url.resolving("/b").host == url.host)
    }

    @Test func `a redirect keeps the fragment unless it has its own`() throws {
        let url = try HTTPURL("http://x/a#f")
        #expect(try url.resolving("/b").fragment == "f")
        #expect(try url.resolving("/b#g").fragment == "g")
    }

    @Test func `a redirect to another scheme is refused`() throws {
        let url = try HTTPURL("http://x/")
        #expect(throws: HTTPURL.Failure.otherScheme("file")) { try url.resolving("file:///etc/passwd") }
        #expect(throws: HTTPURL.Failure.controlByte) { try url.resolving("/a\r\nb") }
    }

    @Test func `the password is read but not told`() throws {
        let url = try HTTPURL("http://me:p%40ss:word@x/a")
        #expect(url.credentials?.user == Array("me".utf8))
        #expect(url.credentials?.password == Array("p@ss:word".utf8))
        #expect("\(url)" == "http://x/a")
        #expect(try HTTPURL("http://me@x/").credentials?.password == [])
        #expect(try HTTPURL("http://x/").credentials == nil)
    }

    @Test(
        arguments: [
            ("http://me:secret@x/a@b", "http://(not shown)@x/a@b"), ("me:secret@x", "(not shown)@x"),
            ("http://x/@a", "http://x/@a"), ("http://x:99999/", "http://x:99999/"), ("http://[::1/", "http://[::1/"),
            ("http://me:secret@[::1/", "http://(not shown)@[::1/"), ("ftp://me:secret@x/", "ftp://(not shown)@x/"),
            ("http://me:sec/ret@x:y/", "http://(not shown)@x:y/"), ("http://me:secret", "http://me:(not shown)"),
            ("http://me:secret/x", "http://me:(not shown)"), ("http://me:123456", "http://me:(not shown)"),
            ("http://me:secret@\u{338}x/", "http://(not shown)@%CC%B8x/"),
            ("http://me:\u{301}secret/x", "http://me:(not shown)"),
        ])
    func `a text that was to be a URL is told without who asks`(text: String, shown: String) {
        #expect(HTTPURL.withoutUser(text) == shown)
    }

    @Test(arguments: [
        ("/a@b", "/a@b"), ("//me:secret@x/", "//(not shown)@x/"), ("http://me:secret@x/", "http://(not shown)@x/"),
        ("b//c@d", "b//c@d"), ("http://me:secret@x:y/", "http://(not shown)@x:y/"),
        ("http:/me:secret@x/", "(not shown)@x/"), ("http:me:secret@x/", "(not shown)@x/"),
    ])
    func `so is a reference, where it has an authority`(text: String, shown: String) {
        #expect(HTTPURL.withoutUser(ofReference: text) == shown)
    }

    @Test func `the origin is scheme, host and port`() throws {
        let url = try HTTPURL("http://x/a")
        #expect(url.hasSameOrigin(as: try HTTPURL("http://X:80/b")))
        for other in ["https://x/a", "http://x:81/", "http://y/", "http://sub.x/"] {
            #expect(!url.hasSameOrigin(as: try HTTPURL(other)))
        }
    }
}
