import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct PollGroupTests {
    @Test func `who waits for nobody sleeps until the deadline`() async throws {
        try await onLoop {
            let group = try PollGroup()
            defer { group.close() }
            let start = Deadline.now
            #expect(await group.wait(until: start + .milliseconds(50)) == .deadline)
            #expect(.now - start >= .milliseconds(50))
        }
    }

    @Test func `what happens to many is told by their tags, each once, and wakes who waits`() async throws {
        try await onLoop {
            let group = try PollGroup()
            defer { group.close() }
            ProcessCalls.raiseDescriptorLimit()
            // More than the room for the events of one wait. A counter can be written to from the beginning.
            let counters = try (0..<600).map { _ in try PollCalls.makeWakeUp().release() }
            defer { for number in counters { _ = FileDescriptor(adopting: number) } }
            for (tag, counter) in counters.enumerated() { try group.add(counter, tag: tag) }
            var told: [Int] = []
            #expect(await group.wait(until: .now + patience) == .ready)
            try group.take { told.append($0) }
            #expect(told.sorted() == Array(0..<600))
            // Nothing new has happened to them since.
            #expect(await group.wait(until: .now + .milliseconds(20)) == .deadline)
            let last = counters[599]
            Netpoller.spawn { PollCalls.wake(last) }
            #expect(await group.wait(until: .now + patience) == .ready)
            try group.take { told.append($0) }
            #expect(told.dropFirst(600) == [599])
        }
    }

    @Test func `who waits is woken when the group is closed, or the task is cancelled`() async throws {
        try await onLoop {
            let group = try PollGroup()
            let closed = Netpoller.spawn { await group.wait(until: nil) }
            await Task.yield()
            group.close()
            #expect(await closed.value == .closed)
            let other = try PollGroup()
            defer { other.close() }
            let cancelled = Netpoller.spawn { await other.wait(until: nil) }
            cancelled.cancel()
            #expect(await cancelled.value == .cancelled)
        }
    }
}
