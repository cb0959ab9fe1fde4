import Testing

@testable import sockctl

@Suite struct JSONValueWritingTests {
    private typealias Value = sockctl::JSONValue

    @Test(arguments: [
        (Value.null, "null"), (.boolean(true), "true"), (.integer(-7), "-7"), (.number(0.1), "0.1"),
        (.number(1e21), "1e+21"), (.number(.nan), "null"), (.number(-.infinity), "null"),
        (.seconds(.nanoseconds(1_030_000_001)), "1.030000001"), (.seconds(.microseconds(12)), "1.2e-05"),
        (.seconds(.zero), "0.0"), (.string("é→"), "\"é→\""), (.string("a\"b\\c"), #""a\"b\\c""#),
        (.string("\n\r\t\u{0}\u{1b}\u{7f}\u{9b}"), #""\n\r\t\u0000\u001b\u007f\u009b""#),
        (.string("\r\n"), #""\r\n""#), (.array([]), "[]"), (.array([.integer(1), .null]), "[1,null]"),
        (.object([]), "{}"), (.object([.init("b", .integer(1)), .init("a", .object([]))]), #"{"b":1,"a":{}}"#),
    ])
    private func `a value is written in the one way that is right`(value: Value, expected: String) throws {
        #expect(value.text == expected)
        _ = try JSONValue(parsing: value.text)
    }

    @Test func `every scalar survives and stays on one line`() throws {
        let scalars = (0..<0x3000).compactMap(Unicode.Scalar.init).map(Character.init)
        let text = Value.string(String(scalars)).text
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
        #expect(
            try JSONValue(parsing: text).string?.unicodeScalars.map(\.value)
                == String(scalars).unicodeScalars.map(\.value))
    }
}
