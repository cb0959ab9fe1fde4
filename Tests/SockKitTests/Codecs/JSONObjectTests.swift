import Testing

@testable import SockKit

@Suite struct JSONObjectTests {
    private func read(_ line: String) -> Result<JSONObject, JSONFault> {
        Result { () throws(JSONFault) in try JSONObject(Array(line.utf8).span) }
    }

    @Test func `texts, numbers and words are read, whatever spaces stand between them`() throws {
        let object = try read(#" { "a" : "x" ,"b":-12.5e1, "c":true,"d":null,"e":0 } "#).get()
        #expect(object.text("a") == "x")
        #expect(object.number("b") == -125)
        #expect(object["c"] == .boolean(true))
        #expect(object["d"] == .null)
        #expect(object.integer("e") == 0)
        #expect(object.integer("b") == -125)
        #expect(object.integer("a") == nil)
        #expect(object.names == ["a", "b", "c", "d", "e"])
        #expect(try read("{}").get().names == [])
    }

    @Test func `escapes are read, and characters of two halves`() throws {
        let text = try read(#"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é"}"#).get().text("a")
        #expect(text == "\"\\/\u{8}\u{c}\n\r\té😀é")
    }

    @Test(arguments: [
        "", "{", "{}x", "[]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":1e}"#,
        #"{"a":-}"#,
        #"{"a":1e999}"#, #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\ud83d"}"#, #"{"a":"\ude00"}"#,
        #"{"a":"\ud83dx"}"#, #"{"a":tru}"#, #"{"a":[1]}"#, #"{"a":{"b":1}}"#, #"{"a":1,"a":2}"#, "{\"a\":\"\n\"}",
        #"{a:1}"#, #"{"a":NaN}"#, #"{"a":+1}"#, #"{"a":"b""c":1}"#,
    ])
    func `what is no object of such members is refused`(line: String) {
        #expect(throws: JSONFault.self) { try read(line).get() }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: JSONFault.self) { try JSONObject([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d].span) }
    }

    @Test func `a line that is made is read as it was meant`() throws {
        var line = JSONLine()
        line.add("text", "tab\t, quote\", back\\, é, 😀, \u{1}, \u{202e}")
        line.add("count", 42)
        line.add("elapsed", nanoseconds: 1_000_000_001)
        var bytes: [UInt8] = []
        line.finish(into: &bytes)
        #expect(bytes.last == UInt8(ascii: "\n"))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""elapsed":1.000000001"#))
        #expect(text.contains(#"\u202e"#) && text.contains("é"))
        let object = try JSONObject(bytes.span)
        #expect(object.text("text") == "tab\t, quote\", back\\, é, 😀, \u{1}, \u{202e}")
        #expect(object.integer("count") == 42)
        #expect(object.number("elapsed") == 1.000000001)
    }
}
