/// The field lines of a head or a trailer section, in their order and spelling (RFC 9110 section 5).
///
/// All names and values stand in one array of bytes, as they came; a line is four places in it. Names are compared
/// without regard to case. A value has no space at its ends; it is bytes, mostly ASCII, and is read as UTF-8.
public struct Fields: Sendable {
    /// One line.
    public struct Element: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Where a line's name and value stand.
    struct Line: Sendable {
        let nameStart, nameEnd, valueStart, valueEnd: UInt32

        init(name: Range<Int>, value: Range<Int>) {
            nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
            valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
        }

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// The names and values, and whatever stood between them. Bytes are only ever added, so that a place stays valid.
    var bytes: [UInt8] = []
    var lines: [Line] = []

    public init() {}

    /// Adds a line behind the others. Nothing is checked here: `MessageWriter` refuses what no field may hold.
    public mutating func append(_ name: String, _ value: String) {
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        let middle = bytes.count
        bytes.append(contentsOf: value.utf8)
        let range = bytes.span.trimmed(middle..<bytes.count)
        lines.append(Line(name: start..<middle, value: range))
    }

    /// Removes every line of that name.
    public mutating func removeAll(named name: String) {
        lines = lines.filter { !bytes.span.extracting($0.name).equalsIgnoringCase(name) }
    }

    /// Removes every line of these names, which are in lower case.
    mutating func removeAll(named names: Set<String>) {
        lines = lines.filter { !names.contains(String(copying: bytes.span.extracting($0.name)).lowercased()) }
    }

    /// Forgets all lines. The memory is kept for as many again, unless it was uncommonly much.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 4096)
        lines.removeAll(keepingCapacity: lines.capacity <= 64)
    }
}

extension Fields: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { lines.count }

    public subscript(index: Int) -> Element {
        let line = lines[index]
        return Element(text(line.name), text(line.value))
    }

    func text(_ range: Range<Int>) -> String { String(copying: bytes.span.extracting(range)) }
}

extension Fields: Equatable {
    /// The same lines in the same order; the names may differ in case.
    public static func == (left: Fields, right: Fields) -> Bool {
        left.count == right.count
            && left.lines.indices.allSatisfy { index in
                let (one, other) = (left.lines[index], right.lines[index])
                let (ours, theirs) = (left.bytes.span, right.bytes.span)
                return ours.extracting(one.name).equalsIgnoringCase(theirs.extracting(other.name))
                    && left.bytes[one.value] == right.bytes[other.value]
            }
    }
}

extension Fields: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }
}
