import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct BacklogProbeTests {
    private static let networks: [Network] =
        Tool.hasIPv6 ? [.tcp4, .tcp6, .unix, .unixpacket] : [.tcp4, .unix, .unixpacket]

    /// Runs a probe on a queue of its own; the events are what happened, in the order in which it was told.
    private func run(
        _ network: Network = .tcp, backlog: Int = 128, _ change: (inout BacklogProbe) -> Void = { _ in }
    ) async throws -> (result: BacklogResult, events: [BacklogEvent]) {
        var probe = BacklogProbe(network: network, target: .own(backlog: Int32(backlog)))
        change(&probe)
        return try await onLoop { [probe] in
            let log = EventLog()
            var probe = probe
            probe.onEvent = { log.events.append($0) }
            return (try await probe.run(), log.events)
        }
    }

    @Netpoller
    private final class EventLog {
        var events: [BacklogEvent] = []
    }

    @Test(arguments: networks, [0, 1, 2, 5, 128])
    func `a queue of n has room for n and one more`(network: Network, backlog: Int) async throws {
        let result = try await run(network, backlog: backlog) { $0.timeout = .milliseconds(60) }.result
        // net.core.somaxconn has the last word.
        let limit = min(backlog, try #require(KernelSettings.now.maximumBacklog))
        #expect(result.count(.connected) == limit + 1)
        #expect(result.count(network.isUnix ? .wouldBlock : .timedOut) == BacklogProbe.surplus)
        #expect(result.queue == ListeningQueue(length: limit + 1, limit: limit))
        #expect(result.plan.capacityPredicted == limit + 1)
        #expect(result.dials.map(\.index) == Array(1...limit + 1 + BacklogProbe.surplus))
        #expect(result.dials.prefix(limit + 1).allSatisfy { $0.outcome == .connected && !$0.waited })
    }

    @Test func `a dial that waits gets in at its next SYN, not at the accept`() async throws {
        let (result, events) = try await run(backlog: 1) {
            ($0.dials, $0.acceptEvery, $0.timeout) = (3, .milliseconds(300), .seconds(8))
        }
        let (dial, accept) = try #require(result.late.first)
        let room = try #require(accept).time
        #expect(room >= .milliseconds(300))
        #expect(dial.index == 3 && dial.retransmits >= 1)
        // The SYN that found room was the first one after the accept. The kernel's timers are coarse, by 64 ms here.
        let moments = [.zero] + (try #require(KernelSettings.now.synSchedule).retransmissions)
        let coarse = Duration.milliseconds(64)
        #expect(dial.end >= room && dial.duration >= moments[dial.retransmits] - coarse)
        #expect(dial.start + moments[dial.retransmits - 1] <= room + coarse)
        let told = events.contains { event in
            if case .retransmitted(index: 3, count: dial.retransmits, _) = event { true } else { false }
        }
        #expect(told)
    }

    @Test func `a Unix connect that blocks gets in at the accept`() async throws {
        let result = try await run(.unix, backlog: 0) {
            ($0.dials, $0.acceptEvery, $0.timeout) = (3, .milliseconds(100), .seconds(8))
        }.result
        #expect(result.count(.connected) == 3)
        #expect(result.late.map(\.dial.index).sorted() == [2, 3])
        let nextSYN = try #require(KernelSettings.now.synSchedule?.retransmissions.first)
        for (dial, accept) in result.late {
            let gap = dial.end - (try #require(accept)).time
            // On TCP it would be at the next SYN.
            #expect(gap >= .zero && gap < nextSYN, "dial \(dial.index), \(gap)")
        }
    }

    @Test(arguments: networks)
    func `clients whose listener closes with its queue full are reset`(network: Network) async throws {
        let (result, events) = try await run(network, backlog: 4) { ($0.dials, $0.closesListener) = (5, true) }
        #expect(result.aftermath == BacklogResult.Aftermath(reset: 5))
        let lost = events.compactMap { if case .lost(let index, isReset: true) = $0 { index } else { nil } }
        #expect(lost == [1, 2, 3, 4, 5])
    }

    @Test func `who is in the queue can write, and nobody has accepted`() async throws {
        let result = try await run { $0.dials = 1 }.result
        #expect(result.count(.connected) == 1)
        #expect(result.bytesWritten == 2)
        #expect(result.accepts.isEmpty)
    }

    @Test func `every dial is told once, after the start, and counted as it was told`() async throws {
        let (result, events) = try await run(backlog: 2) { ($0.dials, $0.timeout) = (8, .milliseconds(60)) }
        let plan = try #require(events.lazy.compactMap { if case .started(let plan) = $0 { plan } else { nil } }.first)
        #expect(plan.dials == 8)
        let told = events.compactMap { if case .dialled(let dial) = $0 { dial } else { nil } }
        #expect(told.sorted { $0.index < $1.index } == result.dials)
        #expect(result.dialled == 8)
    }

    @Test func `dials from several threads get as many in as there is room, or a few more`() async throws {
        let result = try await run(backlog: 16) {
            ($0.dials, $0.timeout, $0.isConcurrent) = (40, .milliseconds(100), true)
        }.result
        #expect((17...17 + BacklogRun.threads).contains(result.count(.connected)))
        // Some that the clients believe in were never queued: their last ACK met a full queue.
        #expect(result.queue?.length == result.count(.connected) - (result.unheard ?? 0))
        #expect(Set(result.dials.map(\.index)) == Set(1...40))
    }

    @Test func `a server of somebody else is probed through its address, its queue read from the kernel`() async throws
    {
        let result = try await onLoop {
            let server = try await ListenConfiguration(backlog: 3).listen(.tcp, "127.0.0.1:0")
            defer { server.close() }
            let place = try Destination.parse("\(server.endpoint)", role: .dialing)
            var probe = BacklogProbe(target: .server(place))
            probe.timeout = .milliseconds(60)
            return try await probe.run()
        }
        #expect(result.count(.connected) == 4)
        #expect(result.queue == ListeningQueue(length: 4, limit: 3))
        #expect(result.plan.backlogRequested == nil)
    }

    @Test func `a server that is not there is an error`() async throws {
        let failure = await #expect(throws: BacklogProbeError.self) {
            try await onLoop {
                // Bound, so that nobody else gets the port, and nobody listens.
                let port = try RefusingPort()
                let place = try Destination.parse("\(port.endpoint)", role: .dialing)
                return try await BacklogProbe(target: .server(place)).run()
            }
        }
        guard case .network(let error) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(error.errno == .connectionRefused && error.operation == .dial)
    }

    @Test func `more dials than descriptors are refused before the first`() async throws {
        let failure = await #expect(throws: BacklogProbeError.self) { try await run { $0.dials = .max } }
        guard case .descriptors(let needed, let limit) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(needed > limit)
    }

    @Test func `a probe that is cancelled says what it had found`() async throws {
        let result = try await onLoop {
            let reached = Promise<Void>()
            var probe = BacklogProbe(target: .own(backlog: 3))
            probe.timeout = nil
            probe.onEvent = { event in if case .waiting = event { reached.fulfil(()) } }
            let task = Netpoller.spawn { [probe] in try await probe.run() }
            _ = await reached.wait(until: .now + patience)
            task.cancel()
            return try await task.value
        }
        #expect(result.isPartial)
        #expect(result.count(.connected) == 4)
        #expect(result.dials.count == 4)
    }
}
