/// An object of JSON whose members are texts, numbers, true, false or null: what one line of JSON Lines says here.
package struct JSONObject: Sendable, Hashable {
    package enum Scalar: Sendable, Hashable {
        case text(String)
        case number(Double)
        case boolean(Bool)
        case null
    }

    private let members: [String: Scalar]

    /// Reads an object with nothing around it but spaces.
    package init(_ line: Span<UInt8>) throws(JSONFault) {
        let bytes = line.copied
        guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONFault("it is not UTF-8") }
        var scanner = JSONScanner(bytes)
        members = try scanner.object()
        try scanner.end()
    }

    /// The names of all members.
    package var names: Set<String> { Set(members.keys) }

    package subscript(_ name: String) -> Scalar? { members[name] }

    /// The text of a member; nil where it is none, or not there.
    package func text(_ name: String) -> String? {
        if case .text(let text) = members[name] { text } else { nil }
    }

    package func number(_ name: String) -> Double? {
        if case .number(let number) = members[name] { number } else { nil }
    }

    /// A whole number.
    package func integer(_ name: String) -> Int? { number(name).flatMap(Int.init(exactly:)) }
}

/// What is wrong with a line that was to be JSON.
package struct JSONFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Reads a line of JSON (RFC 8259), whose bytes are UTF-8.
private struct JSONScanner {
    private let bytes: [UInt8]
    private var place = 0

    /// More than any line that is meant has.
    private static let mostMembers = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func object() throws(JSONFault) -> [String: JSONObject.Scalar] {
        var members: [String: JSONObject.Scalar] = [:]
        try take("{")
        if takes("}") { return members }
        repeat {
            skipSpaces()
            let name = try string()
            guard members[name] == nil else { throw fault("'\(name)' is there twice") }
            guard members.count < Self.mostMembers else { throw fault("it has more than \(Self.mostMembers) members") }
            try take(":")
            members[name] = try scalar()
        } while takes(",")
        try take("}")
        return members
    }

    mutating func end() throws(JSONFault) {
        skipSpaces()
        guard place == bytes.count else { throw fault("something follows the object") }
    }

    // MARK: - Values

    private mutating func scalar() throws(JSONFault) -> JSONObject.Scalar {
        skipSpaces()
        switch next {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "{"), UInt8(ascii: "["): throw fault("a list or an object stands where none belongs")
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: String, _ value: JSONObject.Scalar) throws(JSONFault) -> JSONObject.Scalar {
        guard bytes[place...].starts(with: text.utf8) else { throw fault("no value begins so") }
        place += text.utf8.count
        return value
    }

    private mutating func number() throws(JSONFault) -> Double {
        let start = place
        if next == UInt8(ascii: "-") { place += 1 }
        let hasLeadingZero = next == UInt8(ascii: "0")
        let whole = skipDigits()
        guard whole > 0, !hasLeadingZero || whole == 1 else { throw fault("no value begins so") }
        if next == UInt8(ascii: ".") {
            place += 1
            guard skipDigits() > 0 else { throw fault("a number ends with its point") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            place += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            guard skipDigits() > 0 else { throw fault("a number ends with its exponent's sign") }
        }
        guard let value = Double(String(decoding: bytes[start..<place], as: UTF8.self)), value.isFinite else {
            throw fault("a number is too large")
        }
        return value
    }

    private mutating func skipDigits() -> Int {
        let start = place
        while let byte = next, (48...57).contains(byte) { place += 1 }
        return place - start
    }

    // MARK: - Texts

    private mutating func string() throws(JSONFault) -> String {
        try take("\"")
        var text: [UInt8] = []
        while true {
            let start = place
            while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
            text += bytes[start..<place]
            switch next {
            case UInt8(ascii: "\""):
                place += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                place += 1
                try escape(into: &text)
            case nil: throw fault("a text has no end")
            default: throw fault("a control byte stands in a text as it is")
            }
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        guard let letter = next else { throw fault("a text has no end") }
        place += 1
        if let byte = Self.escapes[letter] {
            text.append(byte)
            return
        }
        guard letter == UInt8(ascii: "u") else { throw fault("no escape has this letter") }
        var value = try fourDigits()
        // A character beyond the first 65,536 is spelled as two halves.
        if (0xd800..<0xdc00).contains(value) {
            guard bytes[place...].starts(with: "\\u".utf8) else { throw fault("half a character is missing") }
            place += 2
            let low = try fourDigits()
            guard (0xdc00..<0xe000).contains(low) else { throw fault("half a character is missing") }
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else {
            throw fault("half a character is missing")
        }
        text += encoded
    }

    private mutating func fourDigits() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = UInt32(hexadecimal: byte) else {
                throw fault("four hexadecimal digits belong behind \\u")
            }
            value = value << 4 | digit
            place += 1
        }
        return value
    }

    // MARK: - Steps

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpaces() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { place += 1 }
    }

    private mutating func takes(_ sign: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard next == UInt8(ascii: sign) else { return false }
        place += 1
        return true
    }

    private mutating func take(_ sign: Unicode.Scalar) throws(JSONFault) {
        guard takes(sign) else { throw fault("'\(sign)' was to come") }
    }

    private func fault(_ text: String) -> JSONFault { JSONFault("byte \(place + 1): \(text)") }
}
