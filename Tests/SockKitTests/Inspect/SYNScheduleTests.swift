import Testing

@testable import SockKit

@Suite struct SYNScheduleTests {
    /// Measured in namespaces with these settings, without the fiftieth that coarse timers add.
    @Test(arguments: [(6, 4, 131), (6, 0, 127), (1, 0, 3), (2, 0, 7), (1, 4, 3), (1, 2, 3), (2, 1, 8)])
    func `a dial that nobody answers fails when the kernel gives up`(retries: Int, linear: Int, seconds: Int) {
        let schedule = SYNSchedule(retries: retries, linearTimeouts: linear)
        #expect(schedule.timeout == .seconds(seconds))
    }

    @Test func `linear time-outs come before those that double`() {
        let schedule = SYNSchedule(retries: 6, linearTimeouts: 4)
        #expect(schedule.retransmissions == [1, 2, 3, 4, 5, 7, 11, 19, 35, 67].map(Duration.seconds))
        #expect(
            SYNSchedule(retries: 6, linearTimeouts: 0).retransmissions == [1, 3, 7, 15, 31, 63].map(Duration.seconds))
    }

    @Test func `no wait is longer than two minutes`() {
        let moments = SYNSchedule(retries: 12, linearTimeouts: 0)
        let gaps = zip(moments.retransmissions.dropFirst() + [moments.timeout], moments.retransmissions).map { $0 - $1 }
        #expect(gaps.max() == .seconds(120))
    }

    @Test(arguments: [(0, 0), (0, 9), (255, 255)])
    func `every setting that the kernel takes has an end`(retries: Int, linear: Int) {
        #expect(SYNSchedule(retries: retries, linearTimeouts: linear).timeout > .zero)
    }
}
