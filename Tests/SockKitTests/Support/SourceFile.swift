/// A file of Sources/, as the tests of its layering see it.
struct SourceFile: Sendable {
    struct Line: Sendable {
        let text: Substring

        var isComment: Bool { text.drop { $0 == " " }.hasPrefix("//") }
        /// Without comments.
        var code: Substring { isComment ? "" : text.split(separator: "//", omittingEmptySubsequences: false)[0] }
    }

    /// Below Sources/.
    let path: String
    let lines: [Line]
    /// The names in its code.
    let words: Set<Substring>
    /// The types that it declares at its top level.
    let types: Set<Substring>
    let imports: [Substring]

    var target: String { String(path.prefix { $0 != "/" }) }

    /// The folder of its target that it is in; empty for a file at the target's top.
    var folder: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// Every Swift file of the library and the tool.
    static var all: [SourceFile] {
        get throws { try found.get() }
    }

    private static let found = Result { try find("") }

    private static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/") + "/Sources"

    private static func find(_ directory: String) throws -> [SourceFile] {
        try names(in: "\(root)/\(directory)").flatMap { name in
            let path = directory.isEmpty ? name : "\(directory)/\(name)"
            if name.hasSuffix(".swift") { return [try SourceFile(path)] }
            return name.contains(".") ? [] : try find(path)
        }
    }

    private init(_ path: String) throws {
        self.path = path
        let text = String(decoding: try contents(of: "\(Self.root)/\(path)"), as: UTF8.self)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { Line(text: $0) }
        words = Set(lines.flatMap { $0.code.split { !$0.isLetter && !$0.isNumber && $0 != "_" } })
        types = Set(lines.compactMap { Self.declaredType(in: $0.code) })
        imports = lines.compactMap { line in
            let words = line.code.split(separator: " ")
            return words.firstIndex(of: "import").flatMap { words.dropFirst($0 + 1).last }
        }
    }

    /// The type that a line without indentation declares; private ones are nobody else's.
    private static func declaredType(in code: Substring) -> Substring? {
        let words = code.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "@" }
        guard code.first?.isWhitespace == false, !words.contains("extension"), !words.contains("private"),
            let keyword = words.firstIndex(where: {
                ["struct", "class", "enum", "actor", "protocol", "typealias"].contains($0)
            }),
            words.indices.contains(keyword + 1)
        else { return nil }
        return words[keyword + 1]
    }
}
