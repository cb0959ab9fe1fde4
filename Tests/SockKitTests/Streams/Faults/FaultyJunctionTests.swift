import Testing

@testable import SockKit

/// Two loopback connections, joined with faults between them.
@Suite(.timeLimit(.minutes(2))) struct FaultyJunctionTests {
    @Netpoller
    private func line(
        idleLimit: Duration? = nil,
        _ body: @Netpoller (Loopback, Loopback, Junction, FaultySource) async throws -> Void,
        _ change: (inout StreamFaults) -> Void
    ) async throws {
        let (left, right) = (try await loopback(), try await loopback())
        let source = FaultySource(left.server)
        var faults = StreamFaults()
        change(&faults)
        source.apply([(id: 1, faults: faults, seed: 1)])
        let junction = Junction(source, right.client, idleLimit: idleLimit)
        junction.start()
        try await body(left, right, junction, source)
        source.end()
        left.close()
        right.close()
    }

    @Test func `the end of a silent side is not passed on, and the pair ends with the other side`() async throws {
        try await onLoop {
            try await line { left, right, junction, _ in
                var passedOn: [Bool] = []
                junction.onEvent = { passedOn.append($0.isPassedOn) }
                try await left.client.write("lost")
                try left.client.closeWrite()
                try await waitUntil("the end") { !passedOn.isEmpty }
                #expect(passedOn == [false] && junction.ending == nil)
                try right.server.closeWrite()
                guard case .done = await junction.wait() else {
                    Issue.record("it ended otherwise")
                    return
                }
                #expect(junction.bytesUp == 0)
            } _: {
                $0.dropAfter = 0
            }
        }
    }

    @Test func `a side is not silent while bytes of it are under way`() async throws {
        try await onLoop {
            try await line { left, right, junction, source in
                try await left.client.write("late")
                try await waitUntil("the bytes under way") { source.bytesHeld == 4 }
                junction.stopWhenSilent(for: .milliseconds(20))
                #expect(try await right.server.readText() == "late")
                guard case .stopped = await junction.wait() else {
                    Issue.record("it ended otherwise")
                    return
                }
            } _: {
                $0.latency = .milliseconds(300)
            }
        }
    }

    @Test func `a silence is none while bytes are under way`() async throws {
        try await onLoop {
            try await line(idleLimit: .seconds(1)) { left, right, junction, _ in
                let start = Deadline.now
                try await left.client.write("late")
                #expect(try await right.server.readText() == "late")
                guard case .idle = await junction.wait() else {
                    Issue.record("it ended otherwise")
                    return
                }
                #expect(.now - start >= .milliseconds(2500))
            } _: {
                $0.latency = .milliseconds(1500)
            }
        }
    }

    @Test func `bytes that wait for a side which does not read put the end of a silence off no longer`() async throws {
        try await onLoop {
            try await line(idleLimit: .seconds(2)) { left, _, junction, source in
                let client = left.client
                let pouring = Netpoller.spawn { try? await client.write([UInt8](repeating: 1, count: 64 << 20)) }
                guard case .idle = await junction.wait() else {
                    Issue.record("it ended otherwise")
                    return
                }
                #expect(source.bytesHeld > 0)
                pouring.cancel()
                await pouring.value
            } _: {
                $0.latency = .milliseconds(1)
            }
        }
    }

    @Test func `what was under way when the other side failed is counted as lost`() async throws {
        try await onLoop {
            try await line { left, right, junction, source in
                try await left.client.write("never")
                try await waitUntil("the bytes under way") { source.bytesHeld == 5 }
                right.server.reset()
                guard case .failed(_, .far) = await junction.wait() else {
                    Issue.record("it ended otherwise")
                    return
                }
                #expect(junction.bytesLost.up == 5)
            } _: {
                $0.latency = .seconds(30)
            }
        }
    }

    @Test func `what is under way of a side that takes nothing more arrives, and its end after that`() async throws {
        try await onLoop {
            // Longer than a side that says nothing has.
            let latency = Duration.milliseconds(2500)
            try await line { left, right, junction, source in
                try await left.client.write("late")
                try await waitUntil("the bytes under way") { source.bytesHeld == 4 }
                let start = Deadline.now
                left.client.reset()
                try await right.server.write("nobody is there")
                guard case .failed(_, .near) = await junction.wait() else {
                    Issue.record("it ended otherwise")
                    return
                }
                #expect(.now - start >= latency)
                try #require(junction.bytesUp == 4)
                #expect(try await right.server.readText() == "late")
            } _: {
                $0.latency = latency
            }
        }
    }

    @Test func `whoever pours what is thrown away is not silent`() async throws {
        try await onLoop {
            let limit = Duration.seconds(2)
            try await line(idleLimit: limit) { left, _, junction, _ in
                let (writer, start) = (left.client, Deadline.now)
                let pouring = Netpoller.spawn { () -> Duration in
                    let end = start + limit * 2
                    var (last, longest) = (start, Duration.zero)
                    while !end.hasPassed, (try? await writer.write("x")) != nil {
                        await Netpoller.sleep(for: .milliseconds(5))
                        longest = max(longest, .now - last)
                        last = .now
                    }
                    return longest
                }
                guard case .idle = await junction.wait() else {
                    Issue.record("it ended otherwise")
                    return
                }
                let length = .now - start
                pouring.cancel()
                // On a machine that is busy elsewhere the loop itself may be away for so long that it was silent.
                let longest = await pouring.value
                #expect(length >= limit * 2 || longest >= limit, "\(length), \(longest)")
            } _: {
                $0.dropAfter = 0
            }
        }
    }
}
