/// A name in a folder, and what it is.
struct FolderEntry: Sendable, Hashable {
    let name: [UInt8]
    let isFolder: Bool
    let size: Int
    let modified: Timestamp

    init(name: [UInt8], isFolder: Bool, size: Int, modified: Timestamp) {
        self.name = name
        self.isFolder = isFolder
        self.size = size
        self.modified = modified
    }

    /// Nil for what is not served: pipes, sockets and devices.
    init?(name: [UInt8], _ status: FileStatus) {
        guard status.kind == .regular || status.kind == .directory else { return nil }
        self.init(name: name, isFolder: status.kind == .directory, size: status.size, modified: status.modified)
    }
}

/// By what a list of files is sorted: `?sort=size&order=down`.
struct FolderOrder: Sendable, Hashable {
    enum Key: String, CaseIterable, Sendable {
        case name, size, modified
    }

    var key = Key.name
    var isDescending = false

    /// Reads the query of a request; what it does not know is passed over.
    init(query: String? = nil) {
        for field in (query ?? "").split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            if parts[0] == "sort", let key = Key(rawValue: String(parts[1])) { self.key = key }
            if parts[0] == "order" { isDescending = parts[1] == "down" }
        }
    }

    /// What a click on a column's title asks for: its order, or the other way round if it is that already.
    func next(for key: Key) -> String {
        "?sort=\(key.rawValue)&order=\(key == self.key && !isDescending ? "down" : "up")"
    }

    /// Folders stand first. Names are compared without regard to the case of ASCII letters.
    func sorted(_ entries: [FolderEntry]) -> [FolderEntry] {
        let keyed = entries.map { (entry: $0, name: $0.name.map(\.lowercased)) }
        return keyed.sorted { left, right in
            if left.entry.isFolder != right.entry.isFolder { return left.entry.isFolder }
            let (one, other) = isDescending ? (right, left) : (left, right)
            switch key {
            case .name: break
            case .size where one.entry.size != other.entry.size && !one.entry.isFolder:
                return one.entry.size < other.entry.size
            case .size: break
            case .modified where one.entry.modified.total != other.entry.modified.total:
                return one.entry.modified.total < other.entry.modified.total
            case .modified: break
            }
            return one.name == other.name
                ? one.entry.name.lexicographicallyPrecedes(other.entry.name)
                : one.name.lexicographicallyPrecedes(other.name)
        }.map(\.entry)
    }
}
