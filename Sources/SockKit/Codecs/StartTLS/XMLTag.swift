/// What stands between `<` and `>` where an element begins or ends: a name, and attributes.
struct XMLTag: Sendable, Hashable {
    let name: String
    let attributes: [String: String]
    /// It ends with a slash: the element has no content.
    let isEmpty: Bool

    init(_ bytes: ArraySlice<UInt8>) throws(XMLScanner.Fault) {
        var rest = bytes
        isEmpty = rest.last == UInt8(ascii: "/")
        if isEmpty { rest.removeLast() }
        let name = rest.prefix { !$0.isBlank }
        guard !name.isEmpty else { throw XMLScanner.Fault(text: "a tag in it has no name") }
        self.name = String(decoding: name, as: UTF8.self)
        rest = rest[name.endIndex...].drop { $0.isBlank }
        var attributes: [String: String] = [:]
        while !rest.isEmpty {
            guard let (key, value, end) = Self.attribute(rest) else {
                throw XMLScanner.Fault(
                    text: "an attribute of '\(PeerWords(name))' is not a name, '=' and a value in quotes")
            }
            attributes[key] = value
            rest = rest[end...].drop { $0.isBlank }
        }
        self.attributes = attributes
    }

    /// The attribute that these bytes begin with, and where it ends.
    private static func attribute(_ bytes: ArraySlice<UInt8>) -> (key: String, value: String, end: Int)? {
        let key = bytes.prefix { !$0.isBlank && $0 != UInt8(ascii: "=") }
        var rest = bytes[key.endIndex...].drop { $0.isBlank }
        guard !key.isEmpty, rest.popFirst() == UInt8(ascii: "=") else { return nil }
        rest = rest.drop { $0.isBlank }
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
            let end = rest.firstIndex(of: quote)
        else { return nil }
        return (String(decoding: key, as: UTF8.self), String(decoding: rest[..<end], as: UTF8.self), end + 1)
    }

    /// The namespaces that it declares, by their prefix; the one without has an empty prefix.
    var namespaces: [String: String] {
        var namespaces: [String: String] = [:]
        for (key, value) in attributes {
            if key == "xmlns" { namespaces[""] = value }
            // Nothing behind the colon is no prefix, and is not to overrule the namespace that has none.
            if key.hasPrefix("xmlns:"), key != "xmlns:" { namespaces[String(key.dropFirst("xmlns:".count))] = value }
        }
        return namespaces
    }
}
