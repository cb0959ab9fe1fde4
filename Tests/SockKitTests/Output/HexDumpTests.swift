import Testing

@testable import sockctl

@Suite struct HexDumpTests {
    @Test func `both directions count their own offsets`() {
        var dump = HexDump()
        #expect(
            text(&dump, "hello\n", .received)
                == "< 00000000  68 65 6c 6c 6f 0a                                 |hello.|\n")
        #expect(text(&dump, "hi", .sent) == "> 00000000  68 69                                             |hi|\n")
        #expect(
            text(&dump, "é", .received) == "< 00000006  c3 a9                                             |..|\n")
        #expect(text(&dump, "", .sent).isEmpty)
    }

    @Test func `a line holds sixteen bytes and the last is short`() {
        var dump = HexDump()
        let expected = """
            > 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
            > 00000010  7e 7f                                             |~.|

            """
        #expect(text(&dump, "0123456789abcdef~\u{7f}", .sent) == expected)
    }

    @Test func `an offset beyond four gibibytes has as many digits as it needs`() {
        var dump = HexDump(received: 0xffff_fff8)
        let expected = """
            < 0fffffff8  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
            < 100000008  67                                                |g|

            """
        #expect(text(&dump, "0123456789abcdefg", .received) == expected)
    }

    @Test func `each byte is two digits, and a letter where it is one`() {
        var dump = HexDump()
        let bytes = (0...255).map { UInt8($0) }
        let lines = String(decoding: dump.lines(bytes.span, .sent), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 16)
        for (row, line) in lines.enumerated() {
            let digits = line.dropFirst(10).prefix(52).filter { $0 != " " }
            let values = (16 * row..<16 * row + 16)
            #expect(digits == values.map { String($0 / 16, radix: 16) + String($0 % 16, radix: 16) }.joined()[...])
            let letters = values.map { 0x20..<0x7f ~= $0 ? Character(UnicodeScalar(UInt8($0))) : "." }
            #expect(line.hasSuffix("|" + String(letters) + "|"))
        }
    }

    @Test func `a short line has its bars around what there is, and its digits where they always are`() {
        for count in 1...16 {
            var dump = HexDump()
            let bytes = (0..<count).map { UInt8(ascii: "a") + UInt8($0) }
            let line = text(&dump, String(decoding: bytes, as: UTF8.self), .received)
            let digits = bytes.enumerated().map { ($0 == 8 ? " " : "") + String($1, radix: 16) + " " }.joined()
            let wide = digits + String(repeating: " ", count: 50 - digits.count)
            #expect(line == "< 00000000  \(wide)|\(String(decoding: bytes, as: UTF8.self))|\n")
        }
    }

    private func text(_ dump: inout HexDump, _ bytes: String, _ direction: HexDump.Direction) -> String {
        String(decoding: dump.lines(Array(bytes.utf8).span, direction), as: UTF8.self)
    }
}
