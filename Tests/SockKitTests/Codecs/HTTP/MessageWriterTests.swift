import SockKit
import Testing

@Suite struct MessageWriterTests {
    private func text(_ write: (inout MessageWriter) throws -> Void) rethrows -> String {
        var writer = MessageWriter()
        try write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `heads are written as they are read`() throws {
        let request = try RequestHead(.post, "/a?b", fields: ["Host": "x", "A": "b"])
        #expect(try text { try $0.append(request) } == "POST /a?b HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n")
        let answer = ResponseHead(404, version: .http10, fields: ["A": ""])
        #expect(try text { try $0.append(answer) } == "HTTP/1.0 404 Not Found\r\nA: \r\n\r\n")
        #expect(try text { try $0.append(ResponseHead(299)) } == "HTTP/1.1 299 \r\n\r\n")
        #expect(try text { try $0.append(ResponseHead(200, reason: "Fine")) } == "HTTP/1.1 200 Fine\r\n\r\n")
    }

    @Test func `a head is written in pieces too`() throws {
        let written = try text { writer in
            try writer.appendStatusLine(200)
            try writer.append("Content-Length", 1234)
            try writer.append("Server", "x")
            try writer.append(["A": "b", "C": "d"])
            writer.endHead()
        }
        #expect(written == "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nServer: x\r\nA: b\r\nC: d\r\n\r\n")
    }

    @Test(arguments: [
        ("A", "b\r\nC: d", "field line 2: a carriage return stands without its line feed"),
        ("A", "b\nC: d", "field line 2: a line feed stands without its carriage return"),
        ("A", "b\0", "field line 2: the control byte 0x00 has no place there"),
        ("A: b\r\nC", "d", "field line 2: the byte 0x3a has no place in a name"),
        ("A\r\n", "d", "field line 2: the byte 0x0d has no place in a name"),
        ("A ", "d", "field line 2: the byte 0x20 has no place in a name"), ("", "d", "field line 2: it has no name"),
    ])
    func `nothing breaks out of its line, and nothing of it is written`(name: String, value: String, sentence: String)
        throws
    {
        var writer = MessageWriter(latin1("before"))
        let fields: Fields = ["Good": "1", name: value]
        let request = try RequestHead(.get, "/", fields: fields)
        expectRefusal(sentence, of: &writer) { (writer) throws(HTTPRefusal) in try writer.append(request) }
        expectRefusal(sentence, of: &writer) { (writer) throws(HTTPRefusal) in
            try writer.append(ResponseHead(200, fields: fields))
        }
        expectRefusal(sentence, of: &writer) { (writer) throws(HTTPRefusal) in
            try writer.appendLastChunk(trailers: fields)
        }
    }

    private func expectRefusal(
        _ sentence: String, of writer: inout MessageWriter, _ write: (inout MessageWriter) throws(HTTPRefusal) -> Void
    ) {
        let before = writer.bytes
        do throws(HTTPRefusal) {
            try write(&writer)
            Issue.record("it was written")
        } catch {
            #expect("\(error)" == sentence)
            #expect(error.status == 500)
        }
        #expect(writer.bytes == before)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/a b"), (.get, ""), (.get, "a"), (.get, "/a\r\nHost: y"), (.other("G T"), "/"),
        (.other(""), "/"), (.get, "*"), (.connect, "/"), (.get, "/caf\u{e9}"), (.get, "/#a"),
    ])
    func `a request line that would be refused cannot be made`(method: HTTPMethod, target: String) {
        #expect(throws: HTTPRefusal.self) { try RequestHead(method, target) }
    }

    @Test func `a reason and a status that would break the line are refused`() {
        #expect(throws: HTTPRefusal.self) { try text { try $0.append(ResponseHead(200, reason: "a\r\nb")) } }
        #expect(throws: HTTPRefusal.self) { try text { try $0.append(ResponseHead(20)) } }
        #expect(throws: HTTPRefusal.self) { try text { try $0.append(ResponseHead(2000)) } }
    }

    @Test func `chunks are written as they are read`() throws {
        let content = latin1("hello, this is a chunk")
        let written = try text { writer in
            writer.appendChunk(content.span)
            writer.appendChunk(content.span.extracting(first: 0))
            writer.beginChunk(1)
            writer.bytes.append(UInt8(ascii: "x"))
            writer.endChunk()
            try writer.appendLastChunk(trailers: ["A": "b"])
        }
        #expect(written == "16\r\nhello, this is a chunk\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n")
        let head = latin1("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(transcript(ResponseParser(), head + latin1(written)) == ["200 OK | hello, this is a chunkx + A: b"])
        #expect(try text { try $0.appendLastChunk() } == "0\r\n\r\n")
    }

    @Test func `what has no place in a trailer is not written there`() {
        var writer = MessageWriter()
        #expect(throws: HTTPRefusal.self) { try writer.appendLastChunk(trailers: ["content-LENGTH": "5"]) }
        #expect(writer.bytes.isEmpty)
    }
}
