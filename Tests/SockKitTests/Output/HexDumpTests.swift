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

    private func text(_ dump: inout HexDump, _ bytes: String, _ direction: HexDump.Direction) -> String {
        String(decoding: dump.lines(Array(bytes.utf8).span, direction), as: UTF8.self)
    }
}
