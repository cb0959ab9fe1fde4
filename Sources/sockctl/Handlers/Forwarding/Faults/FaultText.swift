import SockKit

/// The spelling of faults' values.
enum FaultText {
    /// A number of bytes, also none.
    static func size(_ text: String) throws(UsageError) -> Int {
        try ValueType<Int>.size(0...Int.max).parse(text)
    }

    static func show(_ size: Int) -> String { ValueType<Int>.size(0...Int.max).show(size) ?? "\(size)" }

    /// Two values with a sign between them.
    static func pair(_ text: String, _ sign: Character) throws(UsageError) -> (String, String) {
        let parts = text.split(separator: sign, maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts.contains("") else {
            throw UsageError("'\(text)' lacks one of the two values around '\(sign)'")
        }
        return (parts[0], parts[1])
    }

    static func jitter(_ text: String) throws(UsageError) -> StreamFaults.Jitter {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let span = try DurationText.parse(parts[0])
        guard parts.count == 2 else { return StreamFaults.Jitter(span) }
        guard ["normal", "uniform"].contains(parts[1]) else {
            throw UsageError("'\(parts[1])' is no distribution", hint: "write D, or D:normal")
        }
        return StreamFaults.Jitter(span, isNormal: parts[1] == "normal")
    }

    /// A size, or a time, which has a unit to be told from it.
    static func moment(_ text: String) throws(UsageError) -> StreamFaults.Moment {
        guard let last = text.last, "smh".contains(last) else { return .bytes(try size(text)) }
        return .time(try DurationText.parse(text))
    }

    static func show(_ moment: StreamFaults.Moment) -> String {
        switch moment {
        case .bytes(let size): show(size)
        case .time(let span): DurationText.show(span)
        }
    }

    /// A chance: `0.1` or `10%`.
    static func chance(_ text: String) throws(UsageError) -> Double {
        let isPercent = text.hasSuffix("%")
        let number = isPercent ? text.dropLast() : text[...]
        // `Double` reads more than anybody would call a chance: signs, hexadecimal digits, "nan".
        guard number.utf8.first.map({ (48...57).contains($0) }) == true,
            number.utf8.allSatisfy({ (48...57).contains($0) || ".e-".utf8.contains($0) }), let value = Double(number)
        else {
            throw UsageError("'\(text)' is not a chance; write it like 0.1 or 10%")
        }
        let chance = isPercent ? value / 100 : value
        guard chance <= 1 else {
            throw UsageError("'\(text)' is more than always; a chance is from 0 to 1, or from 0% to 100%")
        }
        return chance
    }

    static func show(chance: Double) -> String { chance == 1 ? "1" : "\(chance)" }
}
