extension ValueType where Value == Duration {
    /// A span of time like `500ms` or `1.5m`; a bare number is seconds.
    static var duration: Self {
        Self(placeholder: "DURATION") { (text: String) throws(UsageError) in
            try DurationText.parse(text)
        } show: {
            DurationText.show($0)
        }
    }

    /// A span of time that the kernel counts in whole milliseconds, of which 0 means no limit to it.
    static var milliseconds: Self {
        Self(placeholder: "DURATION") { (text: String) throws(UsageError) in
            let duration = try DurationText.parse(text)
            guard duration >= .milliseconds(1), duration.attoseconds % 1_000_000_000_000_000 == 0,
                duration <= .milliseconds(Int(Int32.max))
            else {
                let limits = "1ms to \(Int32.max)ms"
                throw UsageError("'\(text)' will not do: the kernel counts this in whole milliseconds, from \(limits)")
            }
            return duration
        } show: {
            DurationText.show($0)
        }
    }

    /// A span of time that the kernel counts in whole seconds.
    static func seconds(_ range: ClosedRange<Int>) -> Self {
        Self(placeholder: "DURATION") { (text: String) throws(UsageError) in
            try DurationText.parse(text, seconds: range)
        } show: {
            DurationText.show($0)
        }
    }
}

extension ValueType where Value == Duration? {
    /// As `duration` of whole milliseconds, or `none` for no limit.
    static var millisecondLimit: Self {
        Self(placeholder: "DURATION", offWord: "none") { (text: String) throws(UsageError) in
            text == "none" ? nil : try ValueType<Duration>.milliseconds.parse(text)
        } show: {
            $0.map(DurationText.show)
        }
    }

    /// A span of time, or `none` for no limit.
    static var limit: Self {
        limit { (text: String) throws(UsageError) in try DurationText.parse(text) }
    }

    /// As `limit`, where no time at all would let nothing come to pass.
    static var limitAboveZero: Self {
        limit { (text: String) throws(UsageError) in
            let span = try DurationText.parse(text)
            guard span > .zero else {
                throw UsageError("'\(text)' would end everything at once", hint: "give a time above 0, or none")
            }
            return span
        }
    }

    private static func limit(_ parse: @escaping @Sendable (String) throws(UsageError) -> Duration) -> Self {
        Self(placeholder: "DURATION", offWord: "none") { (text: String) throws(UsageError) in
            text == "none" ? nil : try parse(text)
        } show: {
            $0.map(DurationText.show)
        }
    }
}

/// The spelling of durations: a decimal number and a unit, `us`, `ms`, `s`, `m` or `h`.
enum DurationText {
    private static let units: [(suffix: String, attoseconds: Int128)] = [
        ("us", 1_000_000_000_000), ("ms", 1_000_000_000_000_000), ("s", second), ("m", 60 * second),
        ("h", 3600 * second),
    ]
    private static let second: Int128 = 1_000_000_000_000_000_000
    /// What the kernel's nanosecond timers can hold; beyond it, sums with a clock's now would overflow.
    private static let longest = Int128(Int64.max) * 1_000_000_000

    static func parse(_ text: String) throws(UsageError) -> Duration {
        if text == "none" {
            throw UsageError("'none' switches limits off, and this is none; write a duration like 500ms, 2s or 1.5m")
        }
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let suffix = text[number.endIndex...]
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        // As sleep(1) reads it, `.5` is half a second.
        guard let unit = suffix.isEmpty ? second : units.first(where: { $0.suffix == suffix })?.attoseconds,
            let whole = parts.first, Decimal.isDigits(whole) || whole.isEmpty && parts.count > 1,
            parts.count == 1 || Decimal.isDigits(parts[1])
        else { throw UsageError("'\(text)' is not a duration; write it like 500ms, 2s or 1.5m") }
        guard let attoseconds = attoseconds(whole, fraction: parts.count == 1 ? "" : parts[1], unit: unit) else {
            throw UsageError("'\(text)' is too long a duration; 'none' switches a limit off")
        }
        return Duration(attoseconds: attoseconds)
    }

    /// A duration of whole seconds, as the socket options that count in them need.
    static func parse(_ text: String, seconds range: ClosedRange<Int>) throws(UsageError) -> Duration {
        let duration = try parse(text)
        let (seconds, rest) = duration.components
        guard rest == 0, range.contains(Int(seconds)) else {
            let limits = "\(range.lowerBound)s to \(range.upperBound)s"
            throw UsageError("'\(text)' will not do: the kernel counts this in whole seconds, from \(limits)")
        }
        return duration
    }

    private static func attoseconds(_ whole: Substring, fraction: Substring, unit: Int128) -> Int128? {
        guard let number = whole.isEmpty ? 0 : Int128(whole) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow, product <= longest else { return nil }
        var share = unit
        var sum = product
        for digit in fraction.utf8 {
            share /= 10
            sum += share * Int128(digit - UInt8(ascii: "0"))
        }
        return sum <= longest ? sum : nil
    }

    /// The shortest spelling in one unit, without a fraction.
    static func show(_ duration: Duration) -> String {
        let attoseconds = duration.attoseconds
        let unit = attoseconds == 0 ? units[2] : units.last { attoseconds % $0.attoseconds == 0 } ?? units[0]
        return "\(attoseconds / unit.attoseconds)\(unit.suffix)"
    }
}
