import SockKit
import Testing

@testable import sockctl

@Suite struct ValueTypeTests {
    @Test(arguments: [
        ("10us", Duration.microseconds(10)), ("500ms", .milliseconds(500)), ("2s", .seconds(2)), ("1.5m", .seconds(90)),
        ("1h", .seconds(3600)), ("3", .seconds(3)), ("0", .zero), ("0.25", .milliseconds(250)),
        ("0.5us", .nanoseconds(500)), ("007s", .seconds(7)), (".5", .milliseconds(500)), (".25s", .milliseconds(250)),
    ])
    func `a duration is a number and a unit`(text: String, expected: Duration) throws {
        #expect(try ValueType<Duration>.duration.parse(text) == expected)
        #expect(try ValueType<Duration?>.limit.parse(text) == expected)
    }

    @Test(arguments: [
        "", "-3", "-0", "+1s", " 1s", "1s ", "1 s", "s", "ms", ".", ".s", "1.s", "1..5s", "1,5s", "1.5.5s", "1m30s",
        "1x",
        "1S", "1e3", "0x10", "inf", "nan", "١s", "1d",
    ])
    func `what is not a duration is refused by its value`(text: String) {
        let message = "'\(text)' is not a duration; write it like 500ms, 2s or 1.5m"
        #expect(throws: UsageError(message)) { try ValueType<Duration>.duration.parse(text) }
    }

    @Test(arguments: [
        "3000000h", "170141183460469231731.9", "9223372037", "99999999999999999999999999999999999999999999999999h",
    ])
    func `a duration that no timer holds is refused`(text: String) {
        let message = "'\(text)' is too long a duration; 'none' switches a limit off"
        #expect(throws: UsageError(message)) { try ValueType<Duration>.duration.parse(text) }
    }

    @Test func `none switches a limit off`() throws {
        #expect(try ValueType<Duration?>.limit.parse("none") == nil)
        #expect(ValueType<Duration?>.limit.show(nil) == nil)
    }

    @Test(arguments: [
        (Duration.milliseconds(300), "300ms"), (.seconds(1), "1s"), (.seconds(90), "90s"), (.seconds(120), "2m"),
        (.seconds(7200), "2h"), (.zero, "0s"), (.microseconds(1500), "1500us"),
    ])
    func `a duration is shown as it could be written`(duration: Duration, text: String) throws {
        #expect(ValueType<Duration>.duration.show(duration) == text)
        #expect(try ValueType<Duration>.duration.parse(text) == duration)
    }

    @Test(arguments: ["1.5s", "1h", "-1"])
    func `what the kernel counts in seconds takes no fractions and has its bounds`(text: String) {
        #expect(throws: UsageError.self) { try ValueType<Duration>.seconds(0...100).parse(text) }
    }

    @Test(arguments: [
        ("65536", 65536), ("1", 1), ("64K", 65536), ("64k", 65536), ("1M", 1 << 20), ("3G", 3 << 30),
        ("9223372036854775807", Int.max),
    ])
    func `a size counts in steps of 1024`(text: String, expected: Int) throws {
        #expect(try ValueType<Int>.size.parse(text) == expected)
        #expect(try ValueType<Int>.size.parse(ValueType<Int>.size.show(expected) ?? "") == expected)
    }

    @Test(arguments: ["", "K", "-1", "+1", "1.5K", "64KB", "64 K", "1T", "0x10", "1e3", "KK"])
    func `what is not a size is refused by its value`(text: String) {
        let message = "'\(text)' is not a size; write it like 65536, 64K, 1M or 1G"
        #expect(throws: UsageError(message)) { try ValueType<Int>.size.parse(text) }
    }

    @Test func `what is no text is refused where text is wanted, and not repaired`() {
        let word = Word(Array("a".utf8) + [0xff])
        #expect(throws: UsageError("the value is not UTF-8")) { try ValueType<String>.word("NAME").parse(word) }
        #expect((try? ValueType<Word>.bytes("FILE").parse(word)) == word)
    }

    @Test func `the number of a socket option that fits nothing is called one`() {
        let message = "'99999999999' in '1:99999999999:1' does not fit a C int, which an option's number is"
        #expect(throws: UsageError(message)) { try ValueType<ChosenOption>.chosenOption.parse("1:99999999999:1") }
    }

    @Test(arguments: ["0", "0K", "2G", "9007199254740992K", "8589934592G"])
    func `a size out of bounds is refused with the bounds`(text: String) {
        let message = "'\(text)' is not a size from 1 to 1G"
        #expect(throws: UsageError(message)) { try ValueType<Int>.size(1...(1 << 30)).parse(text) }
    }

    @Test(arguments: ["", "x", "1x", "1.0", "+1", "--1", "-", "99999999999999999999", "1 "])
    func `what is not a whole number is refused by its value`(text: String) {
        #expect(throws: UsageError("'\(text)' is not a whole number; write one from 1 up")) {
            try ValueType<Int>.count(1...Int.max).parse(text)
        }
    }

    @Test func `an integer may reach below zero`() throws {
        #expect(try ValueType<Int>.integer(-5...5).parse("-5") == -5)
        #expect(throws: UsageError("'-6' is not a number from -5 to 5")) {
            try ValueType<Int>.integer(-5...5).parse("-6")
        }
    }

    @Test(arguments: [
        ("plain", Array("plain".utf8)), (#"a\n\r\t\0\\"#, [97, 10, 13, 9, 0, 92]), (#"\x00\xfF"#, [0, 255]), ("", []),
        ("é", [0xc3, 0xa9]), (#"\x411"#, [65, 49]),
    ])
    func `text takes the escapes of Go and C`(text: String, expected: [UInt8]) throws {
        #expect(try ValueType<[UInt8]>.text.parse(text) == expected)
        #expect(try ValueType<[UInt8]>.text.parse(ValueType<[UInt8]>.text.show(expected) ?? "") == expected)
    }

    @Test(arguments: [#"\"#, #"\q"#, #"\x"#, #"\x4"#, #"\xg0"#, #"\x+1"#])
    func `an unknown escape is refused`(text: String) {
        #expect(throws: UsageError.self) { try ValueType<[UInt8]>.text.parse(text) }
    }

    @Test func `an empty word is refused`() {
        #expect(throws: UsageError("the value is empty; give a FILE")) { try ValueType<Word>.file.parse("") }
    }

    @Test(arguments: [
        ("off", KeepAlive.off), ("5s", KeepAlive(idle: .seconds(5))),
        ("5s,2s,3", KeepAlive(idle: .seconds(5), interval: .seconds(2), count: 3)),
    ])
    func `keep-alive is an idle time, with its probes, or off`(text: String, expected: KeepAlive) throws {
        #expect(try ValueType<KeepAlive>.keepAlive.parse(text) == expected)
    }

    @Test(arguments: ["", "on", "5s,2s", "0", "1.5s", "5s,0,3", "5s,2s,0", "5s,2s,3,4", "40000s"])
    func `a keep-alive that the kernel would not take is refused`(text: String) {
        #expect(throws: UsageError.self) { try ValueType<KeepAlive>.keepAlive.parse(text) }
    }

    @Test(arguments: [("ef", 0xb8), ("af11", 0x28), ("cs7", 0xe0), ("lowdelay", 16), ("0x2c", 44), ("255", 255)])
    func `a type of service is a number or a name`(text: String, expected: Int) throws {
        #expect(try ValueType<Int>.typeOfService.parse(text) == expected)
    }

    @Test(arguments: ["", "256", "0x", "0x100", "af00", "-1"])
    func `what is no type of service is refused`(text: String) {
        #expect(throws: UsageError.self) { try ValueType<Int>.typeOfService.parse(text) }
    }

    @Test(arguments: [("0600", 0o600), ("777", 0o777), ("0", 0)])
    func `a file mode is octal`(text: String, expected: Int) throws {
        #expect(try ValueType<Int>.fileMode.parse(text) == expected)
    }

    @Test(arguments: ["", "0800", "1000", "-1", "rw"])
    func `what is no file mode is refused`(text: String) {
        #expect(throws: UsageError.self) { try ValueType<Int>.fileMode.parse(text) }
    }

    @Test func `an answer for a name is the name and its addresses`() throws {
        let type = ValueType<Resolution>.resolution
        #expect(try type.parse("a.test=127.0.0.1,::1") == Resolution(name: "a.test", addresses: ["127.0.0.1", "::1"]))
        for text in ["", "a.test", "a.test=", "=::1", "a.test=::1,"] {
            #expect(throws: UsageError.self) { try type.parse(text) }
        }
    }
}
