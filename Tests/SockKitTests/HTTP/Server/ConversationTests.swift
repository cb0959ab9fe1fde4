import SockKit
import Testing

/// What comes back on a connection for what was sent.
@Suite(.timeLimit(.minutes(5))) struct ConversationTests {
    private static let get = "GET /a HTTP/1.1\nHost: a\n\n"

    @Test func `requests that come together are answered in order, HEAD without content`() async throws {
        let answer = try await talk("GET /a HTTP/1.1\nHost: a\n\nHEAD /bb HTTP/1.1\nHost: a\n\n\(Self.get)".onTheWire)
        let heads = answer.withoutDate
        #expect(
            heads
                == """
                HTTP/1.1 200 OK
                Content-Length: 2

                /aHTTP/1.1 200 OK
                Content-Length: 3

                HTTP/1.1 200 OK
                Content-Length: 2

                /a
                """.onTheWire)
    }

    @Test func `an answer has its date`() async throws {
        let answer = try await talk(Self.get.onTheWire)
        let date = try #require(answer.firstMatch(of: /\r\nDate: ([^\r]*)\r\n/))
        let parsed = try #require(HTTPDate(String(date.1)))
        #expect(abs(parsed.secondsSinceEpoch - Int(Timestamp.now.total / 1_000_000_000)) < 100)
    }

    @Test(arguments: [
        ("HTTP/1.1", "", false), ("HTTP/1.1", "Connection: close\n", true), ("HTTP/1.0", "", true),
        ("HTTP/1.0", "Connection: keep-alive\n", false), ("HTTP/1.1", "Connection: x, Close\n", true),
    ])
    func `who asks for the end, and an older client that does not ask to go on, gets it`(
        version: String, field: String, isLast: Bool
    ) async throws {
        try await onLoop {
            let talk = try await Talk(Answering.target)
            try await talk.send("GET /a \(version)\nHost: a\n\(field)\n".onTheWire)
            let answer = try await talk.read(through: "\r\n/a")
            #expect(answer.contains("Connection: close") == isLast)
            #expect(answer.contains("Connection: keep-alive") == (version == "HTTP/1.0" && !isLast))
            if !isLast {
                try await talk.send(Self.get.onTheWire)
                _ = try await talk.read(through: "\r\n/a")
                talk.client.close()
            } else {
                #expect(try await talk.rest().isEmpty)
            }
            #expect(talk.conversation.requests == (isLast ? 1 : 2))
        }
    }

    @Test func `any cut of the bytes gives the same answers`() async throws {
        let requests =
            "POST /a HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\nGET /b HTTP/1.1\nHost: a\n\n"
            .onTheWire
        let echo = Answering { (exchange) async throws(NetworkError) in
            let body = try await exchange.readWholeBody(limit: 100)
            try await exchange.respond(200, body: Array(exchange.request.target.utf8) + body)
        }
        let whole = try await talk(requests, echo).withoutDate
        #expect(whole.contains("/aabc") && whole.hasSuffix("/b"))
        for cut in stride(from: 1, to: requests.utf8.count, by: 5) {
            let parts = try await onLoop {
                let talk = try await Talk(echo)
                try await talk.send(String(requests.prefix(cut)))
                for _ in 0..<4 { await letOthersRun() }
                try await talk.send(String(requests.dropFirst(cut)))
                try talk.client.closeWrite()
                return try await talk.rest()
            }
            #expect(parts.withoutDate == whole, "cut at \(cut)")
        }
    }

    @Test func `an answer of unknown length goes in chunks, and to an older client until the end`() async throws {
        let pieces = Answering { (exchange) async throws(NetworkError) in
            try await exchange.begin(200, length: nil)
            try await exchange.write(Array("one".utf8))
            try await exchange.write([])
            try await exchange.write(Array("three".utf8))
            try await exchange.finish()
        }
        let chunks = try await talk(Self.get.onTheWire, pieces).withoutDate
        #expect(
            chunks == "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\none\n5\nthree\n0\n\n".onTheWire)
        let plain = try await talk("GET /a HTTP/1.0\n\n".onTheWire, pieces).withoutDate
        #expect(plain == "HTTP/1.1 200 OK\nConnection: close\n\n".onTheWire + "onethree")
        let head = try await talk("HEAD /a HTTP/1.1\nHost: a\n\n".onTheWire, pieces).withoutDate
        #expect(head == "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n".onTheWire)
    }

    @Test func `a client that ends its side gets the whole of a long answer`() async throws {
        let long = Answering { (exchange) async throws(NetworkError) in
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            try await exchange.begin(200, length: 16 << 20)
            for _ in 0..<16 { try await exchange.write(piece) }
        }
        let count = try await onLoop {
            let talk = try await Talk(long)
            try await talk.send(Self.get.onTheWire)
            try talk.client.closeWrite()
            _ = try await talk.read(through: "\r\n\r\n")
            return try await talk.client.readAll().count
        }
        #expect(count == 16 << 20)
    }

    @Test func `OPTIONS of the server is answered without asking the handler`() async throws {
        let answer = try await talk("OPTIONS * HTTP/1.1\nHost: a\n\n".onTheWire).withoutDate
        #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\nAllow: GET, HEAD"))
    }

    @Test(arguments: [
        ("DELETE", "405 Method Not Allowed"), ("BREW", "501 Not Implemented"), ("OPTIONS", "204 No Content"),
    ])
    func `another method is told which would do`(method: String, status: String) async throws {
        let reads = Answering { (exchange) async throws(NetworkError) in
            try await exchange.respond(allowing: [.get, .head])
        }
        let answer = try await talk("\(method) / HTTP/1.1\nHost: a\n\n".onTheWire, reads)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n") && answer.contains("\r\nAllow: GET, HEAD, OPTIONS\r\n"))
    }

    @Test func `common fields are in every answer to the request and in no other`() async throws {
        let marked = Answering { (exchange) async throws(NetworkError) in
            if exchange.request.target == "/a" { exchange.commonFields = ["X-Mark": "yes"] }
            try await exchange.refuse(404)
        }
        let answer = try await talk("\(Self.get)GET /b HTTP/1.1\nHost: a\n\n".onTheWire, marked)
        #expect(answer.split(separator: "HTTP/1.1 404").map { $0.contains("X-Mark: yes") } == [true, false])
    }
}
