/// IPv4 addresses by what each of their four octets may be: `10.0-3.*.1,5`.
public struct OctetPattern: Sendable, Hashable {
    /// The numbers from 0 to 255, as bits.
    struct Octets: Sendable, Hashable {
        private var words: [UInt64] = [0, 0, 0, 0]

        mutating func insert(_ range: ClosedRange<Int>) {
            for number in range { words[number >> 6] |= 1 << UInt64(number & 63) }
        }

        func contains(_ number: Int) -> Bool { words[number >> 6] >> UInt64(number & 63) & 1 == 1 }

        var isFull: Bool { words.allSatisfy { $0 == .max } }

        /// The numbers as runs that are as long as they can be.
        var runs: [ClosedRange<Int>] {
            var runs: [ClosedRange<Int>] = []
            for number in 0...255 where contains(number) {
                if let last = runs.last, last.upperBound == number - 1 {
                    runs[runs.count - 1] = last.lowerBound...number
                } else {
                    runs.append(number...number)
                }
            }
            return runs
        }
    }

    let octets: [Octets]

    init(_ text: String) throws(AddressError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else {
            throw AddressError("'\(text)': an IPv4 address has four octets, as in 10.0-3.*.1,5")
        }
        var octets: [Octets] = []
        for part in parts { octets.append(try Self.octets(part, of: text)) }
        self.octets = octets
    }

    private static func octets(_ part: Substring, of text: String) throws(AddressError) -> Octets {
        var octets = Octets()
        for item in part.split(separator: ",", omittingEmptySubsequences: false) {
            guard let range = range(item) else {
                throw AddressError("'\(text)': '\(item)' is not an octet, a range of octets or '*'")
            }
            octets.insert(range)
        }
        return octets
    }

    /// `7`, `1-5`, `1-`, `-5`, `-` or `*`.
    private static func range(_ item: Substring) -> ClosedRange<Int>? {
        if item == "*" { return 0...255 }
        let ends = item.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let low = number(ends[0], orElse: ends.count == 2 ? 0 : nil),
            let high = ends.count == 2 ? number(ends[1], orElse: 255) : low, low <= high
        else { return nil }
        return low...high
    }

    private static func number(_ digits: Substring, orElse open: Int?) -> Int? {
        if digits.isEmpty { return open }
        guard digits.utf8.count <= 3, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(digits).flatMap { $0 <= 255 ? $0 : nil }
    }

    /// The same addresses as ranges, where so many are enough.
    func ranges(atMost most: Int) -> [ClosedRange<UInt32>]? {
        let last = octets.lastIndex { !$0.isFull } ?? 0
        let runs = octets.enumerated().map { $0 < last ? $1.runs.flatMap { $0.map { $0...$0 } } : $1.runs }
        guard runs.prefix(last + 1).reduce(1, { $0 * $1.count }) <= most else { return nil }
        var ranges: [ClosedRange<UInt32>] = [0...0]
        for runs in runs {
            ranges = ranges.flatMap { range in
                runs.map { run in
                    range.lowerBound << 8 | UInt32(run.lowerBound)...range.upperBound << 8 | UInt32(run.upperBound)
                }
            }
        }
        return ranges
    }
}

/// Many patterns at once: for each value of each octet the patterns that have it, as bits. An address is looked up by
/// four rows of them, however many patterns there are.
struct OctetIndex: Sendable {
    private var rows: [[UInt64]]

    init(_ patterns: [OctetPattern]) {
        let words = (patterns.count + 63) / 64
        rows = Array(repeating: Array(repeating: 0, count: words), count: patterns.isEmpty ? 0 : 4 * 256)
        for (index, pattern) in patterns.enumerated() {
            for (place, octets) in pattern.octets.enumerated() {
                for value in 0...255 where octets.contains(value) {
                    rows[place * 256 + value][index / 64] |= 1 << UInt64(index % 64)
                }
            }
        }
    }

    func contains(_ address: UInt32, looks: inout Int) -> Bool {
        guard !rows.isEmpty else { return false }
        let (first, second) = (rows[Int(address >> 24)], rows[256 + Int(address >> 16 & 255)])
        let (third, fourth) = (rows[512 + Int(address >> 8 & 255)], rows[768 + Int(address & 255)])
        for index in first.indices {
            looks += 1
            if first[index] & second[index] & third[index] & fourth[index] != 0 { return true }
        }
        return false
    }
}
