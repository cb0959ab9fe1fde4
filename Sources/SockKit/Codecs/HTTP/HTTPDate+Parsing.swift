extension HTTPDate {
    /// Reads any of the three forms that a recipient must know (RFC 9110 section 5.6.7); the day's name must be one, but
    /// need not be the right one.
    ///
    ///     Sun, 06 Nov 1994 08:49:37 GMT
    ///     Sunday, 06-Nov-94 08:49:37 GMT
    ///     Sun Nov  6 08:49:37 1994
    ///
    /// Two digits are a year of this century or the last: one that would be more than 50 years after `now` is past.
    /// Who has no clock at hand leaves it at the year 2026.
    public init?(_ text: String, now: HTTPDate = HTTPDate(secondsSinceEpoch: 1_767_225_600)) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        switch words.count {
        case 6 where words[5] == "GMT" && words[0].last == ",":
            guard Self.dayNames.contains(String(words[0].dropLast())), words[1].utf8.count == 2,
                words[3].utf8.count == 4
            else { return nil }
            self.init(day: words[1], month: words[2], year: Self.number(words[3]), time: words[4])
        case 4 where words[3] == "GMT" && words[0].last == ",":
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard Self.longDayNames.contains(words[0].dropLast()), date.count == 3, date[0].utf8.count == 2,
                date[2].utf8.count == 2, let short = Self.number(date[2])
            else { return nil }
            self.init(day: date[0], month: date[1], year: Self.year(short, now: now), time: words[2])
        case 5, 6:
            // A day below ten has a space before it.
            let isPadded = words.count == 6
            guard Self.dayNames.contains(String(words[0])), !isPadded || words[2].isEmpty,
                words[isPadded ? 3 : 2].utf8.count == (isPadded ? 1 : 2), words[words.count - 1].utf8.count == 4
            else { return nil }
            self.init(
                day: words[isPadded ? 3 : 2], month: words[1], year: Self.number(words[words.count - 1]),
                time: words[words.count - 2])
        default: return nil
        }
    }

    private init?(day: Substring, month: Substring, year: Int?, time: Substring) {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let year, let day = Self.number(day), let month = Self.monthNames.firstIndex(of: String(month)),
            parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Self.number(parts[0]), let minute = Self.number(parts[1]), let second = Self.number(parts[2])
        else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }

    private static let longDayNames: [Substring] = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    private static func year(_ short: Int, now: HTTPDate) -> Int {
        let thisYear = 1970 + now.secondsSinceEpoch / 31_556_952
        let year = thisYear - thisYear % 100 + short
        return year > thisYear + 50 ? year - 100 : year
    }

    /// Digits alone, at most four.
    private static func number(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count) else { return nil }
        var value = 0
        for byte in text.utf8 {
            guard let digit = Int(decimal: byte) else { return nil }
            value = value * 10 + digit
        }
        return value
    }
}
