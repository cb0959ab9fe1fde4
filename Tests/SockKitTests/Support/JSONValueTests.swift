import Testing

@Suite struct JSONValueTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("-0.5e2", .number(-50)), ("0", .number(0)),
            (#""a\n\u00e9\ud83d\ude00é""#, .string("a\né😀é")),
            ("[1, [], {}]", .array([.number(1), .array([]), .object([:])])),
            (#"{"a":1,"b":{"c":null}}"#, .object(["a": .number(1), "b": .object(["c": .null])])),
        ] as [(String, JSONValue)])
    func `a JSON text is read`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "True", "01", "1.", ".5", "+1", "1e", "--1", "NaN", "1e999", "\"", "\"\t\"", #""\x""#,
        #""\ud83d""#,
        #""\u12g4""#, #""\u+123""#, "[1,]", "[1 2]", "{,}", "{\"a\"}", "{\"a\":1,}", "{'a':1}", "{\"a\":1,\"a\":2}",
        "1 2", "{}x",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }
}
