/// What a request's conditions come to (RFC 9110 section 13.2.2).
public enum PreconditionResult: Sendable, Hashable {
    /// Do what is asked.
    case proceed
    /// The client has it already: 304.
    case notModified
    /// What the client took for granted is not so: 412.
    case failed

    /// Evaluates the conditions in the order of the RFC. `current` is nil if there is no such file. A date that cannot
    /// be read, and one where no date is known, are passed over.
    public init(_ method: HTTPMethod, _ fields: Fields, current: Validators?) {
        self = .proceed
        if let value = fields["if-match"] {
            guard Self.matches(EntityTagList(value), current, { $0.matchesStrongly($1) }) else {
                self = .failed
                return
            }
        } else if let date = fields["if-unmodified-since"].flatMap({ HTTPDate($0) }), let known = current?.lastModified
        {
            guard known <= date else {
                self = .failed
                return
            }
        }
        let isReading = method == .get || method == .head
        if let value = fields["if-none-match"] {
            if Self.matches(EntityTagList(value), current, { $0.matchesWeakly($1) }) {
                self = isReading ? .notModified : .failed
            }
        } else if isReading, let date = fields["if-modified-since"].flatMap({ HTTPDate($0) }),
            let known = current?.lastModified, known <= date
        {
            self = .notModified
        }
    }

    private static func matches(
        _ list: EntityTagList, _ current: Validators?, _ isMatch: (EntityTag, EntityTag) -> Bool
    ) -> Bool {
        guard let current else { return false }
        switch list {
        case .any: return true
        case .tags(let tags):
            guard let tag = current.tag else { return false }
            return tags.contains { isMatch($0, tag) }
        }
    }
}

extension Fields {
    /// Whether a Range field counts: there is no If-Range, or it names the current version, by a strong tag or by the
    /// very date of its change (RFC 9110 section 13.1.5). A date of this second or later may belong to two versions.
    public func rangeApplies(to current: Validators, now: HTTPDate) -> Bool {
        guard let value = self["if-range"] else { return true }
        if let tag = EntityTag(parsing: value) { return current.tag.map(tag.matchesStrongly) ?? false }
        guard let date = HTTPDate(value, now: now), let changed = current.lastModified else { return false }
        return date == changed && changed < now
    }
}
