/// Bytes of a URI that are written as `%` and two hexadecimal digits (RFC 3986 section 2.1).
public enum PercentCoding {
    /// The bytes that a text stands for; nil for a percent sign without two digits behind it.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap({ UInt8(hexadecimal: $0) }),
                let low = iterator.next().flatMap({ UInt8(hexadecimal: $0) })
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// A name as one segment of a path: all bytes but letters, digits and `-._~` are encoded.
    public static func encodeSegment(_ bytes: some Sequence<UInt8>) -> String {
        encode(bytes) { ByteClass.unreserved.contains($0) }
    }

    /// Letters beyond ASCII, before a text is taken apart: one that combines with the sign before it, a slash or a colon,
    /// would hide that sign from whoever looks for characters.
    static func encodeBeyondASCII(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? text : encodeBeyondASCII(text.utf8)
    }

    static func encodeBeyondASCII(_ bytes: some Sequence<UInt8>) -> String { encode(bytes) { $0 < 0x80 } }

    /// Encodes what may stand in no URI: spaces, quotes, control bytes and all beyond ASCII. What is encoded stays so.
    static func encodeForbidden(_ bytes: some Sequence<UInt8>) -> String {
        encode(bytes) { byte in byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") }
    }

    private static func encode(_ bytes: some Sequence<UInt8>, unless isPlain: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            if isPlain(byte) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
