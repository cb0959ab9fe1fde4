/// A JSON text, read strictly as RFC 8259 has it: nothing that another reader could take differently.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
    /// A number without a fraction.
    var integer: Int? { number.flatMap { Int(exactly: $0) } }
}

/// Why a text is not JSON.
struct JSONError: Error, CustomStringConvertible {
    let description: String
}

extension JSONValue {
    init(parsing text: String) throws(JSONError) {
        var reader = Reader(rest: text[...].utf8, count: text.utf8.count)
        self = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.rest.isEmpty else { throw reader.failure("text after the value") }
    }

    private struct Reader {
        var rest: Substring.UTF8View
        let count: Int

        func failure(_ what: String) -> JSONError {
            JSONError(description: "\(what) at byte \(count - rest.count)")
        }

        mutating func skipSpace() {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func value(depth: Int) throws(JSONError) -> JSONValue {
            guard depth < 64 else { throw failure("too deep") }
            skipSpace()
            switch rest.first {
            case UInt8(ascii: "{"): return try object(depth: depth + 1)
            case UInt8(ascii: "["): return try array(depth: depth + 1)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return try number()
            }
        }

        mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
            guard rest.starts(with: word.utf8) else { throw failure("no \(word)") }
            rest.removeFirst(word.utf8.count)
            return value
        }

        mutating func object(depth: Int) throws(JSONError) -> JSONValue {
            _ = take("{")
            var members: [String: JSONValue] = [:]
            skipSpace()
            if take("}") { return .object([:]) }
            repeat {
                skipSpace()
                let key = try string()
                skipSpace()
                guard take(":") else { throw failure("no colon") }
                let value = try value(depth: depth)
                guard members.updateValue(value, forKey: key) == nil else { throw failure("\(key) twice") }
                skipSpace()
            } while take(",")
            guard take("}") else { throw failure("no end of the object") }
            return .object(members)
        }

        mutating func array(depth: Int) throws(JSONError) -> JSONValue {
            _ = take("[")
            var elements: [JSONValue] = []
            skipSpace()
            if take("]") { return .array([]) }
            repeat {
                elements.append(try value(depth: depth))
                skipSpace()
            } while take(",")
            guard take("]") else { throw failure("no end of the array") }
            return .array(elements)
        }

        mutating func number() throws(JSONError) -> JSONValue {
            let start = rest
            func digits(_ reader: inout Reader) -> Int {
                let digits = reader.rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
                reader.rest.removeFirst(digits.count)
                return digits.count
            }
            _ = take("-")
            if !take("0") && digits(&self) == 0 { throw failure("no value") }
            if take(".") && digits(&self) == 0 { throw failure("no digits after the point") }
            if take("e") || take("E") {
                _ = take("+") || take("-")
                if digits(&self) == 0 { throw failure("no exponent") }
            }
            let text = String(Substring(start[..<rest.startIndex]))
            guard let value = Double(text), value.isFinite else { throw failure("no finite number") }
            return .number(value)
        }

        mutating func string() throws(JSONError) -> String {
            guard take("\"") else { throw failure("no string") }
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""):
                    guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("no UTF-8") }
                    return text
                case UInt8(ascii: "\\"): bytes += try escape().utf8
                case 0..<0x20: throw failure("a control character in a string")
                default: bytes.append(byte)
                }
            }
            throw failure("no end of the string")
        }

        mutating func escape() throws(JSONError) -> String {
            switch rest.popFirst() {
            case UInt8(ascii: "\""): return "\""
            case UInt8(ascii: "\\"): return "\\"
            case UInt8(ascii: "/"): return "/"
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{c}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"):
                var units = [try unit()]
                if UTF16.isLeadSurrogate(units[0]) {
                    guard take("\\"), take("u") else { throw failure("half a surrogate pair") }
                    units.append(try unit())
                }
                guard let text = String(validating: units, as: UTF16.self) else {
                    throw failure("half a surrogate pair")
                }
                return text
            default: throw failure("an unknown escape")
            }
        }

        mutating func unit() throws(JSONError) -> UInt16 {
            var unit: UInt16 = 0
            for _ in 0..<4 {
                guard let byte = rest.popFirst(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                    throw failure("no four hexadecimal digits")
                }
                unit = unit << 4 | UInt16(digit)
            }
            return unit
        }
    }
}
