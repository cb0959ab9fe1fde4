@testable import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct NetpollerTests {
    @Test func `every task of the loop runs on one thread, before and after it waits`() async throws {
        let threads = try await withThrowingTaskGroup(of: [UInt].self) { group in
            for index in 0..<50 {
                group.addTask {
                    try await onLoop {
                        let before = ThreadCalls.current
                        await Netpoller.sleep(for: .milliseconds(index % 5))
                        return [before, ThreadCalls.current]
                    }
                }
            }
            return try await group.reduce(into: Set<UInt>()) { $0.formUnion($1) }
        }
        #expect(threads.count == 1)
        #expect(!threads.contains(ThreadCalls.current))
    }

    @Test func `a child task stays on the loop's thread`() async throws {
        let same = try await onLoop {
            async let child = childThread()
            return await child == ThreadCalls.current
        }
        #expect(same)
    }

    private func childThread() async -> UInt { ThreadCalls.current }

    @Test func `what a task throws is what its value throws`() async throws {
        await #expect(throws: Unexpected.self) { try await onLoop { throw Unexpected("x") } }
    }

    @Test func `a cancellation that comes late wakes nobody who waits there next`() async throws {
        try await onLoop {
            let place = Parking()
            let first = Netpoller.spawn { await place.wait() }
            await letOthersRun()
            place.wake()
            // Before the first one has gone on.
            let second = Netpoller.spawn { await place.wait(until: .now + .milliseconds(50)) }
            first.cancel()
            #expect(await second.value == .deadline)
            #expect(await first.value == .ready)
        }
    }

    @Test(arguments: [0, 1, 20, 300])
    func `a sleep is never shorter than asked`(milliseconds: Int) async throws {
        try await onLoop {
            let span = Duration.milliseconds(milliseconds)
            let time = try await elapsed { #expect(await Netpoller.sleep(for: span)) }
            #expect(time >= span && time < span + patience)
        }
    }

    @Test func `sleeping until a moment that has passed is no sleep`() async throws {
        try await onLoop {
            let time = try await elapsed { #expect(await Netpoller.sleep(until: .past)) }
            #expect(time < patience)
        }
    }

    @Test func `many timers ring in the order of their deadlines`() async throws {
        let (expected, rung) = try await onLoop {
            let start = Deadline.now
            var generator = SeededGenerator(seed: 5)
            let delays = Array(0..<200).shuffled(using: &generator)
            let log = Log<Int>()
            let tasks = delays.map { delay in
                Netpoller.spawn {
                    await Netpoller.sleep(until: start + .microseconds(50_000 + delay * 200))
                    log.entries.append(delay)
                }
            }
            for task in tasks { await task.value }
            return (delays.sorted(), log.entries)
        }
        #expect(rung == expected)
    }

    @Test func `a sleep ends at once where its task is cancelled, before or meanwhile`() async throws {
        try await onLoop {
            let time = try await elapsed {
                let sleeper = Netpoller.spawn { await Netpoller.sleep(for: .seconds(30)) }
                await letOthersRun()
                sleeper.cancel()
                #expect(await sleeper.value == false)
                let late = Netpoller.spawn { await Netpoller.sleep(until: nil) }
                late.cancel()
                #expect(await late.value == false)
            }
            #expect(time < patience)
        }
    }

    @Test func `a child gives its value, and ends where the task that waits for it is cancelled`() async throws {
        try await onLoop {
            #expect(await Netpoller.child { 5 } == 5)
            let parent = Netpoller.spawn { await Netpoller.child { await Netpoller.sleep(until: nil) } }
            await letOthersRun()
            parent.cancel()
            #expect(await parent.value == false)
        }
    }

    @Test func `a task that never waits does not keep timers from ringing`() async throws {
        try await onLoop {
            let done = Log<Bool>()
            let busy = Netpoller.spawn {
                let limit = Deadline.now + patience
                while done.entries.isEmpty, !limit.hasPassed { await Task.yield() }
                return !limit.hasPassed
            }
            await Netpoller.sleep(for: .milliseconds(5))
            done.entries.append(true)
            #expect(await busy.value)
        }
    }

    @Test func `a loop on a thread of its own that cannot go on ends the program with a sentence`() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            SystemCall.watch(WithoutMemory())
            await Netpoller.child {}
            _ = await Netpoller.child { await Netpoller.sleep(until: nil) }
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("the Netpoller cannot go on: epoll_wait: cannot allocate memory"))
    }
}

private struct WithoutMemory: SystemCallObserver {
    func fault(for call: String, descriptor: Int32) -> Errno? { call == "epoll_wait" ? .noMemory : nil }
}

/// What happened, in order.
@Netpoller
final class Log<Entry: Sendable> {
    var entries: [Entry] = []

    nonisolated init() {}
}
