import SockKit
import Testing

/// The head of the only request in a text.
func requestHead(_ text: String) throws -> RequestHead {
    var parser = RequestParser()
    var position = 0
    let bytes = latin1(text)
    #expect(try parser.next(in: bytes.span, at: &position) == .head)
    return parser.head
}

@Suite struct RequestParserTests {
    @Test func `a head tells its parts`() throws {
        let head = try requestHead("GET /a/b?c=d HTTP/1.0\r\nHOST:  x:80 \r\nX-Odd: \t y\r\n\r\n")
        #expect(head.method == .get)
        #expect(head.target == "/a/b?c=d")
        #expect(head.path == "/a/b")
        #expect(head.query == "c=d")
        #expect(head.form == .origin)
        #expect(head.version == .http10)
        #expect(head.authority == "x:80")
        #expect(head.fields == ["host": "x:80", "x-odd": "y"])
        #expect(head.fields.map(\.name) == ["HOST", "X-Odd"])
        #expect("\(head)" == "GET /a/b?c=d HTTP/1.0")
    }

    @Test(
        arguments: [
            ("GET http://a:1/b?c", .absolute, "/b", "c", "a:1"), ("GET http://a?c", .absolute, "/", "c", "a"),
            ("GET http://a", .absolute, "/", nil, "a"), ("OPTIONS *", .asterisk, "", nil, "x"),
            ("CONNECT a:1", .authority, "", nil, "a:1"), ("GET /?", .origin, "/", "", "x"),
            ("GET /a?b?c", .origin, "/a", "b?c", "x"),
        ] as [(String, TargetForm, String, String?, String)])
    func `each form of a target has its parts`(
        line: String, form: TargetForm, path: String, query: String?, authority: String
    ) throws {
        let head = try requestHead("\(line) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(head.form == form)
        #expect(head.path == path)
        #expect(head.query == query)
        #expect(head.authority == authority)
    }

    @Test func `a head that is kept outlives the next`() throws {
        var parser = RequestParser()
        var kept: [RequestHead] = []
        for number in 1...3 {
            var position = 0
            let bytes = latin1("GET /\(number) HTTP/1.1\r\nHost: x\r\nNumber: \(number)\r\n\r\n")
            #expect(try parser.next(in: bytes.span, at: &position) == .head)
            kept.append(parser.head)
            #expect(try parser.next(in: bytes.span, at: &position) == .end)
            #expect(position == bytes.count)
        }
        #expect(kept.map(\.target) == ["/1", "/2", "/3"])
        #expect(kept.map { $0.fields["number"] } == ["1", "2", "3"])
    }

    @Test func `a parser is idle between requests and nowhere else`() throws {
        var parser = RequestParser()
        let bytes = latin1("\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx\r\n")
        var idle: [Int] = []
        for index in bytes.indices {
            if parser.isIdle { idle.append(index) }
            var position = index
            while try parser.next(in: bytes.span.extracting(first: index + 1), at: &position) != .needsMore {}
            #expect(position == index + 1)
        }
        // The first two bytes and the last two are an empty line; half of one is not idle.
        #expect(idle == [0, 2, bytes.count - 2])
        #expect(parser.isIdle)
        try parser.finish()
        parser.releaseMemory()
        #expect(parser.isIdle)
    }

    @Test func `after a refusal every call throws it again`() {
        var parser = RequestParser()
        let bytes = latin1("GET\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
        var position = 0
        for _ in 1...3 {
            #expect(throws: HTTPRefusal.self) { try parser.next(in: bytes.span, at: &position) }
        }
        #expect(throws: HTTPRefusal.self) { try parser.finish() }
    }

    @Test func `content may be taken by other means`() throws {
        var parser = RequestParser()
        let head = latin1("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nh")
        let tail = latin1("o\r\n0\r\n\r\n")
        var position = 0
        #expect(try parser.next(in: head.span, at: &position) == .head)
        #expect(parser.framing == .chunked)
        #expect(try parser.next(in: head.span, at: &position) == .content(head.count - 1..<head.count))
        #expect(parser.contiguousContent == 4)
        parser.skipContent(3)
        position = 0
        #expect(try parser.next(in: tail.span, at: &position) == .content(0..<1))
        #expect(try parser.next(in: tail.span, at: &position) == .end)
        #expect(position == tail.count)
    }

    @Test func `what is behind a message is left for the next`() throws {
        var parser = RequestParser()
        let bytes = latin1("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let both = bytes + bytes
        var position = 0
        #expect(try parser.next(in: both.span, at: &position) == .head)
        #expect(position == bytes.count)
        #expect(try parser.next(in: both.span, at: &position) == .end)
        #expect(position == bytes.count)
    }

    @Test func `fields may be changed without harm to the target`() throws {
        var head = try requestHead("GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n")
        head.fields["a"] = "c"
        head.fields.append("D", "e")
        #expect(head.target == "/a")
        head.fields = ["Host": "y"]
        #expect(head.target == "/a")
        #expect(head.fields == ["host": "y"])
        #expect(head.authority == "y")
    }
}
