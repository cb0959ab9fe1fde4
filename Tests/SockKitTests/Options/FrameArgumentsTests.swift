import SockKit
import Testing

@testable import sockctl

@Suite struct FrameArgumentsTests {
    private static let type = ValueType<Framing>.framing

    @Test(
        arguments: [
            ("line", .line), ("delim:--", .delimiter([45, 45])), ("delim:a:b", .delimiter([97, 58, 98])),
            ("delim:\\r\\n\\x00", .delimiter([13, 10, 0])),
            ("length:1", .length(.init(width: 1))),
            ("length:4:big", .length(.init(width: 4))),
            ("length:2:little", .length(.init(width: 2, isLittleEndian: true))),
            ("length:8:inclusive", .length(.init(width: 8, countsItself: true))),
            ("length:8:little:inclusive", .length(.init(width: 8, isLittleEndian: true, countsItself: true))),
        ] as [(String, Framing)])
    func `a framing is read, and shown so that it reads the same`(text: String, expected: Framing) throws {
        #expect(try Self.type.parse(text) == expected)
        #expect(try Self.type.parse(Self.type.show(expected) ?? "") == expected)
    }

    @Test(arguments: [
        "", "Line", "line:", "lines", "delim", "delim:", "delim:\\q", "length", "length:", "length:3", "length:04x",
        "length:4:", "length:4:middle", "length:4:inclusive:big", "length:4:big:little", "length:4:big:inclusive:x",
        "length:-1", "delim:" + String(repeating: "x", count: 257),
    ])
    func `what is no framing is refused`(text: String) {
        #expect(throws: UsageError.self) { try Self.type.parse(text) }
    }

    @Test(arguments: [
        ("--frame line --no-read", "'--frame' is about what is read, and '--no-read' reads nothing"),
        ("--frame length:4 -C", "'--crlf' is about lines: only '--frame line' has them"),
        ("--frame line --whole --recv-only", "'--whole' is about standard input, but '--recv-only' never reads it"),
        (
            "--frame line --separator x --send-only",
            "'--separator' is about standard output, but '--send-only' never writes it"
        ),
        ("--max-frame 5", "'--max-frame' is about messages, and without '--frame' there are only bytes"),
        ("--separator x", "'--separator' is about messages, and without '--frame' there are only bytes"),
        ("--whole", "'--whole' is about messages, and without '--frame' there are only bytes"),
    ])
    func `a combination without sense is refused with the reason`(line: String, reason: String) {
        for refusal in [message { try dial("\(line) x") }, message { try listen(line) }] { #expect(refusal == reason) }
    }

    @Test(arguments: [
        ("--serve time --frame line", "'--frame' is about messages, and '--serve time' reads none"),
        ("--serve chargen --frame line", "'--frame' is about messages, and '--serve chargen' reads none"),
        (
            "--serve echo --frame line --separator x",
            "'--separator' is about standard input and output, which '--serve echo' leaves alone"
        ),
        (
            "--serve frames --frame line",
            "'--frame' has no use: the packets of this protocol have a framing of their own"
        ),
        ("--serve frames --max-frame 12", "'--max-frame 12': the smallest packet has 13 bytes"),
        ("--serve frames --no-read", "'--serve frames' is about reading: '--no-read' leaves nothing to do"),
    ])
    func `a server without use for messages refuses them`(line: String, reason: String) {
        #expect(message { try listen(line) } == reason)
    }

    @Test(arguments: [
        ("--frame line", "'--frame' has no use"), ("--send-only", "'--send-only' makes no sense with '--submit'"),
        ("--recv-only", "'--recv-only' makes no sense"), ("--no-read", "'--no-read' makes no sense"),
        ("--crlf", "'--crlf' makes no sense"), ("--output x", "'--output' makes no sense"),
        ("-q 1", "'--quit-after' makes no sense"), ("--half-open", "'--half-open' makes no sense"),
        ("-N", "'--shutdown' makes no sense"), ("--no-shutdown", "'--no-shutdown' makes no sense"),
        ("--input-grace 2", "'--input-grace' makes no sense"), ("--whole", "'--whole' has no use"),
        ("--separator x", "'--separator' has no use"), ("--max-frame 12", "'--max-frame 12': the smallest packet"),
        ("--window 0", "'--window': '0' is not a number"),
    ])
    func `submitting leaves no room for what concerns other conversations`(option: String, reason: String) {
        #expect(message { try dial("--submit \(option) x") }?.hasPrefix(reason) == true)
        #expect(message { try dial("--submit --max-frame 13 --window 1 -i 1 x") } == nil)
    }

    @Test func `a window without submits is refused`() {
        #expect(
            message { try dial("--window 3 x") }
                == "'--window' is about submits that are unanswered: give '--submit' too")
    }

    private func message(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return (error as? UsageError)?.message ?? "\(error)" }
        return nil
    }

    private func listen(_ line: String) throws {
        _ = try ListenCommand.command.parse(line.split(separator: " ").map { Word(String($0)) })
    }

    private func dial(_ line: String) throws {
        _ = try DialCommand.command.parse(line.split(separator: " ").map { Word(String($0)) })
    }
}
