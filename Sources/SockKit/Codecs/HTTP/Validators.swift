/// What is known of a file's version: its tag and when it was changed.
public struct Validators: Sendable, Hashable {
    public var tag: EntityTag?
    public var lastModified: HTTPDate?

    public init(tag: EntityTag? = nil, lastModified: HTTPDate? = nil) {
        self.tag = tag
        self.lastModified = lastModified
    }
}
