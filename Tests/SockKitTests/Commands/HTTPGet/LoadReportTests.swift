@testable import SockKit
import Testing

@testable import sockctl

/// What is said of a load, from figures that are made up.
@Suite struct LoadReportTests {
    private static let plain = Terminal(2, isTerminal: false, color: .never)

    private static func result(_ plan: LoadPlan, stall: Bool = false) -> LoadResult {
        var result = LoadResult(plan)
        (result.sent, result.answered) = (1000, 990)
        result.statuses = [200: 980, 503: 10]
        for index in 0..<990 {
            let time: Int64 = stall && index % 100 == 0 ? 1_000_000_000 : 100_000 + Int64(index) * 100
            result.latency.record(nanoseconds: time)
            if plan.rate != nil { result.plannedLatency.record(nanoseconds: time + 50_000) }
        }
        for _ in 0..<9 { result.failures.note(.body, "ECONNRESET") }
        result.cut = 1
        (result.newConnections, result.reusedConnections) = (10, 990)
        (result.elapsed, result.processorTime, result.span) = (.seconds(2), .milliseconds(500), .seconds(2))
        return result
    }

    @Test func `the summary has what a script looks for`() throws {
        let summary = SummaryEvent(measures: Self.result(LoadPlan(repetitions: 1000, parallel: 10)).measures)
        let object = sockctl::JSONValue.object(summary.members).text
        for part in [
            #""planned":1000,"sent":1000,"not_sent":0,"answered":990,"failed":9,"cut":1,"#,
            #""errors":{"body":{"ECONNRESET":9}},"statuses":{"200":980,"503":10}"#, #""rate":495.0,"rate_asked":null"#,
            #""closed_loop":true,"latency":{"min":0.0001,"#, #""latency_planned":null"#,
            #""new_connections":10,"reused_connections":990,"stale_repeats":0,"elapsed":2.0,"cpu_share":0.25"#,
        ] { #expect(object.contains(part), "\(object)") }
    }

    @Test func `people read it in two columns`() {
        let text = SummaryEvent(measures: Self.result(LoadPlan(repetitions: 1000, rate: 500)).measures)
            .text(on: Self.plain)
        for part in [
            "\nerrors              body ECONNRESET 9\n", "\nstatuses            200 980, 503 10\n",
            "\nrate                495/s\n", "\nclosed loop         no\n", "\ncpu share           25 %",
        ] { #expect("\n\(text)".contains(part), "\(text)") }
    }

    @Test func `a terminal gets no line that is too wide for it`() {
        let terminal = Terminal(-1, isTerminal: true, color: .never)
        let text = SummaryEvent(measures: Self.result(LoadPlan(repetitions: 1000, rate: 500)).measures).text(
            on: terminal)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 80 }, "\(text)")
        #expect(lines.contains { $0.hasPrefix("                    p999 ") }, "\(text)")
    }

    @Test func `labels that are near each other stand one below the other`() throws {
        var result = LoadResult(LoadPlan(repetitions: 100))
        (result.sent, result.answered, result.span) = (100, 100, .seconds(1))
        for index in 0..<100 { result.latency.record(nanoseconds: index < 98 ? 100_000 + Int64(index) : 110_000) }
        result.latency.record(nanoseconds: 50_000_000)
        let text = try #require(LoadChart(result, of: "http://x/")).plot.text(on: Self.plain, columns: 100)
        #expect(text.contains("p50 100 µs") && text.contains("p99 110 µs"), "\(text)")
    }

    @Test func `what was never sent is told`() {
        var result = Self.result(LoadPlan(repetitions: 1001))
        #expect(LoadConclusion(result: result).text.contains("1 planned request was never sent: the end came first."))
        result.sent = 1001
        #expect(!LoadConclusion(result: result).text.contains("never sent"))
    }

    @Test func `a closed loop is named as such, and an open one as what it is`() {
        let closed = LoadConclusion(result: Self.result(LoadPlan(repetitions: 1000, parallel: 10))).text
        #expect(closed.hasPrefix("A closed loop: each of 10 connections' requests waited"))
        #expect(closed.contains("9 requests got no whole answer: their times are in no figure."))
        #expect(closed.contains("1 request still ran at the end, and was cut: its times are in no figure."))
        let open = LoadConclusion(result: Self.result(LoadPlan(repetitions: 1000, rate: 1000))).text
        #expect(open.contains("from the moment at which it was due"))
        #expect(open.contains("1000 requests a second were asked for, and 495 were answered"))
        #expect(!open.contains("closed loop"))
    }

    @Test func `a program that uses a whole processor says that it may be the limit`() {
        var result = Self.result(LoadPlan(repetitions: 1000))
        result.processorTime = .milliseconds(1960)
        #expect(LoadConclusion(result: result).text.contains("98 % of a processor"))
    }

    @Test func `the picture shows the few slow ones, with the median and the 99th percentile marked`() throws {
        let chart = try #require(LoadChart(Self.result(LoadPlan(duration: .seconds(2)), stall: true), of: "http://x/"))
        let text = chart.plot.text(on: Self.plain, columns: 100)
        #expect(text.contains("p50 1") && text.contains("from the send (closed loop)"), "\(text)")
        // The ten that took a second stand far to the right of the others.
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(rows.contains { $0.contains(/▓+ +▓/) }, "\(text)")
        #expect(chart.plot.svg.contains("<polygon"))
    }

    @Test func `without an answer there is no picture`() {
        #expect(LoadChart(LoadResult(LoadPlan(repetitions: 1)), of: "http://x/") == nil)
    }

    @Test func `the picture of an open loop has both ways of counting`() throws {
        let chart = try #require(LoadChart(Self.result(LoadPlan(repetitions: 1, rate: 1)), of: "http://x/"))
        #expect(chart.plot.series.map(\.name) == ["from the planned moment", "from the send"])
    }
}
