/// Which part of a file an answer holds: `bytes 0-499/1234` (RFC 9110 section 14.4).
public struct ContentRange: Sendable, Hashable, CustomStringConvertible {
    /// Nil in an answer that says that what was asked for is not there: `bytes */1234`.
    public let range: Range<Int>?
    /// The size of the whole; nil if nobody knows.
    public let size: Int?

    /// Exactly one of the two may be missing.
    public init(_ range: Range<Int>?, of size: Int?) {
        precondition(range != nil || size != nil)
        self.range = range
        self.size = size
    }

    /// Reads the field's value; nil for other units, and for a range that is none or is not inside the whole.
    public init?(_ value: String) {
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        size = Self.number(parts[1])
        guard size != nil || parts[1] == "*" else { return nil }
        if parts[0] == "*" {
            range = nil
            guard size != nil else { return nil }
        } else {
            let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last,
                last < size ?? Int.max
            else { return nil }
            range = first..<last + 1
        }
    }

    public var description: String {
        let part = range.map { "\($0.lowerBound)-\($0.upperBound - 1)" } ?? "*"
        return "bytes \(part)/\(size.map(String.init) ?? "*")"
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { Int(decimal: $0) != nil } ? Int(text) : nil
    }
}
