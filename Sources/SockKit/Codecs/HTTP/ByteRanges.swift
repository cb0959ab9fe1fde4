/// Which parts of a file a Range field asks for (RFC 9110 section 14).
public enum ByteRanges: Sendable, Hashable {
    /// There is no such field, or one that is to be passed over: all of it, 200.
    case whole
    /// These, none of which touches another, in the order in which they were asked for: 206.
    case parts([Range<Int>])
    /// None of it is there: 416.
    case unsatisfiable

    /// How many parts are sent at most; who asks for more gets the whole.
    public static let limit = 16

    /// Reads `bytes=0-499,-500,9500-` for a file of `size` bytes. Ranges that overlap or touch become one. What breaks
    /// the grammar, and units other than bytes, are passed over as RFC 9110 section 14.2 allows.
    public init(_ value: String?, size: Int) {
        self = .whole
        guard let value, let equals = value.firstIndex(of: "="), value[..<equals].lowercased() == "bytes" else {
            return
        }
        var ranges: [Range<Int>] = []
        var isSatisfiable: Bool?
        for element in value[value.index(after: equals)...].split(separator: ",") {
            let text = element.trimmingOptionalWhitespace
            guard !text.isEmpty else { continue }
            guard let range = Self.range(text, size: size) else { return }
            isSatisfiable = isSatisfiable == true || range != nil
            if let range, !range.isEmpty { ranges.append(range) }
        }
        switch isSatisfiable {
        case nil: break
        case false: self = .unsatisfiable
        default:
            let parts = Self.joined(ranges)
            // No part at all: the last bytes of an empty file, which no Content-Range can name.
            if (1...Self.limit).contains(parts.count) { self = .parts(parts) }
        }
    }

    /// One range; the inner nil is for one that has nothing of the file, the outer for what is none.
    private static func range(_ text: Substring, size: Int) -> Range<Int>?? {
        guard let dash = text.firstIndex(of: "-") else { return nil }
        let (before, behind) = (text[..<dash], text[text.index(after: dash)...])
        if before.isEmpty {
            guard let count = number(behind) else { return nil }
            return .some(count == 0 ? nil : max(0, size - count)..<size)
        }
        guard let first = number(before) else { return nil }
        let last = behind.isEmpty ? Int.max : number(behind)
        guard let last, last >= first else { return nil }
        return .some(first < size ? first..<min(last, size - 1) + 1 : nil)
    }

    /// Digits alone. A number that is too large for any file is the largest there is.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ Int(decimal: $0) != nil }) else { return nil }
        return Int(text) ?? Int.max
    }

    /// Makes one of those that overlap or touch; it stands where the first of them stood.
    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var groups: [(place: Int, range: Range<Int>)] = []
        for (place, range) in ranges.enumerated().sorted(by: { $0.element.lowerBound < $1.element.lowerBound }) {
            guard let last = groups.last, range.lowerBound <= last.range.upperBound else {
                groups.append((place, range))
                continue
            }
            groups[groups.count - 1] = (
                min(place, last.place), last.range.lowerBound..<max(last.range.upperBound, range.upperBound)
            )
        }
        return groups.sorted { $0.place < $1.place }.map(\.range)
    }
}
