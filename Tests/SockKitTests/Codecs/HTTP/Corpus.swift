import SockKit
import Testing

/// A stream of bytes and all that a parser makes of it.
struct CorpusRow: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// One text a message, then why the stream was refused or cut off, if it was.
    let outcome: [String]

    /// Each character of `text` is one byte.
    init(_ name: String, _ text: String, _ outcome: String...) {
        self.init(name, text, outcome)
    }

    init(_ name: String, _ text: String, _ outcome: [String]) {
        self.name = name
        bytes = latin1(text)
        self.outcome = outcome
    }

    var testDescription: String { name }
}

/// One byte for each character up to U+00FF.
func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

/// How a stream reaches a parser.
enum MessageCut {
    /// All in one read.
    case whole
    /// A byte a read.
    case bytes
    /// Reads of many sizes.
    case pieces(seed: UInt64)

    static let all: [MessageCut] = [.whole, .bytes] + (1...6).map { .pieces(seed: $0) }

    func reads(of bytes: [UInt8]) -> [[UInt8]] {
        var generator = SeededGenerator(seed: 0)
        if case .pieces(let seed) = self { generator = SeededGenerator(seed: seed) }
        var reads: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let size =
                switch self {
                case .whole: bytes.count
                case .bytes: 1
                case .pieces: Int.random(in: 1...(Bool.random(using: &generator) ? 4 : 60), using: &generator)
                }
            reads.append(Array(bytes[start..<min(bytes.count, start + size)]))
            start += size
        }
        return reads
    }
}

/// What both parsers have, so that the tests can drive either.
protocol DrivenParser {
    mutating func next(in bytes: Span<UInt8>, at position: inout Int) throws(HTTPRefusal) -> MessageEvent
    mutating func end() throws(HTTPRefusal) -> Bool
    /// `GET /` or `200 OK`.
    var headText: String { get }
    var trailers: Fields { get }
    var isIdle: Bool { get }
}

extension RequestParser: DrivenParser {
    var headText: String { "\(head.method) \(head.target)" }
    mutating func end() throws(HTTPRefusal) -> Bool {
        try finish()
        return false
    }
}

extension ResponseParser: DrivenParser {
    var headText: String { "\(head.status) \(head.reason)" }
    mutating func end() throws(HTTPRefusal) -> Bool { try finish() }
}

/// What a parser makes of a stream: `POST /up | its content + trailer: value`, and at the end `400 why` or `cut why`.
func transcript(_ parser: some DrivenParser, _ bytes: [UInt8], _ cut: MessageCut = .whole) -> [String] {
    var parser = parser
    var messages: [String] = []
    var content: [UInt8] = []
    do throws(HTTPRefusal) {
        for read in cut.reads(of: bytes) {
            try take(read, by: &parser, &messages, &content)
        }
        if try parser.end() { close(&messages, &content, parser.trailers) }
    } catch {
        if !content.isEmpty { close(&messages, &content, [:]) }
        messages.append("\(error.isTruncation ? "cut" : "\(error.status)") \(error)")
    }
    return messages
}

private func take(
    _ read: [UInt8], by parser: inout some DrivenParser, _ messages: inout [String], _ content: inout [UInt8]
) throws(HTTPRefusal) {
    var position = 0
    while true {
        let before = position
        let event = try parser.next(in: read.span, at: &position)
        #expect(position >= before && position <= read.count)
        switch event {
        case .needsMore: return
        case .head: messages.append(parser.headText)
        case .content(let range):
            #expect(range.lowerBound >= before && range.upperBound == position && !range.isEmpty)
            content += read[range]
        case .end: close(&messages, &content, parser.trailers)
        }
    }
}

private func close(_ messages: inout [String], _ content: inout [UInt8], _ trailers: Fields) {
    var text = messages.removeLast()
    if !content.isEmpty { text += " | " + String(decoding: content, as: UTF8.self) }
    for trailer in trailers { text += " + \(trailer.name): \(trailer.value)" }
    messages.append(text)
    content = []
}
