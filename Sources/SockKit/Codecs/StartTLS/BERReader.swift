/// Reads the elements of a message one after the other, as LDAP writes them (X.690): a tag of one byte, a definite
/// length, and so many bytes.
struct BERReader {
    /// Why bytes are no such element.
    struct Fault: Error, Sendable, Hashable {
        let text: String
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// How long an element is that begins so, without its content and with it; nil while its length has not come.
    static func lengths(_ bytes: ArraySlice<UInt8>) throws(Fault) -> (head: Int, whole: Int)? {
        guard bytes.count >= 2 else { return nil }
        let first = bytes[bytes.startIndex + 1]
        guard first >= 0x80 else { return (2, 2 + Int(first)) }
        let width = Int(first & 0x7f)
        guard (1...4).contains(width) else {
            throw Fault(text: "a length in it is indefinite, or of more than 4 bytes")
        }
        guard bytes.count >= 2 + width else { return nil }
        let length = bytes.dropFirst(2).prefix(width).reduce(0) { $0 << 8 | Int($1) }
        return (2 + width, 2 + width + length)
    }

    /// The content of the next element, which has to have this tag.
    mutating func next(_ tag: UInt8) throws(Fault) -> ArraySlice<UInt8> {
        guard let found = rest.first else { throw Fault(text: "it ends where an element of type \(tag) was to come") }
        guard found == tag else {
            throw Fault(text: "an element of type \(found) stands where \(tag) was to come")
        }
        guard let lengths = try Self.lengths(rest), lengths.whole <= rest.count else {
            throw Fault(text: "an element of type \(tag) is longer than what it stands in")
        }
        defer { rest = rest.dropFirst(lengths.whole) }
        return rest.prefix(lengths.whole).dropFirst(lengths.head)
    }

    /// The next element as a number, which is neither negative nor large.
    mutating func number(_ tag: UInt8) throws(Fault) -> Int {
        let bytes = try next(tag)
        guard let first = bytes.first, first < 0x80, bytes.count <= 4 else {
            throw Fault(text: "a number in it is missing, negative, or longer than 4 bytes")
        }
        return bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
