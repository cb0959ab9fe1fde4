/// What a file is, as far as answers about it need to know.
struct FileFacts: Sendable {
    let size: Int
    let type: String
    let validators: Validators
    /// The fields of an answer with all of it.
    let fields: Fields
    /// The same, for those who ask for no less: most do.
    let written: WrittenFields?
    /// Those of them that an answer without content has: what a cache needs to keep its copy (RFC 9110 section 15.4.5).
    let validatingFields: Fields

    /// The facts of a file with this name. `coding` is that of its bytes, where they stand for another file's.
    init(_ status: FileStatus, fileName: String, coding: String? = nil, now: Timestamp) {
        let type = MediaType.of(fileName: fileName)
        // What was changed a moment ago may be changed again before the clock of the file system ticks.
        let isSettled = now.total - status.changed.total > Self.clockTick
        let tag = EntityTag(
            [status.inode, UInt64(status.size), UInt64(truncatingIfNeeded: status.changed.total)]
                .map { String($0, radix: 36) }.joined(separator: "-"),
            isWeak: !isSettled)
        // A date to come would be taken for a mistake (RFC 9110 section 8.8.2.1).
        let modified = HTTPDate(secondsSinceEpoch: Int(min(max(0, status.modified.seconds), now.seconds)))

        var validating = Fields()
        validating.append("ETag", "\(tag)")
        validating.append("Last-Modified", "\(modified)")
        if coding != nil || Self.isText(type) { validating.append("Vary", "Accept-Encoding") }
        var fields = Fields()
        fields.append("Content-Type", type)
        if let coding { fields.append("Content-Encoding", coding) }
        for field in validating { fields.append(field.name, field.value) }
        fields.append("Accept-Ranges", "bytes")

        size = status.size
        self.type = type
        validators = Validators(tag: tag, lastModified: modified)
        self.fields = fields
        written = try? WrittenFields(fields)
        validatingFields = validating
    }

    /// Two ticks of the slowest clock that Linux has, in nanoseconds: it dates changes by that, not by the moment.
    private static let clockTick: Int64 = 20_000_000

    /// What is worth being there a second time, compressed: the answer may be another for who takes that.
    private static func isText(_ type: String) -> Bool {
        type.hasPrefix("text/") || type.hasSuffix("+xml") || type.contains("json") || type == "application/wasm"
    }
}
