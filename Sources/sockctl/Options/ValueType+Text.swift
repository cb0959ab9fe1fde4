import SockKit

extension ValueType where Value == [UInt8] {
    /// Bytes written as text, with the escapes of Go and C.
    static var text: Self {
        Self(placeholder: "TEXT") { (word: Word) throws(UsageError) in
            try EscapedText.bytes(word)
        } show: {
            $0.isEmpty ? nil : TextEscapes.show($0)
        }
    }
}

/// Text with `\n \r \t \0 \\ \xHH` standing for the bytes that are hard to type.
enum EscapedText {
    static func bytes(_ word: Word) throws(UsageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = word.bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            let letter = rest.popFirst()
            if let escape = TextEscapes.letters.first(where: { $0.letter == letter }) {
                bytes.append(escape.byte)
            } else if letter == UInt8(ascii: "x"), let value = hexadecimal(rest.prefix(2)) {
                rest = rest.dropFirst(2)
                bytes.append(value)
            } else {
                let written = letter.map { String(UnicodeScalar($0)) } ?? ""
                throw UsageError("'\\\(written)' in '\(word)' is no escape; there are \\n \\r \\t \\0 \\\\ and \\xHH")
            }
        }
        return bytes
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        let text = String(decoding: digits, as: UTF8.self)
        guard text.utf8.count == 2, text.allSatisfy(\.isHexDigit) else { return nil }
        return UInt8(text, radix: 16)
    }
}
