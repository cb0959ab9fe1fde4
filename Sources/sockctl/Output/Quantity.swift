import SockKit

/// Numbers as a person reads them: sizes in steps of 1024, rates, spans of time, all with about three digits.
enum Quantity {
    /// `17 bytes`, `1.2 MiB`.
    static func bytes(_ count: Int) -> String {
        guard count.magnitude >= 1024 else { return count == 1 ? "1 byte" : "\(count) bytes" }
        return scaled(Double(count))
    }

    /// `812 MiB/s`; nil where no time has passed.
    static func rate(_ count: Int, in time: Duration) -> String? {
        let seconds = Double(time.wholeNanoseconds) / 1e9
        guard seconds > 0 else { return nil }
        let rate = Double(count) / seconds
        return rate < 1023.5 ? "\(Int(rate.rounded())) bytes/s" : "\(scaled(rate))/s"
    }

    /// `12 µs`, `1.03 ms`, `2.50 s`, `1m 05s`, `2h 00m 09s`.
    static func duration(_ duration: Duration) -> String {
        let nanoseconds = duration.wholeNanoseconds
        if nanoseconds < 0 { return "-" + Self.duration(.nanoseconds(-max(nanoseconds, -.max))) }
        switch nanoseconds {
        case 0: return "0 s"
        case ..<1_000: return "\(nanoseconds) ns"
        case ..<999_500: return "\((nanoseconds + 500) / 1_000) µs"
        case ..<999_500_000: return digits(Double(nanoseconds) / 1e6) + " ms"
        case ..<59_950_000_000: return digits(Double(nanoseconds) / 1e9) + " s"
        default: return clock(nanoseconds / 1_000_000_000 + nanoseconds % 1_000_000_000 / 500_000_000)
        }
    }

    /// `1 segment`, `2 segments`.
    static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func scaled(_ value: Double) -> String {
        var value = value
        var unit = "bytes"
        for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where abs(value) >= 1023.5 {
            value /= 1024
            unit = next
        }
        return abs(value) < 99.95 ? "\(fixed(value, 1)) \(unit)" : "\(fixed(value, 0)) \(unit)"
    }

    private static func digits(_ value: Double) -> String {
        value < 9.995 ? fixed(value, 2) : value < 99.95 ? fixed(value, 1) : fixed(value, 0)
    }

    private static func clock(_ seconds: Int64) -> String {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        let rest = "\(padded(seconds % 60))s"
        return hours > 0 ? "\(hours)h \(padded(minutes))m \(rest)" : "\(minutes)m \(rest)"
    }

    private static func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func fixed(_ value: Double, _ places: Int) -> String {
        let scale = places == 0 ? 1.0 : places == 1 ? 10.0 : 100.0
        let scaled = Int((value.magnitude * scale).rounded())
        let sign = value < 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int(scale))
        return "\(sign)\(scaled / Int(scale))." + String(repeating: "0", count: places - fraction.utf8.count) + fraction
    }
}
