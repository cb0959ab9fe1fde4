extension ValueType where Value == Int {
    /// A whole number in a range, which may reach below zero.
    static func integer(_ range: ClosedRange<Int>, placeholder: String = "N") -> Self {
        Self(placeholder: placeholder) { (text: String) throws(UsageError) in
            let isNegative = text.utf8.first == UInt8(ascii: "-")
            let digits = isNegative ? text.dropFirst() : text[...]
            guard let magnitude = Decimal.number(digits) else {
                throw UsageError("'\(text)' is not a whole number; write one \(range.inWords)")
            }
            let value = isNegative ? -magnitude : magnitude
            guard range.contains(value) else { throw UsageError("'\(text)' is not a number \(range.inWords)") }
            return value
        } show: {
            String($0)
        }
    }

    /// How many of something.
    static func count(_ range: ClosedRange<Int> = 0...Int.max, placeholder: String = "N") -> Self {
        .integer(range, placeholder: placeholder)
    }

    /// A number of bytes, any but none.
    static var size: Self { .size(1...Int.max) }

    /// A number of bytes in a range, with K, M and G counted in steps of 1024.
    static func size(_ range: ClosedRange<Int>) -> Self {
        Self(placeholder: "SIZE") { (text: String) throws(UsageError) in
            let shift = Self.units.first { text.utf8.last == $0.letter || text.utf8.last == $0.letter | 0x20 }?.shift
            let digits = shift == nil ? text[...] : text.dropLast()
            guard Decimal.isDigits(digits) else {
                throw UsageError("'\(text)' is not a size; write it like 65536, 64K, 1M or 1G")
            }
            let number = Decimal.number(digits)?.multipliedReportingOverflow(by: 1 << (shift ?? 0))
            guard let (value, overflow) = number, !overflow, range.contains(value) else {
                let limits = "\(show(range.lowerBound)) to \(show(range.upperBound))"
                throw UsageError("'\(text)' is not a size from \(limits)")
            }
            return value
        } show: {
            show($0)
        }
    }

    private static var units: [(letter: UInt8, shift: Int)] {
        [(UInt8(ascii: "G"), 30), (UInt8(ascii: "M"), 20), (UInt8(ascii: "K"), 10)]
    }

    private static func show(_ size: Int) -> String {
        let unit = units.first { size > 0 && size % (1 << $0.shift) == 0 }
        guard let unit else { return String(size) }
        return String(size >> unit.shift) + String(UnicodeScalar(unit.letter))
    }
}

/// Plain decimal digits: no sign, no spaces, none of what `Int(_:)` would also take.
enum Decimal {
    /// The number that the digits spell, or nil if there are none, others among them, or too many.
    static func number(_ digits: Substring) -> Int? {
        isDigits(digits) ? Int(digits) : nil
    }

    static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension ClosedRange<Int> {
    fileprivate var inWords: String {
        upperBound == .max ? "from \(lowerBound) up" : "from \(lowerBound) to \(upperBound)"
    }
}
