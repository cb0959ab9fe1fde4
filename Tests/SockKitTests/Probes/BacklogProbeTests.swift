import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(1))) struct BacklogProbeTests {
    private static let networks: [Network] =
        Tool.hasIPv6 ? [.tcp4, .tcp6, .unix, .unixpacket] : [.tcp4, .unix, .unixpacket]

    /// Runs a probe with what happened, in the order in which it was told.
    private func run(_ configuration: BacklogConfiguration) async throws -> (
        result: BacklogResult, events: [BacklogEvent]
    ) {
        try await onLoop {
            let log = EventLog()
            let result = try await BacklogProbe(configuration) { log.events.append($0) }.run()
            return (result, log.events)
        }
    }

    @Netpoller
    private final class EventLog {
        var events: [BacklogEvent] = []
    }

    @Test(arguments: networks, [0, 1, 2, 5, 128])
    func `a queue of n has room for n and one more`(network: Network, backlog: Int) async throws {
        let target = BacklogConfiguration.Target.own(backlog: Int32(backlog))
        let probe = BacklogConfiguration(network: network, target: target, timeout: .milliseconds(60))
        let result = try await run(probe).result
        #expect(result.count(.connected) == backlog + 1)
        #expect(result.count(network.isUnix ? .wouldBlock : .timedOut) == BacklogConfiguration.surplus)
        #expect(result.queue == ListeningQueue(length: backlog + 1, limit: backlog))
        #expect(result.capacityPredicted == backlog + 1)
        #expect(result.dials.map(\.index) == Array(1...backlog + 1 + BacklogConfiguration.surplus))
        #expect(result.dials.prefix(backlog + 1).allSatisfy { $0.outcome == .connected && !$0.waited })
    }

    @Test func `a dial that waits gets in at its next SYN, not at the accept`() async throws {
        let probe = BacklogConfiguration(
            target: .own(backlog: 1), dials: 3, acceptEvery: .milliseconds(300), timeout: .seconds(8))
        let (result, events) = try await run(probe)
        let late = try #require(result.late.first)
        let accept = try #require(late.accept)
        #expect(accept.time >= .milliseconds(300))
        #expect(late.dial.index == 3)
        #expect(late.dial.end >= accept.time)
        // The grid of retransmissions: a second and a little more after the first SYN.
        #expect(late.dial.duration >= .milliseconds(980))
        #expect(late.dial.duration < .milliseconds(1900))
        #expect(late.dial.retransmits == 1)
        let told = events.contains { if case .retransmitted(index: 3, count: 1, _) = $0 { true } else { false } }
        #expect(told)
    }

    @Test func `a Unix connect that blocks gets in at the accept`() async throws {
        let probe = BacklogConfiguration(
            network: .unix, target: .own(backlog: 0), dials: 3, acceptEvery: .milliseconds(100), timeout: .seconds(8))
        let result = try await run(probe).result
        #expect(result.count(.connected) == 3)
        #expect(result.late.map(\.dial.index).sorted() == [2, 3])
        for (dial, accept) in result.late {
            let gap = dial.end - (try #require(accept)).time
            // On TCP it would be at the next SYN, a second after the dial began.
            #expect(gap >= .zero && gap < .milliseconds(800), "dial \(dial.index), \(gap)")
        }
    }

    @Test(arguments: networks)
    func `clients whose listener closes with its queue full are reset`(network: Network) async throws {
        let probe = BacklogConfiguration(network: network, target: .own(backlog: 4), dials: 5, closesListener: true)
        let (result, events) = try await run(probe)
        #expect(result.aftermath == BacklogResult.Aftermath(reset: 5))
        let lost = events.compactMap { if case .lost(let index, isReset: true) = $0 { index } else { nil } }
        #expect(lost == [1, 2, 3, 4, 5])
    }

    @Test func `who is in the queue can write, and nobody has accepted`() async throws {
        let result = try await run(BacklogConfiguration(dials: 1)).result
        #expect(result.count(.connected) == 1)
        #expect(result.bytesWritten == 2)
        #expect(result.accepts.isEmpty)
    }

    @Test func `every dial is told once, after the start, and counted as it was told`() async throws {
        let (result, events) = try await run(
            BacklogConfiguration(target: .own(backlog: 2), dials: 8, timeout: .milliseconds(60)))
        let plan = try #require(events.lazy.compactMap { if case .started(let plan) = $0 { plan } else { nil } }.first)
        #expect(plan.dials == 8)
        let told = events.compactMap { if case .dialled(let dial) = $0 { dial } else { nil } }
        #expect(told.sorted { $0.index < $1.index } == result.dials)
        #expect(result.dialled == 8)
    }

    @Test func `dials from several threads get as many in as there is room, or a few more`() async throws {
        let probe = BacklogConfiguration(
            target: .own(backlog: 16), dials: 40, timeout: .milliseconds(100), isConcurrent: true)
        let result = try await run(probe).result
        #expect((17...17 + 8).contains(result.count(.connected)))
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
            return try await BacklogProbe(BacklogConfiguration(target: .server(place), timeout: .milliseconds(60)))
                .run()
        }
        #expect(result.count(.connected) == 4)
        #expect(result.queue == ListeningQueue(length: 4, limit: 3))
        #expect(result.backlogRequested == nil)
    }

    @Test func `a server that is not there is an error, more dials than descriptors too`() async throws {
        let nowhere = try await onLoop {
            let listener = try await ListenConfiguration().listen(.tcp, "127.0.0.1:0")
            listener.close()
            return try Destination.parse("\(listener.endpoint)", role: .dialing)
        }
        try await onLoop {
            await #expect { try await BacklogProbe(BacklogConfiguration(target: .server(nowhere))).run() } throws: {
                guard case .network(let error) = $0 as? BacklogProbeError else { return false }
                return error.errno == .connectionRefused && error.operation == .dial
            }
            await #expect { try await BacklogProbe(BacklogConfiguration(dials: .max)).run() } throws: {
                guard case .descriptors(let needed, let limit) = $0 as? BacklogProbeError else { return false }
                return needed > limit
            }
        }
    }

    @Test func `a probe that is cancelled says what it had found`() async throws {
        let result = try await onLoop {
            let reached = Promise<Void>()
            let probe = BacklogProbe(BacklogConfiguration(target: .own(backlog: 3), timeout: nil)) { event in
                if case .waiting = event { reached.fulfil(()) }
            }
            let task = Netpoller.spawn { try await probe.run() }
            _ = await reached.wait(until: .now + patience)
            task.cancel()
            return try await task.value
        }
        #expect(result.isPartial)
        #expect(result.count(.connected) == 4)
        #expect(result.dials.count == 4)
    }
}
