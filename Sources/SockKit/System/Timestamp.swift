// Whichever of the two the compiler meets first is the one that `timespec` belongs to.
private import CLinux
private import Glibc

/// Wall-clock time.
public struct Timestamp: Sendable, Hashable, CustomStringConvertible {
    /// Since 1970-01-01 00:00 UTC.
    package let seconds: Int64
    package let nanoseconds: Int64

    /// The present moment.
    public static var now: Timestamp {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// A moment in nanoseconds since 1970.
    package init(since1970 total: Int64) {
        self.init(seconds: total / 1_000_000_000, nanoseconds: total % 1_000_000_000)
    }

    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// In nanoseconds since 1970; of a moment before 1678 or after 2262 the first or last that there is a number for.
    package var total: Int64 {
        let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (total, isFurther) = whole.addingReportingOverflow(nanoseconds)
        return isBeyond || isFurther ? (seconds < 0 ? .min : .max) : total
    }

    /// Local time as `2006-01-02 15:04:05`.
    public var description: String {
        let time = unsafe fields(local: true)
        return unsafe "\(date(time, "-")) \(clock(time))"
    }

    /// RFC 3339 in UTC with microseconds: `2006-01-02T15:04:05.123456Z`.
    package var rfc3339: String {
        let time = unsafe fields(local: false)
        return unsafe "\(date(time, "-"))T\(clock(time)).\(Self.padded(nanoseconds / 1000, 6))Z"
    }

    /// ISO 8601 in UTC, to the second: `2006-01-02T15:04:05Z`.
    package var utcSecond: String {
        let time = unsafe fields(local: false)
        return unsafe "\(date(time, "-"))T\(clock(time))Z"
    }

    /// Local time of day with microseconds: `15:04:05.123456`.
    package var timeOfDay: String {
        unsafe "\(clock(fields(local: true))).\(Self.padded(nanoseconds / 1000, 6))"
    }

    /// Local time as Go's `time.Time` prints it, without the fraction of the second: `2006-01-02 15:04:05`, and behind the
    /// fraction `+0000 UTC`.
    package var goParts: (second: String, zone: String) {
        let time = unsafe fields(local: true)
        let name = unsafe time.tm_zone.map { unsafe String(cString: $0) } ?? "UTC"
        return unsafe ("\(date(time, "-")) \(clock(time))", "\(offset(time)) \(name)")
    }

    /// Local time as access logs have it: `02/Jan/2006:15:04:05 +0000`.
    package var commonLog: String {
        let time = unsafe fields(local: true)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = unsafe Self.padded(Int64(time.tm_mday), 2)
        let year = unsafe Self.padded(Int64(time.tm_year) + 1900, 4)
        return unsafe "\(day)/\(months[Int(time.tm_mon)])/\(year):\(clock(time)) \(offset(time))"
    }

    /// East of Greenwich, as `+0100`.
    private func offset(_ time: tm) -> String {
        let minutes = unsafe Int64(time.tm_gmtoff / 60)
        let sign = minutes < 0 ? "-" : "+"
        return "\(sign)\(Self.padded(abs(minutes) / 60, 2))\(Self.padded(abs(minutes) % 60, 2))"
    }

    private func fields(local: Bool) -> tm {
        var moment = time_t(seconds)
        var result = unsafe tm()
        if local {
            _ = unsafe localtime_r(&moment, &result)
        } else {
            _ = unsafe gmtime_r(&moment, &result)
        }
        return unsafe result
    }

    private func date(_ time: tm, _ separator: String) -> String {
        let year = unsafe Self.padded(Int64(time.tm_year) + 1900, 4)
        return unsafe [year, Self.padded(Int64(time.tm_mon) + 1, 2), Self.padded(Int64(time.tm_mday), 2)]
            .joined(separator: separator)
    }

    private func clock(_ time: tm) -> String {
        unsafe "\(Self.padded(Int64(time.tm_hour), 2)):\(Self.padded(Int64(time.tm_min), 2)):\(Self.padded(Int64(time.tm_sec), 2))"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
