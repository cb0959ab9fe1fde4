import SockKit
import Testing

@Suite struct LoadPlanTests {
    @Test(arguments: [
        (LoadPlan(repetitions: 10), 10), (LoadPlan(duration: .seconds(1)), nil),
        (LoadPlan(rate: 100, duration: .seconds(2)), 200), (LoadPlan(rate: 0.5, duration: .seconds(3)), 2),
        (LoadPlan(rate: 0.1, duration: .milliseconds(1)), 1),
        (LoadPlan(repetitions: 10, rate: 100, duration: .seconds(2)), 10),
        (LoadPlan(repetitions: 1000, rate: 100, duration: .seconds(2)), 200),
    ])
    func `what is planned is the lesser of the repetitions and what is due in time`(plan: LoadPlan, planned: Int?) {
        #expect(plan.planned == planned)
    }

    @Test func `moments are reckoned from the start, so that no rounding adds up`() {
        let plan = LoadPlan(parallel: 1, rate: 3)
        #expect((0...3).map(plan.moment) == [0, 333_333_333, 666_666_667, 1_000_000_000])
        #expect(plan.moment(of: 3_000_000) == 1_000_000_000_000_000)
        #expect(LoadPlan(rate: 1e-9).moment(of: .max) == .max)
    }

    @Test func `a plan without a rate is a closed loop`() {
        #expect(LoadPlan(repetitions: 1).isClosedLoop && !LoadPlan(repetitions: 1, rate: 1).isClosedLoop)
    }

    @Test func `failures are told in the order of an exchange, the most frequent of a phase first`() {
        var failures = LoadFailures()
        for code in ["timeout", "ECONNRESET", "ECONNRESET", "EPIPE"] { failures.note(.body, code) }
        failures.note(.connect, "ECONNREFUSED")
        #expect(failures.total == 5)
        #expect(failures.sorted.map(\.phase) == [.connect, .body])
        #expect(failures.sorted[1].codes.map(\.code) == ["ECONNRESET", "EPIPE", "timeout"])
        #expect(failures.sorted[1].codes.map(\.count) == [2, 1, 1])
    }
}
