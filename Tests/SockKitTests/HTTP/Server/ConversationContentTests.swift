import SockKit
import Testing

/// The content of requests: read, not read, waited for, refused.
@Suite(.timeLimit(.minutes(5))) struct ConversationContentTests {
    private static let echo = Answering { (exchange) async throws(NetworkError) in
        let body = try await exchange.readWholeBody(limit: 1 << 20)
        try await exchange.respond(200, body: body)
    }

    @Test func `100 Continue comes once the content is wanted`() async throws {
        try await onLoop {
            let talk = try await Talk(Self.echo)
            try await talk.send("PUT / HTTP/1.1\nHost: a\nContent-Length: 3\nExpect: 100-continue\n\n".onTheWire)
            #expect(try await talk.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await talk.send("abc")
            let answer = try await talk.read(through: "abc")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && !answer.contains("Connection: close"))
            talk.client.close()
        }
    }

    @Test func `who answers without the content does not ask for it, and the connection ends`() async throws {
        let answer = try await talk(
            "PUT / HTTP/1.1\nHost: a\nContent-Length: 3\nExpect: 100-continue\n\n".onTheWire)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("\r\nConnection: close\r\n"))
    }

    @Test func `content that nobody read is passed over, and the next request found`() async throws {
        let body = String(repeating: "x", count: 100_000)
        let answer = try await talk(
            "POST /a HTTP/1.1\nHost: a\nContent-Length: 100000\n\n\(body)GET /b HTTP/1.1\nHost: a\n\n".onTheWire)
        #expect(answer.contains("\r\n/aHTTP/1.1") && answer.hasSuffix("\r\n/b"))
    }

    @Test func `more than is worth reading ends the connection, and the answer is read all the same`() async throws {
        try await onLoop {
            var limits = HTTPServerLimits()
            limits.message.body = nil
            let talk = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    try await exchange.refuse(403)
                }, limits: limits)
            try await talk.send("POST /a HTTP/1.1\nHost: a\nContent-Length: 1000000000\n\n".onTheWire)
            let pouring = Netpoller.spawn { () async -> Void in
                let piece = [UInt8](repeating: 0, count: 100_000)
                for _ in 0..<10_000 { guard (try? await talk.client.write(piece)) != nil else { return } }
            }
            let answer = try await talk.read(through: "403 Forbidden\n")
            #expect(answer.contains("\r\nConnection: close\r\n"))
            _ = await talk.task.value
            talk.client.close()
            await pouring.value
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\n\n", "400 Bad Request", "there is no Host"),
        ("GET / HTTP/2.0\nHost: a\n\n", "505 HTTP Version Not Supported", "major version 2"),
        ("GET /\(String(repeating: "x", count: 20_000)) HTTP/1.1\nHost: a\n\n", "414 URI Too Long", "limit"),
        ("POST / HTTP/1.1\nHost: a\nContent-Length: 1\nTransfer-Encoding: chunked\n\n", "400 Bad Request", "both"),
        ("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked\n\n", "501 Not Implemented", "coding"),
        ("POST / HTTP/1.1\nHost: a\nContent-Length: 2000000\n\nxx", "413 Content Too Large", "limit"),
        ("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nzz\n", "400 Bad Request", "chunk 1"),
        ("GET / HTTP/1.1\nHost: a\nExpect: wonders\n\n", "417 Expectation Failed", "100-continue"),
        ("POST / HTTP/1.1\nHost: a\nContent-Length: 5\n\nxx", "400 Bad Request", "the connection ended inside it"),
        ("GET / HT", "400 Bad Request", "the connection ended inside it"),
    ])
    func `what cannot be taken is refused with its status and the reason, and nothing follows`(
        request: String, status: String, reason: String
    ) async throws {
        let answer = try await talk("\(request)".onTheWire, Self.echo)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(answer)")
        #expect(answer.contains("\r\nConnection: close\r\n") && answer.contains(reason), "\(answer)")
        #expect(answer.components(of: "HTTP/1.1") == 1)
    }

    @Test func `a HEAD that is refused for what it expects gets no content, and what is no request does`() async throws
    {
        let refused = try await talk("HEAD / HTTP/1.1\nHost: a\nExpect: wonders\n\n".onTheWire)
        #expect(refused.hasPrefix("HTTP/1.1 417 ") && refused.contains("\r\nContent-Length: "), "\(refused)")
        #expect(refused.hasSuffix("\r\n\r\n"), "\(refused)")
        let behind = try await talk("HEAD / HTTP/1.1\nHost: a\n\nnonsense\n\n".onTheWire)
        #expect(behind.contains("HTTP/1.1 400 ") && !behind.hasSuffix("\r\n\r\n"), "\(behind)")
    }

    @Test func `chunks of a byte that came together are one piece, and others have their turn between pieces`()
        async throws
    {
        let digits = (0..<20_000).map { UInt8(ascii: "0") + UInt8($0 % 10) }
        let chunks = digits.map { "1\r\n\(UnicodeScalar($0))\r\n" }.joined() + "0\r\n\r\n"
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let next = "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        try await onLoop {
            let (turns, pieces) = (TurnCounter(), GivenPieces())
            defer { turns.stop() }
            let talk = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    while true {
                        let chunk = try await exchange.readBody()
                        if chunk.isEnd { break }
                        pieces.take(chunk.copy(), in: turns.turns)
                        chunk.giveBack()
                    }
                    try await exchange.respond(200, body: Array(exchange.request.target.utf8))
                })
            try await talk.send(head + chunks + next)
            #expect(try await talk.rest().hasSuffix("\r\n/b"))
            talk.client.close()
            #expect(pieces.bytes == digits)
            #expect(pieces.count < digits.count / 20, "\(pieces.count) pieces")
            #expect(pieces.longestRun <= 64, "\(pieces.longestRun) pieces in one turn")
        }
    }

    @Test func `content before a fault is given, however much of it came together`() async throws {
        try await onLoop {
            let pieces = GivenPieces()
            let talk = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    while true {
                        let chunk = try await exchange.readBody()
                        if chunk.isEnd { break }
                        pieces.take(chunk.copy(), in: 0)
                    }
                    try await exchange.respond(200, body: [])
                })
            try await talk.send("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1\na\n1\nb\nzz\n".onTheWire)
            let answer = try await talk.rest()
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("chunk 3"), "\(answer)")
            #expect(pieces.bytes == Array("ab".utf8))
            talk.client.close()
        }
    }

    @Test func `what came before a request that is refused has been answered`() async throws {
        let answer = try await talk("GET /a HTTP/1.1\nHost: a\n\nnonsense\n\n".onTheWire)
        #expect(answer.contains("\r\n/aHTTP/1.1 400 Bad Request\r\n"))
    }

    @Test func `trailers are there once the content was read`() async throws {
        let trailing = Answering { (exchange) async throws(NetworkError) in
            _ = try await exchange.readWholeBody(limit: 10)
            try await exchange.respond(200, text: exchange.trailers["x-sum"] ?? "none")
        }
        let answer = try await talk(
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1\na\n0\nX-Sum: 7\n\n".onTheWire, trailing)
        #expect(answer.hasSuffix("\r\n\r\n7"))
    }
}

/// The pieces of content that a handler was given.
@Netpoller
private final class GivenPieces {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    /// The most that were given in one turn on the loop.
    private(set) var longestRun = 0
    private var run = 0
    private var turn = -1

    func take(_ piece: [UInt8], in turn: Int) {
        bytes += piece
        count += 1
        run = turn == self.turn ? run + 1 : 1
        self.turn = turn
        longestRun = max(longestRun, run)
    }
}

extension String {
    /// How often a word is in it.
    fileprivate func components(of word: String) -> Int { ranges(of: word).count }
}
