/// How much of a message is taken. What is beyond is refused before anything is kept for it.
public struct MessageLimits: Sendable, Hashable {
    /// The longest line of a head, without its CRLF. A request line that is longer is 414, a field line 431.
    /// RFC 9112 section 3 wants at least 8,000.
    public var line: Int
    /// The longest head, with its line ends.
    public var head: Int
    /// The most field lines of a head; trailers have the same limit.
    public var fields: Int
    /// The longest content, nil for any: 413.
    public var body: Int?
    /// The most bytes of chunk extensions, above one for each byte of content.
    public var chunkExtensions: Int
    /// The longest trailer section.
    public var trailers: Int
    /// Whether a line of a head may end with a line feed alone (RFC 9112 section 2.2). What stands behind another server or
    /// proxy must not be more lenient than that one is: two readings of one message are how requests are smuggled.
    public var takesBareLineFeeds = false
    /// The most empty lines before a request line (RFC 9112 section 2.2).
    public static let emptyLines = 4

    public init(
        line: Int = 16 << 10, head: Int = 64 << 10, fields: Int = 256, body: Int? = 16 << 20,
        chunkExtensions: Int = 4 << 10, trailers: Int = 16 << 10
    ) {
        // Places in a head are kept as 32 bits.
        self.line = min(line, 1 << 30)
        self.head = min(head, 1 << 30)
        self.fields = fields
        self.body = body
        self.chunkExtensions = chunkExtensions
        self.trailers = min(trailers, 1 << 30)
    }
}
