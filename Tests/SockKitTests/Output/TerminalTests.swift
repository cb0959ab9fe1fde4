import Testing

@testable import sockctl

@Suite struct TerminalTests {
    @Test(
        arguments: [
            (true, ColorMode.auto, nil, "xterm", true), (true, .auto, "1", "xterm", false),
            (true, .auto, "", "xterm", true),
            (true, .auto, nil, "dumb", false), (false, .auto, nil, "xterm", false), (false, .always, "1", "dumb", true),
            (true, .never, nil, "xterm", false),
        ] as [(Bool, ColorMode, String?, String?, Bool)])
    func `colour is for terminals that nobody forbade it`(
        isTerminal: Bool, mode: ColorMode, noColor: String?, term: String?, expected: Bool
    ) {
        let terminal = Terminal(2, isTerminal: isTerminal, color: mode, noColor: noColor, term: term)
        #expect(terminal.isColored == expected)
    }

    @Test func `what a stranger wrote cannot act on the terminal`() {
        let plain = Terminal(2, isTerminal: true, color: .never)
        #expect(plain.paint("@\u{1b}[2Jx\r", .address) == #"@\x1b[2Jx\r"#)
        let colored = Terminal(2, isTerminal: true, color: .always)
        #expect(colored.paint("é", .error) == "\u{1b}[1;31mé\u{1b}[0m")
    }

    @Test(arguments: [
        "\u{202e}", "\u{2066}", "\u{200f}", "\u{200b}", "\u{feff}", "\u{2028}", "\u{85}", "\u{e0041}", "\u{34f}",
        "\u{115f}", "\u{1160}", "\u{3164}", "\u{ffa0}", "\u{17b4}", "\u{17b5}", "\u{2065}", "\u{fe00}",
        "\u{fff0}", "\u{fff8}", "\u{e0100}", "\u{e01ef}",
    ])
    func `what is invisible and turns or hides a line is spelled out`(mark: String) throws {
        let bytes = mark.utf8.map { "\\x" + String($0, radix: 16) }.joined()
        #expect("a\(mark)b".printable == "a\(bytes)b")
        let written = sockctl::JSONValue.string("a\(mark)b").text
        if mark.utf16.count == 1 { #expect(!written.unicodeScalars.contains { $0.actsOnTerminals }) }
        #expect(try JSONValue(parsing: written).string == "a\(mark)b")
    }

    @Test(arguments: ["👩\u{200d}💻", "❤\u{fe0f}", "می\u{200c}خواهم", "e\u{301}", "→ µ", "\u{6dd}", "ᠠ\u{180b}"])
    func `what makes a sign of several is left alone`(text: String) {
        #expect(text.printable == text)
    }

    @Test(
        arguments: [
            (nil, true), ("C.UTF-8", true), ("de_DE.utf8", true), ("C", false), ("POSIX", false),
            ("de_DE.ISO-8859-1", false),
        ] as [(String?, Bool)])
    func `signs beyond ASCII are spelled out where the locale may not have them`(locale: String?, hasThem: Bool) {
        let text = "12 µs ± 3 µs, a×3, …"
        let terminal = Terminal(2, isTerminal: true, color: .never, locale: locale)
        #expect(terminal.spell(text) == (hasThem ? text : "12 us +/- 3 us, ax3, ..."))
    }

    @Test func `a line is broken for a terminal only`() {
        let text = String(repeating: "word ", count: 40) + "end"
        let terminal = Terminal(-1, isTerminal: true, color: .never)
        for broken in [terminal.wrap(text), terminal.paragraph(text)] {
            let lines = broken.split(separator: "\n")
            #expect(lines.count > 1 && lines.allSatisfy { $0.count < 80 })
        }
        let pipe = Terminal(-1, isTerminal: false, color: .never)
        #expect(pipe.wrap(text) == text && pipe.paragraph(text) == text)
    }
}
