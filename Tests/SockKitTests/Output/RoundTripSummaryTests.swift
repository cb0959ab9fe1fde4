import SockKit
import Testing

@testable import sockctl

@Suite struct RoundTripSummaryTests {
    @Test func `nothing measured is no summary`() {
        #expect(RoundTripSummary(from: []) == nil)
    }

    @Test func `one round trip is all of its figures`() throws {
        let summary = try #require(RoundTripSummary(from: [.milliseconds(3)]))
        #expect(summary.minimum == .milliseconds(3) && summary.maximum == .milliseconds(3))
        #expect(summary.median == .milliseconds(3) && summary.percentile99 == .milliseconds(3))
    }

    @Test func `the figures are ranks, whatever order they came in`() throws {
        let summary = try #require(RoundTripSummary(from: (1...200).shuffled().map { .microseconds($0) }))
        #expect(summary.count == 200)
        #expect(summary.minimum == .microseconds(1) && summary.median == .microseconds(100))
        #expect(summary.percentile99 == .microseconds(198) && summary.maximum == .microseconds(200))
    }

    @Test func `a million round trips are counted all, and their ranks are close`() throws {
        var samples = RoundTripSamples()
        #expect(samples.summary == nil)
        for number in (1...1_000_000).shuffled() { samples.add(.microseconds(number)) }
        let summary = try #require(samples.summary)
        #expect(summary.count == 1_000_000)
        #expect(summary.minimum == .microseconds(1) && summary.maximum == .microseconds(1_000_000))
        #expect(summary.median > .microseconds(490_000) && summary.median < .microseconds(510_000))
    }

    @Test func `a summary has it as one line for people and one object for programs`() throws {
        let value = try #require(RoundTripSummary(from: [.microseconds(1), .microseconds(2)])).value
        let event = SummaryEvent(measures: [Measure("round_trip", value)])
        #expect(
            event.text(on: Terminal(2, isTerminal: false, color: .never))
                == "round trip  count 2, min 1 µs, median 1 µs, p99 2 µs, max 2 µs")
        #expect(
            sockctl::JSONValue.object(event.members).text
                == #"{"round_trip":{"count":2,"min":1e-06,"median":1e-06,"p99":2e-06,"max":2e-06}}"#)
    }
}
