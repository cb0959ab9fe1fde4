import Testing

@testable import sockctl

@Suite struct ParagraphTests {
    @Test(
        arguments: [
            ("", 10, 0, []), ("one", 10, 0, ["one"]), ("one two three", 7, 0, ["one two", "three"]),
            ("one two three", 8, 2, ["one two", "  three"]),
            ("  a bb cc dd", 6, 4, ["  a bb", "      cc", "      dd"]),
            ("unbreakable word", 4, 0, ["unbreakable", "word"]), ("1.00 s  dial 3", 20, 0, ["1.00 s  dial 3"]),
        ] as [(String, Int, Int, [String])])
    func `a line is broken at its words, and keeps its indentation`(
        text: String, width: Int, hanging: Int, expected: [String]
    ) {
        #expect(Paragraph.lines(text, width: width, hanging: hanging) == expected)
    }

    @Test func `colours take up no room`() {
        #expect(Paragraph.lines("\u{1b}[1;31mblocked\u{1b}[0m for good", width: 11).count == 2)
        #expect(Paragraph.lines("\u{1b}[1;31mblocked\u{1b}[0m for", width: 11).count == 1)
    }
}
