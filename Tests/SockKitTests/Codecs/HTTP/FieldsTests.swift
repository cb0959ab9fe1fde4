import SockKit
import Testing

@Suite struct FieldsTests {
    @Test func `names are found in any case, order and spelling are kept`() {
        var fields: Fields = ["Content-Type": "text/html", "X-a": "1", "ACCEPT": "*/*"]
        #expect(fields["content-type"] == "text/html")
        #expect(fields["accept"] == "*/*")
        #expect(fields["x-b"] == nil)
        #expect(fields.contains("X-A"))
        #expect(fields.map(\.name) == ["Content-Type", "X-a", "ACCEPT"])
        fields["x-A"] = "2"
        #expect(fields.map(\.name) == ["Content-Type", "ACCEPT", "x-A"])
        fields["accept"] = nil
        #expect(fields.map(\.value) == ["text/html", "2"])
    }

    @Test func `bytes that differ in one bit are no letters of another case`() {
        let fields: Fields = ["a^b": "1", "a~b": "2", "a-b": "3", "a\rb": "4"]
        #expect(fields["A^B"] == "1")
        #expect(fields["A~B"] == "2")
        #expect(fields["A-B"] == "3")
        #expect(fields.all(named: "a-b") == ["3"])
    }

    @Test func `lines of the same name are one list`() {
        let fields: Fields = ["Via": "a", "Other": "x", "via": "b, c"]
        #expect(fields["via"] == "a, b, c")
        #expect(fields.all(named: "VIA") == ["a", "b, c"])
        #expect(fields.contains("B", in: "via"))
        #expect(!fields.contains("b, c", in: "via"))
        #expect(!fields.contains("x", in: "via"))
        var elements: [String] = []
        fields.forEachElement(of: "via") { element in
            elements.append(String((0..<element.count).map { Character(.init(element[$0])) }))
        }
        #expect(elements == ["a", "b", "c"])
    }

    @Test func `elements are told without the spaces and the empty ones between them`() {
        let fields: Fields = ["A": " , a ,,\tb\t, c d ,"]
        #expect(fields.contains("a", in: "a"))
        #expect(fields.contains("B", in: "a"))
        #expect(fields.contains("c d", in: "a"))
        #expect(!fields.contains("", in: "a"))
        #expect(!Fields(dictionaryLiteral: ("A", "")).contains("", in: "a"))
    }

    @Test func `values lose the spaces at their ends`() {
        var fields = Fields()
        fields.append("a", " \t b c\t ")
        fields.append("d", "   ")
        #expect(fields.map(\.value) == ["b c", ""])
    }

    @Test func `two of them are equal if lines and order are`() {
        #expect(["A": "b", "C": "d"] as Fields == ["a": "b", "c": "d"])
        #expect(["A": "b", "C": "d"] as Fields != ["C": "d", "A": "b"])
        #expect(["A": "b"] as Fields != ["A": "B"])
        #expect([:] as Fields != ["A": "b"])
    }

    @Test func `a copy is not changed with the other`() {
        let first: Fields = ["A": "1"]
        var second = first
        second.append("B", "2")
        second.removeAll(named: "a")
        #expect(first == ["A": "1"])
        #expect(second == ["B": "2"])
    }

    @Test func `bytes that are no text go through unchanged`() throws {
        let head = try requestHead("GET / HTTP/1.1\r\nHost: x\r\nA: caf\u{e9}\r\n\r\n")
        #expect(head.fields["a"] == "caf\u{fffd}")
        var writer = MessageWriter()
        try writer.append(head)
        #expect(writer.bytes == latin1("GET / HTTP/1.1\r\nHost: x\r\nA: caf\u{e9}\r\n\r\n"))
    }
}
