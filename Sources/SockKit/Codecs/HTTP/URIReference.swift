/// The five parts of a URI or a relative reference to one, uninterpreted (RFC 3986 section 4.1).
package struct URIReference: Sendable, Hashable, CustomStringConvertible {
    package var scheme: String?
    package var authority: String?
    package var path: String
    package var query: String?
    package var fragment: String?

    /// Takes a text apart; every text is a reference, if only a path (RFC 3986 appendix B). Its marks are bytes: a letter that
    /// combines with one hides it from whoever looks for characters.
    package init(_ text: String) {
        var rest = text[...]
        fragment = Self.cut(&rest, behind: UInt8(ascii: "#"))
        query = Self.cut(&rest, behind: UInt8(ascii: "?"))
        let (colon, slash) = (UInt8(ascii: ":"), UInt8(ascii: "/"))
        if let end = rest.utf8.firstIndex(where: { $0 == colon || $0 == slash }), rest.utf8[end] == colon,
            Self.isScheme(rest[..<end])
        {
            scheme = String(rest[..<end])
            rest = rest[rest.utf8.index(after: end)...]
        }
        if rest.utf8.starts(with: "//".utf8) {
            rest = rest[rest.utf8.index(rest.startIndex, offsetBy: 2)...]
            let end = rest.utf8.firstIndex(of: slash) ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        path = String(rest)
    }

    private static func cut(_ text: inout Substring, behind mark: UInt8) -> String? {
        guard let place = text.utf8.firstIndex(of: mark) else { return nil }
        defer { text = text[..<place] }
        return String(text[text.utf8.index(after: place)...])
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, Int(decimal: first) == nil else { return false }
        return ByteClass.scheme.containsAll(text.utf8) && ByteClass.unreserved.contains(first)
            && first != UInt8(ascii: "-")
            && first != UInt8(ascii: ".")
    }

    package var description: String {
        (scheme.map { "\($0):" } ?? "") + (authority.map { "//\($0)" } ?? "") + path + (query.map { "?\($0)" } ?? "")
            + (fragment.map { "#\($0)" } ?? "")
    }

    /// What a reference in a document at this URI means (RFC 3986 section 5.2.2).
    package func resolving(_ reference: URIReference) -> URIReference {
        var target = reference
        if reference.scheme == nil {
            target.scheme = scheme
            if reference.authority == nil {
                target.authority = authority
                if reference.path.isEmpty {
                    target.path = path
                    target.query = reference.query ?? query
                    return target
                }
                if !reference.path.hasPrefix("/") { target.path = merged(with: reference.path) }
            }
        }
        target.path = Self.removingDotSegments(target.path)
        return target
    }

    /// The path of this URI with its last segment replaced (RFC 3986 section 5.2.3).
    private func merged(with relative: String) -> String {
        if authority != nil, path.isEmpty { return "/" + relative }
        guard let slash = path.lastIndex(of: "/") else { return relative }
        return path[...slash] + relative
    }

    /// Takes `.` and `..` out of a path (RFC 3986 section 5.2.4).
    static func removingDotSegments(_ path: String) -> String {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        var kept: [Substring] = []
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".", "..":
                // The first, empty segment of an absolute path stays.
                if segment == "..", kept.count > (path.hasPrefix("/") ? 1 : 0) { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return kept.joined(separator: "/")
    }
}
