/// What a parser found next.
public enum MessageEvent: Sendable, Hashable {
    /// Everything given was taken, and the message goes on (or the next has not begun).
    case needsMore
    /// The head is whole: it is the parser's `head`.
    case head
    /// A piece of the content, in place: these of the bytes that were given.
    case content(Range<Int>)
    /// The message is whole; its trailers are the parser's `trailers`. What follows belongs to the next.
    case end
}
