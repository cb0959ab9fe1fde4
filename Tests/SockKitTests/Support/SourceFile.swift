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
        words = Set(
            Self.withoutTexts(lines.map(\.code).joined(separator: "\n"))
                .split { !$0.isLetter && !$0.isNumber && $0 != "_" })
        types = Set(lines.compactMap { Self.declaredType(in: $0.code) })
        imports = lines.compactMap { line in
            let words = line.code.split(separator: " ")
            return words.firstIndex(of: "import").flatMap { words.dropFirst($0 + 1).last }
        }
    }

    /// The code with what stands in string literals left out: words there are for people. What is put into a text is code.
    private static func withoutTexts(_ code: String) -> String {
        var (output, rest) = ("", Substring(code))
        // What is open, from the outside: a literal by its quotes, and code inside one by the parentheses open in it.
        var open: [(quotes: String?, depth: Int)] = []
        while let character = rest.first {
            if let quotes = open.last?.quotes {
                if rest.hasPrefix("\\(") {
                    open.append((nil, 0))
                    rest = rest.dropFirst(2)
                } else if rest.hasPrefix(quotes) || quotes == "\"" && character == "\n" {
                    open.removeLast()
                    rest = rest.dropFirst(quotes.count)
                } else {
                    rest = rest.dropFirst(character == "\\" ? 2 : 1)
                }
                output += " "
                continue
            }
            if character == "\"" {
                open.append((rest.hasPrefix("\"\"\"") ? "\"\"\"" : "\"", 0))
                rest = rest.dropFirst(open[open.count - 1].quotes!.count)
                continue
            }
            if let last = open.indices.last {
                if character == "(" { open[last].depth += 1 }
                if character == ")" { open[last].depth -= 1 }
                if open[last].depth < 0 { open.removeLast() }
            }
            output.append(character)
            rest = rest.dropFirst()
        }
        return output
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
