import Testing

@testable import sockctl

@Suite struct CanvasTests {
    private let plain = Terminal(1, isTerminal: true, color: .never)

    @Test func `what is beyond an edge is left out`() {
        var canvas = Canvas(columns: 3, rows: 2)
        canvas.write("abcdef", 1, 0)
        canvas.put("x", -1, 1)
        canvas.put("y", 0, 2)
        #expect(canvas.lines(on: plain) == [" ab", ""])
    }

    @Test func `neighbours of one colour are painted together`() {
        var canvas = Canvas(columns: 6, rows: 1)
        canvas.write("ab", 0, 0, .green)
        canvas.write("c", 2, 0, .red)
        let colored = Terminal(1, isTerminal: true, color: .always)
        #expect(canvas.lines(on: colored) == ["\u{1b}[32mab\u{1b}[0m\u{1b}[31mc\u{1b}[0m"])
    }
}
