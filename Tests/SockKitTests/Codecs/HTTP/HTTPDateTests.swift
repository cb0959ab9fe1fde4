@testable import SockKit
import Testing

@Suite struct HTTPDateTests {
    /// RFC 9110's own moment.
    private static let sunday = HTTPDate(secondsSinceEpoch: 784_111_777)

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `each of the three forms is read`(text: String) {
        #expect(HTTPDate(text) == Self.sunday)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
    ])
    func `a moment is written in the form that is to be sent`(seconds: Int, text: String) {
        let date = HTTPDate(secondsSinceEpoch: seconds)
        #expect("\(date)" == text)
        #expect(HTTPDate(text) == date)
    }

    @Test func `days of 400 years are read as they are written`() {
        for day in stride(from: -200 * 365, to: 200 * 366, by: 13) {
            let date = HTTPDate(secondsSinceEpoch: day * 86400 + 43200)
            guard HTTPDate("\(date)") == date else {
                Issue.record("\(date)")
                return
            }
        }
    }

    @Test(arguments: [
        "", "0", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "sun, 06 nov 1994 08:49:37 gmt", "Son, 06 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 2100 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun,  06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, +6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunday 06-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov 06 08:49:37 94",
        "Sun Nov   6 08:49:37 1994",
        "Sun Nov 16 08:49:37 1994 GMT",
    ])
    func `what has none of the forms is none`(text: String) {
        #expect(HTTPDate(text) == nil)
    }

    @Test func `two digits are the year that is not far ahead`() {
        let now = Self.sunday
        #expect(
            HTTPDate("Tuesday, 01-Jan-44 00:00:00 GMT", now: now).map { "\($0)" } == "Sat, 01 Jan 1944 00:00:00 GMT")
        #expect(
            HTTPDate("Tuesday, 01-Jan-45 00:00:00 GMT", now: now).map { "\($0)" } == "Mon, 01 Jan 1945 00:00:00 GMT")
        #expect(HTTPDate("Tuesday, 01-Jan-45 00:00:00 GMT").map { "\($0)" } == "Sun, 01 Jan 2045 00:00:00 GMT")
        #expect(HTTPDate("Tuesday, 01-Jan-94 00:00:00 GMT").map { "\($0)" } == "Sat, 01 Jan 1994 00:00:00 GMT")
    }

    @Test func `a leap second is a second`() {
        #expect(HTTPDate("Sat, 31 Dec 2016 23:59:60 GMT") == HTTPDate("Sun, 01 Jan 2017 00:00:00 GMT"))
    }

    @Test func `a date that no calendar needs is no trap`() {
        for seconds in [-99_999_999_999_999, 99_999_999_999_999] {
            #expect(HTTPDate(secondsSinceEpoch: seconds).description.hasSuffix(" GMT"))
        }
        #expect(Timestamp(seconds: 1 << 40).total == .max && Timestamp(seconds: -(1 << 40)).total == .min)
    }
}
