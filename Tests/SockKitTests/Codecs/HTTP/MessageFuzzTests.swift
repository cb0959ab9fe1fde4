import SockKit
import Testing

/// Valid messages, spoilt in thousands of ways: the parsers must neither trap nor take more than they were given, and
/// the cuts of the stream must not show. (`transcript` checks the places.)
@Suite struct MessageFuzzTests {
    private static let requests = [
        "GET /time HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /a?b HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\nA: b\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0\r\nC: d\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nCONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
    ]

    private static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhelloHTTP/1.1 304 No\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\nall the rest",
    ]

    private static let insertions = [
        "\r", "\n", "\r\n", " ", "\t", "\0", ":", ";", ",", "%", "0", "f", "\u{80}", "\"", "-", "HTTP/1.1",
    ]
    .map(latin1)

    private func spoil(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 1...Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1 where !bytes.isEmpty: bytes.remove(at: place)
            case 2 where !bytes.isEmpty: bytes.removeLast(bytes.count - place)
            case 3:
                let end = Int.random(in: place...bytes.count, using: &generator)
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            default:
                if let insertion = Self.insertions.randomElement(using: &generator) {
                    bytes.insert(contentsOf: insertion, at: place)
                }
            }
        }
        return bytes
    }

    private func drive(_ parser: some DrivenParser, _ messages: [String], seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<1250 {
            guard let message = messages.randomElement(using: &generator) else { return }
            let bytes = spoil(latin1(message), &generator)
            let whole = transcript(parser, bytes)
            let pieces = transcript(parser, bytes, .pieces(seed: UInt64(round)))
            let single = transcript(parser, bytes, .bytes)
            #expect(whole == pieces && whole == single, "\(seed) \(round): \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `spoilt requests have one outcome and never trap`(seed: UInt64) {
        let limits = MessageLimits(line: 60, head: 120, fields: 3, body: 20, chunkExtensions: 8, trailers: 20)
        drive(RequestParser(limits: seed.isMultiple(of: 2) ? limits : MessageLimits()), Self.requests, seed: seed)
    }

    @Test(arguments: 11...18 as ClosedRange<UInt64>)
    func `spoilt answers have one outcome and never trap`(seed: UInt64) {
        let limits = MessageLimits(line: 60, head: 120, fields: 3, body: 20, chunkExtensions: 8, trailers: 20)
        drive(ResponseParser(limits: seed.isMultiple(of: 2) ? limits : MessageLimits()), Self.answers, seed: seed)
    }
}
