import Testing

@testable import SockKit
@testable import sockctl

/// What a backlog probe's result is told as.
@Suite struct BacklogReportTests {
    private func dial(
        _ index: Int, _ outcome: BacklogDial.Outcome = .connected, at start: Int = 0, for milliseconds: Int = 0,
        retransmits: Int = 0
    ) -> BacklogDial {
        BacklogDial(
            index: index, outcome: outcome, start: .milliseconds(start), duration: .milliseconds(milliseconds),
            retransmits: retransmits, waited: milliseconds > 0)
    }

    private func result(
        _ dials: [BacklogDial], backlog: Int = 1, granted: Int? = nil, network: Network = .tcp, accepts: [Int] = [],
        queued: Int
    ) -> BacklogResult {
        var result = BacklogResult(
            plan: BacklogPlan(
                network: network, remote: .ip(.v4Loopback, port: 3000), backlogRequested: backlog, settings: .now,
                queue: nil, capacityPredicted: (granted ?? backlog) + 1, dials: dials.count, isLocal: true,
                counters: nil))
        result.dials = dials
        result.dialled = dials.count
        result.accepts = accepts.enumerated().map { index, time in
            BacklogResult.Accept(index: index + 1, time: .milliseconds(time), remote: nil)
        }
        result.queue = ListeningQueue(length: queued, limit: granted ?? backlog)
        return result
    }

    private func conclusion(_ result: BacklogResult, _ probe: BacklogProbe = BacklogProbe()) -> String {
        BacklogConclusion(result, probe).text
    }

    @Test func `a dial that waits is paired with the accept whose room it took, others having come before`() {
        // Dial 4 began after the first accept and overtook dial 3.
        let dials = [dial(1), dial(2), dial(3, for: 1020, retransmits: 1), dial(4, at: 320)]
        let late = result(dials, accepts: [300, 600], queued: 2).late
        #expect(late.map(\.dial.index) == [3])
        #expect(late.first?.accept?.index == 2)
    }

    @Test func `an accept that came after a dial did not make room for it`() {
        let dials = [dial(1), dial(2), dial(3, for: 1020, retransmits: 1)]
        #expect(result(dials, accepts: [1300], queued: 2).late.first?.accept == nil)
    }

    @Test func `the setting that decided is named`() {
        let full = [dial(1), dial(2), dial(3, .timedOut, for: 3000, retransmits: 2)]
        var found = result(full, queued: 2)
        (found.overflows, found.drops) = (3, 3)
        let text = conclusion(found)
        #expect(text.contains("the backlog of 1 given to listen(2): the queue holds one more than its limit, 2."))
        #expect(
            text.contains("ListenOverflows grew by 3 and ListenDrops by 3, once for each SYN that met the full queue."))
        #expect(text.contains("tcp_max_syn_backlog"))
        // What the kernel granted says it, whether or not the setting can be read.
        let cut = result(full, backlog: 9, granted: 2, queued: 3)
        #expect(conclusion(cut).contains("What decided was net.core.somaxconn: it cut the backlog of 9 to 2"))
    }

    @Test func `clients that only believe to be connected are told of`() {
        let dials = [dial(1), dial(2), dial(3, for: 1020, retransmits: 1), dial(4, for: 1020, retransmits: 1)]
        var found = result(dials, accepts: [300], queued: 2)
        (found.overflows, found.drops) = (3, 3)
        #expect(found.unheard == 1)
        #expect(conclusion(found).contains("1 of those connected is so on the client's side only"))
    }

    @Test func `one more from several threads is explained, and so is none`() {
        var probe = BacklogProbe(target: .own(backlog: 1))
        probe.isConcurrent = true
        let more = result([dial(1), dial(2), dial(3), dial(4, .timedOut, for: 100)], queued: 3)
        #expect(conclusion(more, probe).contains("1 more got in"))
        let none = result([dial(1), dial(2), dial(4, .timedOut, for: 100)], queued: 2)
        #expect(conclusion(none, probe).contains("this time they did not"))
    }

    @Test func `Unix sockets are not told of SYNs`() {
        let text = conclusion(
            result([dial(1), dial(2), dial(3, .wouldBlock)], network: .unix, queued: 2),
            BacklogProbe(network: .unix, target: .own(backlog: 1)))
        #expect(text.contains("1 was told EAGAIN at once"))
        #expect(!text.contains("SYN") && !text.contains("tcp_"))
    }

    @Test(arguments: [
        ([7], "dial 7"), ([2, 1], "dials 1 and 2"), ([1, 2, 3], "dials 1 to 3"),
        ([9, 1, 2, 3, 6, 5], "dials 1 to 3, 5, 6 and 9"),
        (Array(stride(from: 1, to: 40, by: 2)), "20 dials between 1 and 39"),
    ])
    func `numbers in a row are told as their ends`(indices: [Int], expected: String) {
        #expect(BacklogWording.dials(indices) == expected)
    }

    @Test func `the plot has every dial, and says where the queue was full`() {
        let dials = [
            dial(1), dial(2), dial(3, .timedOut, for: 3000, retransmits: 2), dial(4, for: 1020, retransmits: 1),
        ]
        let plot = BacklogChart(result(dials, queued: 2), BacklogStory(), BacklogProbe()).plot
        let drawn = plot.series.filter { $0.name != "SYN dropped: overflow" }.flatMap(\.points).map { Int($0.x) }
        #expect(drawn.sorted() == [1, 2, 3, 4])
        #expect(plot.guides.map(\.label) == ["room for 2"])
        #expect(plot.subtitle.contains("nobody accepts"))
    }
}
