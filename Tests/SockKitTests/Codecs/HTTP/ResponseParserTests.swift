import SockKit
import Testing

@Suite struct ResponseParserTests {
    private func parser(answering method: HTTPMethod) -> ResponseParser {
        var parser = ResponseParser()
        parser.method = method
        return parser
    }

    @Test func `a head tells its parts`() throws {
        var parser = ResponseParser()
        var position = 0
        let bytes = latin1("HTTP/1.0 404 Not here\r\nServer: a\r\nContent-Length: 3\r\n\r\n")
        #expect(try parser.next(in: bytes.span, at: &position) == .head)
        let head = parser.head
        #expect(head.status == 404)
        #expect(head.reason == "Not here")
        #expect(head.version == .http10)
        #expect(head.fields["server"] == "a")
        #expect(parser.framing == .length(3))
        #expect("\(head)" == "HTTP/1.0 404 Not here")
    }

    @Test(arguments: ["Content-Length: 5", "Transfer-Encoding: chunked", "A: b"])
    func `an answer to HEAD has no content, whatever it says`(line: String) {
        let answer = latin1("HTTP/1.1 200 OK\r\n\(line)\r\n\r\n")
        for cut in MessageCut.all {
            #expect(transcript(parser(answering: .head), answer + answer, cut) == ["200 OK", "200 OK"])
        }
    }

    @Test(arguments: ["Content-Length: 5", "Transfer-Encoding: chunked", "A: b"])
    func `behind an answer to CONNECT another protocol begins`(line: String) throws {
        var parser = parser(answering: .connect)
        let bytes = latin1("HTTP/1.1 200 OK\r\n\(line)\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        var position = 0
        #expect(try parser.next(in: bytes.span, at: &position) == .head)
        #expect(parser.isTunnel)
        let end = position
        #expect(try parser.next(in: bytes.span, at: &position) == .end)
        #expect(try parser.next(in: bytes.span, at: &position) == .needsMore)
        #expect(position == end)
        #expect(try parser.finish() == false)
    }

    @Test func `nothing is another protocol's before the head is whole`() throws {
        let bytes = latin1("HTTP/1.1 101 Go on\r\nno field\r\n\r\n")
        for cut in 1..<bytes.count {
            var (parser, position) = (ResponseParser(), 0)
            do throws(HTTPRefusal) {
                _ = try parser.next(in: bytes.span.extracting(first: cut), at: &position)
                #expect(!parser.isTunnel, "\(cut) bytes have come")
                _ = try parser.next(in: bytes.span, at: &position)
                Issue.record("a line without a colon was taken")
            } catch { #expect("\(error)".contains("it has no colon")) }
        }
    }

    @Test func `an answer that refuses CONNECT has its content`() {
        let bytes = latin1("HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\nhello")
        #expect(transcript(parser(answering: .connect), bytes) == ["407 No | hello"])
    }

    @Test func `an interim answer does not use up what was asked`() {
        let bytes = latin1("HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        #expect(transcript(parser(answering: .head), bytes) == ["100 Go on", "200 OK"])
    }

    @Test func `two lengths make the connection doubtful`() throws {
        for (lines, isDoubtful) in [("Content-Length: 5\r\n", true), ("", false)] {
            var parser = ResponseParser()
            var position = 0
            let bytes = latin1("HTTP/1.1 200 OK\r\n\(lines)Transfer-Encoding: chunked\r\n\r\n")
            #expect(try parser.next(in: bytes.span, at: &position) == .head)
            #expect(parser.framing == .chunked)
            #expect(parser.isFramingDoubtful == isDoubtful)
        }
    }

    @Test func `the end of the connection is the end of one kind of content`() throws {
        var parser = ResponseParser()
        var position = 0
        let bytes = latin1("HTTP/1.1 200 OK\r\n\r\nx")
        #expect(try parser.finish() == false)
        #expect(try parser.next(in: bytes.span, at: &position) == .head)
        #expect(parser.framing == .untilClose)
        #expect(parser.contiguousContent == .max)
        #expect(try parser.next(in: bytes.span, at: &position) == .content(19..<20))
        #expect(try parser.finish())
    }
}
