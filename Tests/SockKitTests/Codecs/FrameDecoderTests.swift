import SockKit
import Testing

/// How a stream reaches the decoder.
private enum Cut: CaseIterable {
    /// All in one read.
    case whole
    /// A byte a read.
    case bytes
    /// Reads of all sizes, none of which has to do with the frames.
    case pieces
}

/// All that a decoder makes of a stream.
private struct Decoded: Equatable {
    var messages: [String] = []
    var rest: String?
    var error: String?
}

private func decode(_ stream: [UInt8], _ framing: Framing, limit: Int = 1000, minimum: Int = 0, _ cut: Cut) -> Decoded {
    var decoder = FrameDecoder(framing, maximum: limit, minimum: minimum)
    var decoded = Decoded()
    var start = 0
    var generator = SeededGenerator(seed: 3)
    while start < stream.count {
        let size =
            switch cut {
            case .whole: stream.count
            case .bytes: 1
            case .pieces: Int.random(in: 1...7, using: &generator)
            }
        let piece = Array(stream[start..<min(stream.count, start + size)])
        start += piece.count
        do throws(FramingError) {
            try decoder.push(piece.span) { (index, payload) throws(FramingError) in
                let bytes = (0..<payload.count).map { payload[$0] }
                decoded.messages.append(String(decoding: bytes, as: UTF8.self))
                #expect(index == decoded.messages.count)
            }
        } catch {
            decoded.error = "\(error.code): \(error)"
            return decoded
        }
    }
    if let end = decoder.finish() {
        decoded.rest = String(decoding: end.payload, as: UTF8.self)
        decoded.error = "\(end.error.code): \(end.error)"
    }
    return decoded
}

@Suite struct FrameDecoderTests {
    private static let two = Framing.length(.init(width: 2))

    private static let streams: [(Framing, String, Decoded)] = [
        (.line, "one\ntwo\n\nthree\n", Decoded(messages: ["one", "two", "", "three"])),
        (.line, "one\r\ntwo\r\r\n\r\n", Decoded(messages: ["one", "two\r", ""])),
        (
            .line, "one\ntwo",
            Decoded(
                messages: ["one"], rest: "two",
                error: "frame: frame 2 at byte 4 was cut off by the end of the stream: 3 bytes without a newline")
        ),
        (.delimiter(Array("--".utf8)), "a-b--c----d--", Decoded(messages: ["a-b", "c", "", "d"])),
        (.delimiter(Array("aab".utf8)), "xaaaab-aab", Decoded(messages: ["xaa", "-"])),
        (
            .delimiter(Array("\r\n".utf8)), "a\nb\r\nc\r",
            Decoded(
                messages: ["a\nb"], rest: "c\r",
                error: "frame: frame 2 at byte 5 was cut off by the end of the stream: 2 bytes without the delimiter")
        ),
        (two, "\0\u{3}one\0\0\0\u{1}x", Decoded(messages: ["one", "", "x"])),
        (.length(.init(width: 1)), "\u{3}one\u{0}\u{1}x", Decoded(messages: ["one", "", "x"])),
        (.length(.init(width: 4, isLittleEndian: true)), "\u{2}\0\0\0ab", Decoded(messages: ["ab"])),
        (.length(.init(width: 8)), "\0\0\0\0\0\0\0\u{2}ab", Decoded(messages: ["ab"])),
        (.length(.init(width: 2, countsItself: true)), "\0\u{5}one\0\u{2}", Decoded(messages: ["one", ""])),
        (
            two, "\0\u{2}ab\0\u{5}one",
            Decoded(
                messages: ["ab"], rest: "one",
                error: "frame: frame 2 at byte 4 was cut off by the end of the stream: 3 of 5 bytes")
        ),
        (
            two, "\0\u{2}ab\0",
            Decoded(
                messages: ["ab"], rest: "",
                error: "frame: frame 2 at byte 4 was cut off by the end of the stream: 1 of the 2 bytes of its length")
        ),
        (
            .length(.init(width: 4, countsItself: true)), "\0\0\0\u{4}\0\0\0\u{3}",
            Decoded(
                messages: [""],
                error: "frame: frame 2 at byte 4 has a length of 3, and no frame is shorter than 4 bytes")
        ),
    ]

    @Test(arguments: streams.indices, Cut.allCases)
    fileprivate func `a stream gives the same messages however it is cut`(index: Int, cut: Cut) {
        let (framing, text, expected) = Self.streams[index]
        #expect(decode(Array(text.utf8), framing, cut) == expected)
    }

    @Test(arguments: Cut.allCases)
    fileprivate func `a payload may be as long as the limit and no longer`(cut: Cut) {
        let full = String(repeating: "x", count: 10)
        let refused = "limit: frame 2 at byte 12 is longer than the limit of 10 bytes"
        #expect(decode(Array("\(full)\r\n\(full)x\n".utf8), .line, limit: 10, cut).error == refused)
        #expect(decode(Array("\(full)\r\n\(full)\r\n".utf8), .line, limit: 10, cut).messages == [full, full])
        let delimiter = Framing.delimiter(Array("--".utf8))
        #expect(decode(Array("\(full)--\(full)-x--".utf8), delimiter, limit: 10, cut).error == refused)
        #expect(decode(Array("\(full)--\(full)--".utf8), delimiter, limit: 10, cut).messages == [full, full])
        let length = Array("\0\u{a}\(full)\0\u{b}\(full)x".utf8)
        let beyond = "limit: frame 2 at byte 12 has a length of 11, beyond the limit of 10 bytes"
        #expect(decode(length, Self.two, limit: 10, cut).error == beyond)
        #expect(decode(length, Self.two, limit: 11, cut).messages == [full, full + "x"])
    }

    @Test(arguments: [Framing.line, .delimiter(Array("--".utf8))])
    func `a stream without an end is refused with the first byte too many`(framing: Framing) {
        var decoder = FrameDecoder(framing, maximum: 4)
        let four = Array("abcd".utf8)
        let one = Array("e".utf8)
        #expect(throws: Never.self) { try decoder.push(four.span) { (_, _) throws(FramingError) in } }
        #expect(throws: FramingError.self) { try decoder.push(one.span) { (_, _) throws(FramingError) in } }
    }

    @Test(arguments: [4, 8]) func `the largest length is refused by its number alone`(width: Int) {
        let error = decode([UInt8](repeating: 255, count: width), .length(.init(width: width)), .bytes).error
        let largest = width == 4 ? UInt64(UInt32.max) : .max
        #expect(error == "limit: frame 1 at byte 0 has a length of \(largest), beyond the limit of 1000 bytes")
        #expect(decode([0, 0, 0, 2], .length(.init(width: 4)), minimum: 3, .whole).error?.hasPrefix("frame: ") == true)
    }

    @Test func `a long frame in many small reads takes linear time`() {
        // Each of these would take minutes if what has come were looked at, or copied, again with every read.
        let read = [UInt8](repeating: UInt8(ascii: "x"), count: 100)
        let end = Array("\n".utf8)
        let size = 8_000_000
        for framing in [Framing.line, .delimiter(Array("xyz".utf8)), .length(.init(width: 4))] {
            var decoder = FrameDecoder(framing, maximum: size)
            var lengths: [Int] = []
            func push(_ bytes: [UInt8]) {
                try? decoder.push(bytes.span) { (_, payload) throws(FramingError) in lengths.append(payload.count) }
            }
            if case .length = framing { push([0, 0x7A, 0x12, 0]) }
            for _ in 0..<size / 100 { push(read) }
            push(framing == .line ? end : Array("yz".utf8))
            #expect(lengths == [framing == .delimiter(Array("xyz".utf8)) ? size - 1 : size])
        }
    }
}
