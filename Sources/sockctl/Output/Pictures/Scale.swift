import SockKit

/// How a quantity is laid along an axis: its bounds, which are round numbers, and the ticks between them.
struct Scale: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Ticks at 1, 2 or 5 times a power of ten.
        case linear
        /// As `linear`, for things that are counted: no ticks between whole numbers.
        case whole
        /// Ticks at powers of two, which are round numbers of bytes.
        case binary
        /// Each power of ten as wide as the next.
        case logarithmic
    }

    let kind: Kind
    let lower: Double
    let upper: Double

    /// The least scale with round bounds that holds sizes in bytes; `count` is how many ticks it should have at most.
    static func binary(_ values: ClosedRange<Double>, ticks count: Int = 8) -> Scale {
        let span = values.upperBound - values.lowerBound
        let step = step(.binary, (span > 0 ? span : 1) / Double(max(count - 1, 1)))
        let lower = (values.lowerBound / step).leniently(.down) * step
        let upper = (values.upperBound / step).leniently(.up) * step
        return Scale(kind: .binary, lower: lower, upper: upper > lower ? upper : lower + step)
    }

    /// Exactly these bounds, for counts whose ends mean something: dial 1 is at the very left.
    static func exact(_ values: ClosedRange<Double>, _ kind: Kind = .linear) -> Scale {
        let isWide = values.upperBound > values.lowerBound
        return Scale(
            kind: kind, lower: values.lowerBound, upper: isWide ? values.upperBound : values.lowerBound + 1)
    }

    /// From a power of ten below the values to one above them. Values must be positive; others are at the lower end.
    static func logarithmic(_ values: ClosedRange<Double>) -> Scale {
        let least = max(values.lowerBound, 1e-12)
        let first = least.commonLogarithm.leniently(.down)
        let last = max(max(values.upperBound, least).commonLogarithm.leniently(.up), first + 1)
        return Scale(kind: .logarithmic, lower: .powerOfTen(Int(first)), upper: .powerOfTen(Int(last)))
    }

    /// Where a value is, from 0 at the lower end to 1 at the upper end. Values beyond an end are at that end.
    func position(_ value: Double) -> Double {
        let share: Double
        if kind == .logarithmic {
            guard value > lower else { return 0 }
            share = (value / lower).commonLogarithm / (upper / lower).commonLogarithm
        } else {
            share = (value - lower) / (upper - lower)
        }
        return min(max(share, 0), 1)
    }

    /// The value at a place, from 0 at the lower end to 1 at the upper end: what `position` was asked about.
    func value(at position: Double) -> Double {
        kind == .logarithmic ? lower * (upper / lower).raised(to: position) : lower + position * (upper - lower)
    }

    /// At most `count` round values between the bounds, but never less than one.
    func ticks(atMost count: Int) -> [Double] {
        guard kind == .logarithmic else {
            let fraction = Self.step(kind, (upper - lower) / Double(max(count - 1, 1)))
            let step = kind == .whole ? max(fraction, 1) : fraction
            let first = (lower / step).leniently(.up)
            let last = (upper / step).leniently(.down)
            return first > last ? [lower] : (Int(first)...Int(last)).map { Double($0) * step }
        }
        let first = Int(lower.commonLogarithm.rounded())
        let decades = Int((upper / lower).commonLogarithm.rounded())
        let stride = (decades + max(count, 2) - 1) / max(count - 1, 1)
        return Swift.stride(from: first, through: first + decades, by: max(stride, 1)).map(Double.powerOfTen)
    }

    /// The least round number that is no smaller.
    private static func step(_ kind: Kind, _ least: Double) -> Double {
        if kind == .binary {
            var step = 1.0
            while step < least { step *= 2 }
            return step
        }
        let power = Double.powerOfTen(Int(least.commonLogarithm.leniently(.down)))
        // Slightly lenient, so that a rounding error in the division does not double the step.
        return (least / power).leastOf([1, 2, 5, 10]) * power
    }
}

extension Double {
    static func powerOfTen(_ exponent: Int) -> Double {
        // The power is exact, and so is one division by it; a product of tenths would not be.
        let power = (0..<exponent.magnitude).reduce(1.0) { product, _ in product * 10 }
        return exponent < 0 ? 1 / power : power
    }

    /// The number with at most so many decimals, and no zeros at its end.
    func text(decimals: Int) -> String {
        guard isFinite else { return "0" }
        let one = UInt(Self.powerOfTen(decimals))
        let units = Int((self * Double(one)).rounded())
        let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: one)
        let sign = units < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        // The one that goes before keeps the zeros that the decimals may begin with.
        var decimals = "\(one + rest)".dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        return "\(sign)\(whole).\(decimals)"
    }

    /// Rounded to a whole number; a number within a rounding error of one counts as that one.
    fileprivate func leniently(_ rule: FloatingPointRoundingRule) -> Double {
        let nearest = rounded()
        return (self - nearest).magnitude < 1e-9 * max(magnitude, 1) ? nearest : rounded(rule)
    }

    fileprivate func leastOf(_ steps: [Double]) -> Double {
        steps.first { self <= $0 * (1 + 1e-9) } ?? steps[steps.count - 1]
    }
}
