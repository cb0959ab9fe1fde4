/// What If-Match and If-None-Match list.
public enum EntityTagList: Sendable, Hashable {
    /// `*`: whatever there is.
    case any
    case tags([EntityTag])

    /// Reads a field's value. What is no tag matches none; it and what is behind it are passed over.
    public init(_ value: String) {
        guard value != "*" else {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        var rest = value[...]
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            // A tag may hold commas: it ends at its second quote.
            guard let open = rest.firstIndex(of: "\""),
                let close = rest[rest.index(after: open)...].firstIndex(of: "\""),
                let tag = EntityTag(parsing: rest[...close])
            else { break }
            tags.append(tag)
            rest = rest[rest.index(after: close)...]
        }
        self = .tags(tags)
    }
}
