/// An object of JSON on one line, put together member by member.
struct JSONLine: Sendable {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func add(_ name: String, _ value: String) {
        begin(name)
        Self.quote(value, into: &bytes)
    }

    mutating func add(_ name: String, _ value: Int) {
        begin(name)
        bytes += String(value).utf8
    }

    /// As seconds, exact to the nanosecond.
    mutating func add(_ name: String, nanoseconds: Int64) {
        begin(name)
        let fraction = String(nanoseconds % 1_000_000_000)
        bytes += String(nanoseconds / 1_000_000_000).utf8
        bytes += [UInt8(ascii: ".")] + [UInt8](repeating: UInt8(ascii: "0"), count: 9 - fraction.utf8.count)
        bytes += fraction.utf8
    }

    /// Appends the line with its end.
    consuming func finish(into text: inout [UInt8]) {
        text += bytes
        text += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
    }

    private mutating func begin(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        Self.quote(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private static func quote(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            // Many are allowed as they are, but would act on a terminal that shows the line.
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{61c}", "\u{200e}"..."\u{200f}", "\u{2028}"..."\u{202e}",
                "\u{2066}"..."\u{2069}", "\u{feff}":
                let digits = String(scalar.value, radix: 16)
                bytes += "\\u".utf8 + [UInt8](repeating: UInt8(ascii: "0"), count: 4 - digits.utf8.count)
                bytes += digits.utf8
            default: bytes += UTF8.encode(scalar)!
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
