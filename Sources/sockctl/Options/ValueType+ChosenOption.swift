import SockKit

extension ValueType where Value == ChosenOption {
    /// A socket option as `LEVEL:NAME:VALUE`, by names or by numbers.
    static var chosenOption: Self {
        Self(placeholder: "LEVEL:NAME:VALUE") { (word: Word) throws(UsageError) in
            let parts = word.split(by: ":", maximum: 2)
            guard parts.count == 3, !parts.contains(where: { $0.bytes.isEmpty }) else {
                throw UsageError("'\(word)' is not LEVEL:NAME:VALUE; write it like SOL_SOCKET:SO_MARK:7")
            }
            guard let level = OptionNames.level(parts[0].text) else {
                throw UsageError(
                    "'\(parts[0])' in '\(word)' is no level; there are \(OptionNames.levelNames.joined(separator: ", ")), "
                        + "and numbers")
            }
            guard let number = OptionNames.option(parts[1].text, of: level) else {
                if Decimal.isDigits(parts[1].text[...]) {
                    throw UsageError("'\(parts[1])' in '\(word)' does not fit a C int, which an option's number is")
                }
                let nearest = Suggestion.nearest(
                    to: parts[1].text.uppercased(), among: OptionNames.optionNames(of: level))
                throw UsageError(
                    "'\(parts[1])' in '\(word)' is no option that has a name here; write its number",
                    hint: nearest.map { "did you mean '\($0)'?" })
            }
            return ChosenOption(
                level: level, number: number, value: try value(parts[2]),
                name: OptionNames.name(level: level, option: number))
        } show: { _ in
            nil
        }
    }

    /// A number is a C int, `x` and hexadecimal digits are bytes, and everything else is text.
    private static func value(_ word: Word) throws(UsageError) -> ChosenOption.Value {
        let text = word.text
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isHexadecimal = digits.hasPrefix("0x") && digits.count > 2 && isHex(digits.dropFirst(2))
        if Decimal.isDigits(digits) || isHexadecimal {
            let magnitude = isHexadecimal ? Int(digits.dropFirst(2), radix: 16) : Int(digits)
            let signed = magnitude.map { text.hasPrefix("-") ? -$0 : $0 }
            // As in C, the bits count: 0xffffffff is -1.
            guard let signed, (Int(Int32.min)...Int(UInt32.max)).contains(signed) else {
                throw UsageError("'\(text)' does not fit a C int; write longer values as x and their bytes, x0102...")
            }
            return .integer(Int32(truncatingIfNeeded: signed))
        }
        let hexadecimal = text.dropFirst()
        if digits == "0x" { throw UsageError("'\(text)' lacks its hexadecimal digits") }
        guard text.hasPrefix("x"), !hexadecimal.isEmpty, isHex(hexadecimal) else {
            return .text(word.bytes)
        }
        guard hexadecimal.count % 2 == 0 else {
            throw UsageError("'\(text)' has an odd number of hexadecimal digits; a byte has two")
        }
        let all = Array(hexadecimal)
        return .bytes(stride(from: 0, to: all.count, by: 2).map { UInt8(String(all[$0...$0 + 1]), radix: 16) ?? 0 })
    }

    /// Digits of ASCII only: a `Character` is a hexadecimal digit in other forms as well, and those are no number's.
    private static func isHex(_ text: Substring) -> Bool { text.allSatisfy { $0.isASCII && $0.isHexDigit } }
}
