import SockKit
import Testing

/// The engine, without the program around it.
@Suite(.timeLimit(.minutes(5))) struct WriteBlockProbeTests {
    /// A probe with small buffers, which fill alike whatever the congestion control, and that ends with the block.
    static func probe(_ network: Network = .tcp, _ change: (inout WriteBlockProbe) -> Void = { _ in })
        -> WriteBlockProbe
    {
        var probe = WriteBlockProbe(network: network)
        if network.isTCP {
            probe.dialer.options.sendBuffer = 65536
            probe.dialer.options.receiveBuffer = 65536
        }
        probe.afterglow = .zero
        change(&probe)
        // What a peer's end leads to comes after the block.
        if probe.ending != nil { probe.afterglow = .seconds(5) }
        return probe
    }

    /// What a run told, in its order.
    @Netpoller final class Log {
        var events: [WriteBlockEvent] = []
        var writes: [WriteBlockEvent.Write] {
            events.compactMap { if case .wrote(let write) = $0 { write } else { nil } }
        }
        var reads: [WriteBlockEvent.PeerRead] {
            events.compactMap { if case .peerRead(let read) = $0 { read } else { nil } }
        }
        var blocks: [WriteBlockEvent.Block] {
            events.compactMap { if case .blocked(let block) = $0 { block } else { nil } }
        }
        var unblocks: [WriteBlockEvent.Unblock] {
            events.compactMap { if case .unblocked(let unblock) = $0 { unblock } else { nil } }
        }

        func run(_ probe: WriteBlockProbe) async throws(NetworkError) -> WriteBlockResult {
            var probe = probe
            probe.onEvent = { self.events.append($0) }
            return try await probe.run()
        }
    }

    @Test(arguments: [Network.tcp, .tcp4, .tcp6, .unix, .unixpacket, .unixgram])
    func `every byte is accounted for on every network`(network: Network) async throws {
        try await onLoop {
            let log = Log()
            let result = try await log.run(Self.probe(network))
            #expect(result.isBlocked && result.isAccounted == true && result.ending == .timeUp)
            #expect(result.ledger.accepted > 0 && result.ledger.readByPeer == 0 && result.lost == 0)
            let waiting = network.isTCP ? try #require(result.ledger.inSendQueue) : 0
            #expect(waiting + (try #require(result.ledger.inReceiveQueue)) == result.ledger.accepted)
            #expect((result.writes - 1) * 65536 + result.lastWriteBytes == result.ledger.accepted)
            #expect(log.blocks.count == 1 && log.unblocks.isEmpty && result.errors.isEmpty)
            let whole = log.writes.map(\.bytes).reduce(0, +)
            #expect(whole == result.ledger.accepted)
            #expect(log.blocks[0].taken == 0 || log.blocks[0].taken == log.writes.last?.bytes)
            #expect((result.congestionControl != nil) == network.isTCP && (result.mss != nil) == network.isTCP)
        }
    }

    @Test func `looking at the queues changes nothing in them`() async throws {
        try await onLoop {
            // Other tests share this loop and may keep it for longer than the kernel's own timers: then totals differ.
            var totals: [[Int]] = []
            for _ in 0..<3 {
                let without = try await Self.probe().run()
                let with = try await Self.probe { $0.samplingInterval = .milliseconds(1) }.run()
                #expect(without.timeline.samples.isEmpty && with.timeline.samples.count > 1)
                #expect(with.timeline.marks.map(\.kind) == [.blocked])
                totals.append([without.ledger.accepted, with.ledger.accepted])
                if without.ledger == with.ledger, without.writes == with.writes { return }
            }
            Issue.record("the totals differ with sampling and without: \(totals)")
        }
    }

    @Test func `buffers are told as asked for and as granted`() async throws {
        try await onLoop {
            func most(_ name: String) throws -> Int {
                try #require(try Int(FileCalls.contents(of: "/proc/sys/net/core/\(name)").dropLast()))
            }
            // socket(7): the kernel clamps what is asked for, and doubles it.
            for asked in [65536, 1 << 30] {
                let buffers = try await Self.probe {
                    $0.writes = 1
                    ($0.dialer.options.sendBuffer, $0.dialer.options.receiveBuffer) = (asked, asked)
                }.run().buffers
                #expect(buffers.sendAsked == asked && buffers.receiveAsked == asked)
                #expect(try buffers.send == 2 * min(asked, most("wmem_max")))
                #expect(try buffers.receive == 2 * min(asked, most("rmem_max")))
            }
        }
    }

    @Test func `a read that makes too little room moves nothing, and the one that counts is told`() async throws {
        try await onLoop {
            let log = Log()
            let result = try await log.run(
                Self.probe {
                    $0.reading = WriteBlockProbe.Reading(after: .milliseconds(1500), every: .milliseconds(20))
                })
            let first = try #require(log.reads.first)
            #expect(first.moved == 0)
            // It read more than it freed: a segment takes up its place until it is read to its end.
            #expect(try #require(first.room) < first.bytes)
            let unblock = try #require(log.unblocks.first)
            #expect(result.unblockedByRead == unblock.reads && unblock.reads > 1)
            #expect(log.reads.prefix(unblock.reads).contains { $0.moved ?? 0 > 0 })
            #expect(result.isAccounted == true && result.lost == 0)
            #expect(try #require(result.ledger.readByPeer) == log.reads.map(\.bytes).reduce(0, +))
        }
    }

    // Not `.kill`, here and below: the child that it forks would hold the sockets of all other tests. The command's tests
    // have it.
    @Test(arguments: [WriteBlockProbe.PeerEnding.close, .reset])
    func `a peer that ends with bytes unread is a reset first and a broken pipe after`(
        ending: WriteBlockProbe.PeerEnding
    ) async throws {
        try await onLoop {
            let log = Log()
            let result = try await log.run(
                Self.probe {
                    $0.ending = ending
                    $0.reading = WriteBlockProbe.Reading(after: .zero, every: .milliseconds(100), size: 1000)
                })
            #expect(result.errors.map(\.code) == ["ECONNRESET", "EPIPE"] && result.ending == .failed)
            #expect(result.errors[0].bytesTransferred == result.lastWriteBytes)
            let read = log.reads.map(\.bytes).reduce(0, +)
            #expect(read > 0 && result.lost == result.ledger.accepted - read && result.isAccounted == true)
        }
    }

    @Test func `a Unix peer that closes is a broken pipe at once`() async throws {
        try await onLoop {
            let result = try await Self.probe(.unix) { $0.ending = .close }.run()
            #expect(result.errors.last?.code == "EPIPE" && result.lost == result.ledger.accepted)
            #expect(result.isAccounted == true)
        }
    }

    @Test(arguments: [Network.tcp, .unix], [false, true])
    func `draining finishes the write that was blocked, and nothing is lost`(network: Network, isBlocking: Bool)
        async throws
    {
        try await onLoop {
            let log = Log()
            let result = try await log.run(
                Self.probe(network) {
                    ($0.ending, $0.chunk, $0.isBlocking) = (.drain, 1 << 20, isBlocking)
                })
            #expect(result.ending == .drained && result.lost == 0 && result.isAccounted == true)
            #expect(result.ledger.accepted == 1 << 20 && result.ledger.readByPeer == 1 << 20)
            #expect(log.writes.map(\.bytes) == [1 << 20] && log.unblocks.count == log.blocks.count)
        }
    }

    @Test func `a deadline cuts a write short and stays passed`() async throws {
        try await onLoop {
            let log = Log()
            let timeout = Duration.milliseconds(700)
            let result = try await log.run(Self.probe { $0.writeTimeout = timeout })
            #expect(result.errors.map(\.isTimeout) == [true, true, true] && result.ending == .timedOut)
            #expect(log.writes.suffix(3).map(\.bytes) == [result.lastWriteBytes, 0, 0])
            #expect(result.lastWriteBytes > 0 && result.lastWriteBytes < 65536 && result.isBlocked)
            // The later ones fail at once: they do not wait for their time again.
            #expect(log.writes.suffix(2).allSatisfy { $0.duration < timeout })
            #expect(try #require(log.writes.dropLast(2).last).duration >= timeout)
            #expect(result.isAccounted == true)
        }
    }

    @Test func `a deadline of microseconds does not fail a write that need not wait`() async throws {
        try await onLoop {
            let result = try await Self.probe { $0.writeTimeout = .microseconds(1) }.run()
            #expect(result.ledger.accepted >= 65536 && result.errors.count == 3 && result.isAccounted == true)
        }
    }

    @Test(arguments: [Network.tcp, .unix])
    func `a thread that blocks in a write gets the short count, then the errors`(network: Network) async throws {
        try await onLoop {
            let log = Log()
            let result = try await log.run(
                Self.probe(network) { ($0.isBlocking, $0.ending) = (true, .close) })
            let codes = network.isTCP ? ["ECONNRESET", "EPIPE"] : ["EPIPE"]
            #expect(Array(result.errors.map(\.code).suffix(codes.count)) == codes)
            let short = log.writes.filter { $0.error == nil && $0.bytes < 65536 }.map(\.bytes)
            #expect(short == [log.blocks[0].taken] && result.lastWriteBytes == short[0])
            #expect(result.lost == result.ledger.accepted && result.isAccounted == true)
        }
    }

    @Test func `a blocking write that is still under way at the end is counted as far as it came`() async throws {
        try await onLoop {
            let log = Log()
            let blocking = try await log.run(Self.probe { $0.isBlocking = true })
            #expect(log.writes.map(\.bytes).reduce(0, +) == blocking.ledger.accepted)
            #expect(blocking.isAccounted == true && blocking.isBlocked && blocking.errors.isEmpty)
            #expect((blocking.writes - 1) * 65536 + blocking.lastWriteBytes == blocking.ledger.accepted)
        }
    }

    @Test func `where both write the peer ends once both are blocked, and both ways lose bytes`() async throws {
        try await onLoop {
            let log = Log()
            let result = try await log.run(Self.probe { ($0.bothWrite, $0.ending) = (true, .close) })
            let back = try #require(result.back)
            #expect(back.blockedAfter != nil && back.isAccounted == true && result.isAccounted == true)
            #expect(back.lost > 0 && back.lost == back.ledger.inSendQueue)
            #expect(result.lost == result.ledger.accepted && result.errors.first?.code == "ECONNRESET")
        }
    }

    @Test func `a deadline does not change when the block began`() async throws {
        try await onLoop {
            let timeout = Duration.milliseconds(700)
            let result = try await Self.probe { $0.writeTimeout = timeout }.run()
            // The last byte was taken long before the deadline passed.
            #expect(try #require(result.blockedAfter) < result.elapsed - timeout / 2)
        }
    }

    @Test func `both directions have buffers of their own`() async throws {
        try await onLoop {
            let log = Log()
            let result = try await log.run(Self.probe { $0.bothWrite = true })
            let back = try #require(result.back)
            #expect(result.isAccounted == true && back.isAccounted == true && back.blockedAfter != nil)
            #expect(Set(log.blocks.map(\.writer)) == [.probe, .peer])
            #expect(back.ledger.accepted > 65536 && result.ledger.accepted > 65536)
        }
    }

    @Test(arguments: [Network.tcp, .unixpacket])
    func `a peer that reads all the time blocks nobody`(network: Network) async throws {
        try await onLoop {
            // The peer reads on this loop too: where other tests keep it for half a second, nobody reads.
            for attempt in 1...3 {
                let result = try await Self.probe(network) {
                    ($0.reading, $0.duration) = (WriteBlockProbe.Reading(size: 65536), .milliseconds(100))
                }.run()
                if result.isBlocked, attempt < 3 { continue }
                #expect(!result.isBlocked && result.ending == .neverBlocked && result.isAccounted == true)
                #expect(result.ledger.readByPeer == result.ledger.accepted)
                return
            }
        }
    }

    @Test func `a read that is shorter than the message loses the rest, and that is told`() async throws {
        try await onLoop {
            let result = try await Self.probe(.unixpacket) {
                ($0.reading, $0.writes, $0.chunk) = (WriteBlockProbe.Reading(size: 1000), 5, 1500)
            }.run()
            #expect(result.ledger.readByPeer == 5000 && result.ledger.cut == 2500 && result.lost == 2500)
            #expect(result.isAccounted == true)
        }
    }

    @Test func `Nagle's algorithm gathers small writes, and holds the last ones back`() async throws {
        try await onLoop {
            let small = { @Sendable (isGathering: Bool) in
                Self.probe { probe in
                    (probe.chunk, probe.writes, probe.dialer.options.noDelay) = (100, 60, !isGathering)
                }
            }
            // The acknowledgement that it waits for is delayed by 40 ms (TCP_DELACK_MIN). The last write may be later than the
            // segment that is acknowledged, by long where others take the CPU; but not every time.
            for attempt in 1...5 {
                let gathered = try await small(true).run()
                #expect(try #require(gathered.segments) < 60)
                #expect(gathered.ledger.inReceiveQueue == 6000 && gathered.isAccounted == true)
                if try #require(gathered.sentAfter) > .milliseconds(40) / 2 { return }
                #expect(attempt < 5, "the last bytes were never held back")
            }
        }
    }

    @Test func `somebody else's peer on this machine is looked into, and its bytes add up`() async throws {
        try await onLoop {
            let listener = try await listen(.tcp)
            let result = try await Self.probe {
                $0.destination = Destination(
                    place: .host("127.0.0.1", service: "\(listener.endpoint.port ?? 0)"))
            }.run()
            #expect(result.isBlocked && result.ledger.readByPeer == nil && result.isAccounted == true)
            #expect(
                try #require(result.ledger.inSendQueue) + #require(result.ledger.inReceiveQueue)
                    == result.ledger.accepted)
        }
    }

    @Test func `what cannot be done fails and says why`() async throws {
        try await onLoop {
            let datagrams = await #expect(throws: NetworkError.self) { try await Self.probe(.udp).run() }
            #expect(datagrams?.description.contains("never blocks") == true)
            let long = await #expect(throws: NetworkError.self) {
                try await Self.probe(.unixpacket) { $0.chunk = 1 << 20 }.run()
            }
            #expect(long?.code == "limit")
            let port = try RefusingPort()
            let place = try Destination.parse("\(port.endpoint)", role: .dialing)
            let nobody = await #expect(throws: NetworkError.self) {
                try await Self.probe { $0.destination = place }.run()
            }
            _ = consume port
            #expect(nobody?.code == "ECONNREFUSED")
        }
    }

    @Test func `a cancelled probe ends at once with what it has`() async throws {
        try await onLoop {
            let log = Log()
            let task = Netpoller.spawn { try await log.run(Self.probe { $0.duration = .seconds(60) }) }
            try await waitUntil("a write") { !log.writes.isEmpty }
            task.cancel()
            let result = try await task.value
            #expect(result.ending == .interrupted && result.ledger.accepted > 0)
        }
    }
}
