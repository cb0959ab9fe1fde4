/// A folder as a page of HTML that needs nothing else, light or dark as the reader likes it.
struct FolderPage: Sendable {
    private let path: FilePath
    private let entries: [FolderEntry]
    private let order: FolderOrder

    init(_ path: FilePath, _ entries: [FolderEntry], _ order: FolderOrder = FolderOrder()) {
        self.path = path
        self.order = order
        self.entries = order.sorted(entries)
    }

    /// What is in a folder changes without a trace in the folder, so a copy must not be kept. A name that somebody gave a
    /// file cannot do anything on the page, even if it were taken for more than text.
    static let fields: Fields = [
        "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    ]

    var bytes: [UInt8] {
        var page: [UInt8] = []
        page.reserveCapacity(4096 + entries.count * 256)
        page += Self.head(title: title).utf8
        page += "<h1>\(trail)</h1>\n<table>\n<thead><tr>\(heading)</tr></thead>\n<tbody>\n".utf8
        if !path.segments.isEmpty {
            page += "<tr class=\"up\"><td><a href=\"../\">..</a></td><td></td><td></td></tr>\n".utf8
        }
        for entry in entries { page += row(entry).utf8 }
        page += "</tbody>\n</table>\n<p>\(summary)</p>\n</main>\n</body>\n</html>\n".utf8
        return page
    }

    private var title: String { HTMLText.escape(path.shown) }

    /// The way to the folder, each step a link.
    private var trail: String {
        var parts = ["<a href=\"/\">/</a>"]
        var reference = "/"
        for (index, segment) in path.segments.enumerated() {
            reference += PercentCoding.encodeSegment(segment) + "/"
            let name = "<bdi>\(HTMLText.escape(segment))</bdi>"
            let isLast = index == path.segments.count - 1
            parts.append(isLast ? "\(name)/" : "<a href=\"\(reference)\">\(name)</a>/")
        }
        return parts.joined(separator: "<wbr>")
    }

    private var heading: String {
        FolderOrder.Key.allCases.map { key in
            let mark = key == order.key ? " aria-sort=\"\(order.isDescending ? "descending" : "ascending")\"" : ""
            let link = HTMLText.escape(Array(order.next(for: key).utf8))
            return "<th\(mark)><a href=\"\(link)\">\(key.title)</a></th>"
        }.joined()
    }

    private func row(_ entry: FolderEntry) -> String {
        let slash = entry.isFolder ? "/" : ""
        let link = PercentCoding.encodeSegment(entry.name) + slash
        let name = "<a href=\"\(link)\"><bdi>\(HTMLText.escape(entry.name))</bdi>\(slash)</a>"
        let size = entry.isFolder ? "" : Self.size(entry.size)
        let time = "<time datetime=\"\(entry.modified.rfc3339)\">\(entry.modified.description.dropLast(3))</time>"
        return """
            <tr class="\(entry.isFolder ? "folder" : "file")"><td>\(name)</td>\
            <td\(entry.isFolder ? "" : " title=\"\(entry.size) bytes\"")>\(size)</td><td>\(time)</td></tr>

            """
    }

    private var summary: String {
        let folders = entries.count { $0.isFolder }
        let files = entries.count - folders
        // A file of holes may have any size: two have more than there are bytes to count.
        let total = entries.reduce(0) { sum, entry in
            let (more, isTooMuch) = sum.addingReportingOverflow(entry.isFolder ? 0 : entry.size)
            return isTooMuch ? .max : more
        }
        var parts: [String] = []
        if folders > 0 { parts.append("\(folders) folder\(folders == 1 ? "" : "s")") }
        if files > 0 { parts.append("\(files) file\(files == 1 ? "" : "s") of \(Self.size(total))") }
        return parts.isEmpty ? "Nothing is in this folder." : parts.joined(separator: ", ")
    }

    /// `17 B`, `1.5 KiB`, `23 MiB`.
    static func size(_ count: Int) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count) / 1024
        var units = "KMGTPE".makeIterator()
        var unit = units.next()!
        while value >= 1023.5, let larger = units.next() { (value, unit) = (value / 1024, larger) }
        guard value < 9.95 else { return "\(Int(value.rounded())) \(unit)iB" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)iB"
    }
}

extension FilePath {
    /// With a slash at both ends, which are one for the root.
    fileprivate var shown: [UInt8] {
        let slash = UInt8(ascii: "/")
        return segments.reduce(into: [slash]) { $0 += $1 + [slash] }
    }
}

extension FolderOrder.Key {
    fileprivate var title: String {
        switch self {
        case .name: "Name"
        case .size: "Size"
        case .modified: "Modified"
        }
    }
}

/// Text in a page of HTML.
enum HTMLText {
    /// A name, so that it is text whatever it holds. Control bytes are shown as the pictures that Unicode has for them.
    static func escape(_ name: [UInt8]) -> String {
        var text = ""
        for character in String(decoding: name, as: UTF8.self).unicodeScalars {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\u{0}"..."\u{1f}": text.unicodeScalars.append(Unicode.Scalar(0x2400 + character.value)!)
            case "\u{7f}": text += "\u{2421}"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
