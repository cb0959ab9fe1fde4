/// One scheme with its parameters, as WWW-Authenticate and Authorization have them, those of proxies too
/// (RFC 9110 section 11).
public struct AuthenticationScheme: Sendable, Hashable {
    /// In lower case: `basic`, `digest`.
    public let name: String
    /// What stands behind the name where that is no list of parameters.
    public let token: String?
    /// By their names in lower case. Of a name that comes twice, the first counts.
    public let parameters: [String: String]

    /// Reads a field, which may be a list of schemes; what cannot be read ends it.
    public static func list(_ value: String) -> [AuthenticationScheme] {
        var reader = SchemeReader(Array(value.utf8))
        var found: [AuthenticationScheme] = []
        while let next = reader.next() { found.append(next) }
        return found
    }
}

/// Commas part both schemes and parameters, so what a word is shows only behind it.
private struct SchemeReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> AuthenticationScheme? {
        skip(", \t")
        guard let name = token() else { return nil }
        let afterName = place
        skip(" \t")
        if place > afterName, let token = token68() {
            return AuthenticationScheme(name: name.lowercased(), token: token, parameters: [:])
        }
        var parameters: [String: String] = [:]
        while let (name, value) = parameter() { parameters[name] = parameters[name] ?? value }
        return AuthenticationScheme(name: name.lowercased(), token: nil, parameters: parameters)
    }

    /// A name, an equals sign and a value; otherwise nothing is taken.
    private mutating func parameter() -> (name: String, value: String)? {
        let start = place
        skip(", \t")
        if let name = token() {
            skip(" \t")
            if take("=") {
                skip(" \t")
                if let value = peek == UInt8(ascii: "\"") ? quoted() : token() { return (name.lowercased(), value) }
                // What follows cannot be told apart from a value that was not to be read.
                place = bytes.count
                return nil
            }
        }
        place = start
        return nil
    }

    /// As of Basic: it fills all up to a comma or the end.
    private mutating func token68() -> String? {
        let start = place
        while let byte = peek, Self.token68.contains(byte) { place += 1 }
        let end = place
        while peek == UInt8(ascii: "=") { place += 1 }
        let text = bytes[start..<place]
        skip(" \t")
        guard end > start, peek == nil || peek == UInt8(ascii: ",") else {
            place = start
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func token() -> String? {
        let start = place
        while let byte = peek, ByteClass.token.contains(byte) { place += 1 }
        return place > start ? String(decoding: bytes[start..<place], as: UTF8.self) : nil
    }

    private mutating func quoted() -> String? {
        var text: [UInt8] = []
        place += 1
        while let byte = peek {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let next = peek else { return nil }
                text.append(next)
                place += 1
            default: text.append(byte)
            }
        }
        return nil
    }

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: wanted) else { return false }
        place += 1
        return true
    }

    private mutating func skip(_ set: StaticString) {
        while let byte = peek, "\(set)".utf8.contains(byte) { place += 1 }
    }

    private static let token68 = ByteClass(alphanumericsAnd: "-._~+/")
}

extension String {
    /// As a quoted string of a field (RFC 9110 section 5.6.4).
    var quoted: String {
        let bytes = utf8.flatMap {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0]
        }
        return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    }
}
