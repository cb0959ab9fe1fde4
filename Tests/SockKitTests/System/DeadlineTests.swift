@testable import SockKit
import Testing

@Suite struct DeadlineTests {
    @Test func `the past has passed and the future has not`() {
        #expect(Deadline.past.hasPassed)
        #expect(Deadline.now.hasPassed)
        #expect(!(Deadline.now + .seconds(60)).hasPassed)
        #expect((Deadline.now + .seconds(-1)).hasPassed)
    }

    @Test func `a span that no clock can reach saturates`() {
        #expect(Deadline.now + .seconds(Int64.max) == Deadline(nanoseconds: .max))
        #expect(Deadline(nanoseconds: -2) + .seconds(Int64.min) == Deadline(nanoseconds: .min))
        #expect(Deadline(nanoseconds: .max) + .nanoseconds(1) == Deadline(nanoseconds: .max))
    }

    @Test func `a difference added again gives the same moment`() {
        let moment = Deadline.now
        let later = moment + .milliseconds(1500)
        #expect(later - moment == .milliseconds(1500))
        #expect(moment + (later - moment) == later)
        #expect(moment < later)
    }

    @Test(
        arguments: [
            (Duration.seconds(2), 2_000_000_000), (.nanoseconds(-3), -3), (.zero, 0),
            (Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999), 1), (.seconds(Int64.max), .max),
            (.seconds(Int64.min), .min), (Duration.seconds(Int64.max) * 3, .max),
            (Duration.seconds(Int64.min) * 3, .min),
            (Duration(secondsComponent: 9_223_372_036, attosecondsComponent: 999_999_999_999_999_999), .max),
        ] as [(Duration, Int64)])
    func `nanoseconds are rounded towards zero and saturate`(span: Duration, count: Int64) {
        #expect(span.wholeNanoseconds == count)
    }

    @Test func `a timestamp is printed as RFC 3339 in UTC with microseconds`() {
        #expect(Timestamp(seconds: 0, nanoseconds: 123_456_789).rfc3339 == "1970-01-01T00:00:00.123456Z")
        #expect(Timestamp(seconds: 1_709_210_096, nanoseconds: 7_000).rfc3339 == "2024-02-29T12:34:56.000007Z")
        #expect(Timestamp(seconds: -1, nanoseconds: 0).rfc3339 == "1969-12-31T23:59:59.000000Z")
    }
}
