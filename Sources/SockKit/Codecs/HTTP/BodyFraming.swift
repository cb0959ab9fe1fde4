/// How the length of a message's content is known (RFC 9112 section 6.3).
public enum BodyFraming: Sendable, Hashable {
    /// There is none.
    case none
    /// So many bytes.
    case length(Int)
    /// In chunks, with trailers behind.
    case chunked
    /// All bytes up to the end of the connection; answers only.
    case untilClose
}
