import SockKit
import Testing

@Suite struct FrameEncoderTests {
    private static let framings: [Framing] = [
        .line, .delimiter(Array("\r\n".utf8)), .delimiter(Array("aa".utf8)), .length(.init(width: 1)),
        .length(.init(width: 2, isLittleEndian: true)), .length(.init(width: 4, countsItself: true)),
        .length(.init(width: 8, isLittleEndian: true, countsItself: true)),
    ]

    /// The frame of a message, or why there is none.
    private static func frame(
        _ payload: [UInt8], _ framing: Framing, limit: Int = 100_000, crlf: Bool = false
    ) -> Result<[UInt8], FramingError> {
        Result { () throws(FramingError) in
            var bytes: [UInt8] = [1]
            try FrameEncoder(framing, maximum: limit, sendsCRLF: crlf).append(payload.span, to: &bytes)
            return Array(bytes.dropFirst())
        }
    }

    @Test(arguments: framings)
    func `what can be framed is what comes out again, and what cannot is refused`(framing: Framing) {
        var generator = SeededGenerator(seed: 11)
        for size in [0, 1, 2, 3, 5, 200, 255, 256, 65_535, 65_536] {
            let payload = (0..<size).map { _ in "ab\r\nc".utf8.randomElement(using: &generator) ?? 0 }
            guard case .success(let frame) = Self.frame(payload, framing) else { continue }
            var decoder = FrameDecoder(framing, maximum: 100_000)
            var messages: [[UInt8]] = []
            try? decoder.push(frame.span) { (_, bytes) throws(FramingError) in
                messages.append((0..<bytes.count).map { bytes[$0] })
            }
            // A CR at a line's end is taken for part of the line end.
            let expected = framing == .line && payload.last == 13 ? payload.dropLast() : payload
            #expect(messages == [expected])
            #expect(decoder.finish() == nil)
        }
    }

    @Test func `frames look as their framing says`() throws {
        let text = Array("one".utf8)
        #expect(try Self.frame(text, .line).get() == Array("one\n".utf8))
        #expect(try Self.frame(text, .line, crlf: true).get() == Array("one\r\n".utf8))
        #expect(try Self.frame(Array("one\r".utf8), .line, crlf: true).get() == Array("one\r\n".utf8))
        #expect(try Self.frame(text, .delimiter([0])).get() == text + [0])
        #expect(try Self.frame(text, .length(.init(width: 4))).get() == [0, 0, 0, 3] + text)
        #expect(try Self.frame(text, .length(.init(width: 2, isLittleEndian: true))).get() == [3, 0] + text)
        #expect(try Self.frame(text, .length(.init(width: 1, countsItself: true))).get() == [4] + text)
    }

    @Test(
        arguments: [
            ("a\nb", .line, "frame: the message has at byte 1 a newline, which would end the line there"),
            (
                "a--b", .delimiter(Array("--".utf8)),
                "frame: the message has at byte 1 the delimiter, which would end the message there"
            ),
            (
                "a-", .delimiter(Array("--".utf8)),
                "frame: the message has at byte 1 the delimiter, which would end the message there"
            ),
            (
                String(repeating: "x", count: 256), .length(.init(width: 1)),
                "frame: the message needs a length of 256, and 1 byte holds at most 255"
            ),
            (
                String(repeating: "x", count: 65_534), .length(.init(width: 2, countsItself: true)),
                "frame: the message needs a length of 65536, and 2 bytes hold at most 65535"
            ),
            (
                String(repeating: "x", count: 100_001), .line,
                "limit: the message is longer than the limit of 100000 bytes"
            ),
        ] as [(String, Framing, String)])
    func `what cannot be framed says why`(text: String, framing: Framing, why: String) {
        guard case .failure(let error) = Self.frame(Array(text.utf8), framing) else {
            Issue.record("it was framed")
            return
        }
        #expect("\(error.code): \(error)" == why)
    }
}
