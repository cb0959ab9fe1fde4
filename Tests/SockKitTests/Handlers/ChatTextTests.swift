import Testing

@testable import sockctl

@Suite struct ChatTextTests {
    private func shown(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        ChatText.append(Array("<a> ".utf8), bytes.span, to: &text)
        return text
    }

    @Test(arguments: ["plain", "tab\tbed", "grüße, 世界 👍🏽", "\u{200d}\u{200c}", "", "~}|"])
    func `text passes as it is`(text: String) {
        #expect(shown(Array(text.utf8)) == Array("<a> \(text)\n".utf8))
    }

    @Test(arguments: [
        ("\u{1b}[31mred", #"\x1b[31mred"#), ("a\rb", #"a\rb"#), ("a\u{7f}", #"a\x7f"#), ("\u{9b}31m", #"\xc2\x9b31m"#),
        ("\u{202e}abc", #"\xe2\x80\xaeabc"#), ("nul\0", #"nul\0"#), ("\u{8}\u{8}", #"\x08\x08"#),
    ])
    func `what a terminal would obey is spelled out`(text: String, expected: String) {
        #expect(shown(Array(text.utf8)) == Array("<a> \(expected)\n".utf8))
    }

    @Test func `other encodings pass, but for their controls`() {
        #expect(shown([0xe9, 0x74, 0xe9]) == Array("<a> ".utf8) + [0xe9, 0x74, 0xe9, 0x0a])
        #expect(shown([0x9b, 0x33]) == Array("<a> \\x9b3\n".utf8))
        #expect(shown([0xc3]) == Array("<a> ".utf8) + [0xc3, 0x0a])
    }

    @Test func `lines are whole however they come`() {
        var inbox = RoomMember.Inbox()
        var lines: [String] = []
        let text = "one\r\ntwo\n\nthr\ree\nrest"
        for byte in text.utf8 {
            inbox.put([byte].span)
            while let line = inbox.takeLine() { lines.append(String(decoding: inbox.bytes[line], as: UTF8.self)) }
        }
        #expect(lines == ["one", "two", "", "thr\ree"])
        #expect(inbox.takeRest().map { String(decoding: inbox.bytes[$0], as: UTF8.self) } == "rest")
        #expect(inbox.takeRest() == nil)
        #expect(inbox.isEmpty)
    }

    @Test func `a line without an end is cut, so that memory is bounded`() {
        var inbox = RoomMember.Inbox()
        var cut: [Int] = []
        for _ in 0..<300 {
            inbox.put(Array(repeating: UInt8(ascii: "x"), count: 1000).span)
            while let line = inbox.takeLine() { cut.append(line.count) }
            #expect(inbox.bytes.count <= ChatText.longestLine + 2000)
        }
        #expect(cut == Array(repeating: ChatText.longestLine, count: 4))
    }
}
