import SockKit

extension ValueType where Value == FilePath {
    /// A path inside a folder that another option names.
    static var pathInside: Self {
        Self(placeholder: "FILE", completion: .files) { (word: Word) throws(UsageError) in
            let names = word.bytes.split(separator: UInt8(ascii: "/")).map(PercentCoding.encodeSegment)
            guard let path = try? FilePath("/" + names.joined(separator: "/")), !path.segments.isEmpty else {
                throw UsageError(
                    "'\(word.text)' names no file inside the folder; give its path from there, without '..'")
            }
            return path
        } show: {
            "\($0)"
        }
    }
}

extension ValueType where Value == Fields.Element {
    /// A field of an answer: `NAME: VALUE`.
    static var field: Self {
        Self(placeholder: "FIELD") { (text: String) throws(UsageError) in
            guard let colon = text.firstIndex(of: ":") else {
                throw UsageError("'\(text.fieldShown)' is no field; write it as 'NAME: VALUE'")
            }
            if text.hasLineEnd { throw UsageError("'\(text.fieldShown)' is no field: \(String.lineEndInField)") }
            var fields = Fields()
            fields.append(String(text[..<colon]), String(text[text.index(after: colon)...]))
            var writer = MessageWriter()
            do throws(HTTPRefusal) {
                try writer.append(fields)
            } catch {
                throw UsageError("'\(text.fieldShown)' is no field: \(error)")
            }
            guard !CommonFieldsHandler.describesItself(fields[0].name) else {
                throw UsageError("'\(fields[0].name)' is not free to choose: it says how an answer is to be read")
            }
            return fields[0]
        } show: {
            "\($0.name): \($0.value)"
        }
    }
}

extension String {
    /// What an error says of a field: its name, as far as the text has one, for its value may be a password.
    var fieldShown: String {
        let name = prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        return name.endIndex == endIndex && name.utf8.count <= 24 ? self : "\(name.prefix(24))..."
    }

    var hasLineEnd: Bool { utf8.contains { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") } }

    /// Why a text with one is no field.
    static var lineEndInField: String { "a field is one line, and there is a line end in it" }
}

extension ValueType where Value == String {
    /// Where a page comes from: `https://example.org:8443`, or `*` for anywhere.
    static var origin: Self {
        Self(placeholder: "ORIGIN|*", completion: .words(["*"])) { (text: String) throws(UsageError) in
            if text == "*" || text == "null" { return text }
            let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
                !parts[1].contains(where: { "/?#@ ".contains($0) })
            else {
                throw UsageError("'\(text)' is no origin; write it like https://example.org, without a path, or '*'")
            }
            // As browsers send it.
            return text.lowercased()
        } show: {
            $0
        }
    }

    /// A name and a password with a colon between them.
    static var credentials: Self {
        Self(placeholder: "USER:PASS") { (text: String) throws(UsageError) in
            guard let credentials = BasicCredentials(text), !credentials.user.isEmpty else {
                throw UsageError("a name, a colon and a password are wanted, as in 'ann:secret'")
            }
            return text
        } show: {
            $0
        }
    }
}
