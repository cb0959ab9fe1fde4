import Testing

@testable import SockKit

/// Line ends without their carriage return: refused, unless somebody says that they may be.
@Suite struct BareLineFeedTests {
    private func answer(_ text: String, lenient: Bool, cut: Int) throws(HTTPRefusal) -> (head: ResponseHead, rest: Int)?
    {
        let bytes = Array(text.utf8)
        var limits = MessageLimits()
        limits.takesBareLineFeeds = lenient
        var parser = ResponseParser(limits: limits)
        parser.method = .connect
        var position = 0
        for part in [bytes[..<cut], bytes[cut...]] {
            position = 0
            if try parser.next(in: Array(part).span, at: &position) == .head {
                return (parser.head, part.count - position)
            }
        }
        return nil
    }

    @Test func `where they may be, they end lines as CRLF does, wherever the bytes are cut`() throws {
        for text in [
            "HTTP/1.1 200 OK\nA: b\n\nrest", "HTTP/1.1 200 OK\r\nA: b\n\r\nrest", "HTTP/1.1 200 OK\nA: b\r\n\nrest",
        ] {
            for cut in 0...text.utf8.count {
                let found = try #require(try answer(text, lenient: true, cut: cut))
                #expect(found.head.status == 200 && found.head.fields["a"] == "b")
                let end = text.utf8.count - 4
                #expect(found.rest == (cut >= end ? cut - end : 4))
            }
        }
    }

    @Test func `elsewhere they are refused, and a carriage return alone is everywhere`() throws {
        #expect(throws: HTTPRefusal.self) { try answer("HTTP/1.1 200 OK\n\n", lenient: false, cut: 0) }
        #expect(throws: HTTPRefusal.self) { try answer("HTTP/1.1 200 OK\r\r\n", lenient: true, cut: 0) }
    }
}
