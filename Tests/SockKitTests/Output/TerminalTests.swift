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
}
