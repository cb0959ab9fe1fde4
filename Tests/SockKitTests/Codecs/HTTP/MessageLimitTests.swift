import SockKit
import Testing

@Suite struct MessageLimitTests {
    private static let head = "GET /12345 HTTP/1.1\r\nHost: x\r\nA: 12345\r\n\r\n"  // 21, 9, 10 and 2 bytes

    @Test(arguments: [
        (MessageLimits(line: 19, head: 42, fields: 2), "GET /12345"),
        (MessageLimits(line: 18), "414 request line: it is longer than the limit of 18 bytes"),
        (MessageLimits(line: 7, head: 9), "414 request line: it is longer than the limit of 7 bytes"),
        (MessageLimits(head: 41), "431 field line 3: with it all lines are longer than the limit of 41 bytes"),
        (MessageLimits(head: 30), "431 field line 2: with it all lines are longer than the limit of 30 bytes"),
        (
            MessageLimits(line: 19, head: 20),
            "431 request line: with it all lines are longer than the limit of 20 bytes"
        ),
        (MessageLimits(line: 3, head: 20), "400 request line: the method is not a token"),
        (MessageLimits(fields: 1), "431 field line 2: there are more than 1 field lines"),
    ])
    func `a head may be as long as the limits and no longer, however it is cut`(limits: MessageLimits, outcome: String)
    {
        for cut in MessageCut.all {
            #expect(transcript(RequestParser(limits: limits), latin1(Self.head), cut) == [outcome], "\(cut)")
        }
    }

    @Test func `a long field line is 431, a long method is none`() {
        let long = String(repeating: "x", count: 20_000)
        let field = latin1("GET / HTTP/1.1\r\nA: \(long)")
        let name = latin1("GET / HTTP/1.1\r\n\(long)")
        let target = latin1("GET /\(long)")
        let method = latin1(long)
        for cut in [MessageCut.whole, .bytes, .pieces(seed: 1)] {
            let limit = "it is longer than the limit of 16384 bytes"
            #expect(transcript(RequestParser(), field, cut) == ["431 field line 1: \(limit)"])
            #expect(transcript(RequestParser(), name, cut) == ["431 field line 1: \(limit)"])
            #expect(transcript(RequestParser(), target, cut) == ["414 request line: \(limit)"])
            #expect(transcript(RequestParser(), method, cut) == ["400 request line: the method is not a token"])
        }
    }

    @Test func `a line beyond its limit is refused before it ends, whatever it goes on with`() {
        let limits = MessageLimits(line: 20)
        let text = "GET / HTTP/1.1\r\nA: 345678901234567890\u{1}"
        for cut in MessageCut.all {
            let outcome = transcript(RequestParser(limits: limits), latin1(text), cut)
            #expect(outcome == ["431 field line 1: it is longer than the limit of 20 bytes"], "\(cut)")
        }
    }

    @Test(arguments: [
        "Content-Length: 6\r\n\r\n123456", "Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n3\r\n456\r\n0\r\n\r\n",
    ])
    func `a content may be as long as the limit and no longer`(rest: String) {
        let bytes = latin1("POST / HTTP/1.1\r\nHost: x\r\n" + rest)
        #expect(transcript(RequestParser(limits: MessageLimits(body: 6)), bytes) == ["POST / | 123456"])
        let refused = transcript(RequestParser(limits: MessageLimits(body: 5)), bytes).last
        #expect(refused?.hasSuffix(": it is longer than the limit of 5 bytes") == true)
        #expect(refused?.hasPrefix("413 ") == true)
    }

    @Test func `a content up to the end of the connection is given as far as the limit goes`() {
        let bytes = latin1("HTTP/1.1 200 OK\r\n\r\n1234567")
        for cut in MessageCut.all {
            #expect(transcript(ResponseParser(limits: MessageLimits(body: 7)), bytes, cut) == ["200 OK | 1234567"])
            let refused = transcript(ResponseParser(limits: MessageLimits(body: 6)), bytes, cut)
            #expect(refused == ["200 OK | 123456", "502 content: it is longer than the limit of 6 bytes"])
        }
    }

    @Test func `the limit of the content may be changed when the head has come`() throws {
        let bytes = latin1("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n123456")
        var parser = RequestParser(limits: MessageLimits(body: 5))
        var position = 0
        #expect(try parser.next(in: bytes.span, at: &position) == .head)
        #expect(throws: HTTPRefusal.self) { try parser.checkBody() }
        parser.limits.body = nil
        try parser.checkBody()
        #expect(try parser.next(in: bytes.span, at: &position) == .content(bytes.count - 6..<bytes.count))
        #expect(try parser.next(in: bytes.span, at: &position) == .end)
    }

    @Test func `a length that is only claimed costs nothing`() throws {
        var parser = RequestParser(limits: MessageLimits(body: nil))
        let bytes = latin1("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775807\r\n\r\nx")
        var position = 0
        #expect(try parser.next(in: bytes.span, at: &position) == .head)
        #expect(try parser.next(in: bytes.span, at: &position) == .content(bytes.count - 1..<bytes.count))
        #expect(parser.contiguousContent == Int.max - 1)
    }

    @Test func `trailers may be as many as fields`() {
        let bytes = latin1(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nA: 2\r\nA: 3\r\n\r\n")
        #expect(
            transcript(RequestParser(limits: MessageLimits(fields: 2)), bytes)
                == ["POST /", "431 trailer line 3: there are more than 2 field lines"])
    }
}
