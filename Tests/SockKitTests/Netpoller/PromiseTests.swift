import Glibc
@testable import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct PromiseTests {
    @Test func `a value that came before the wait, or while it goes on, is what the wait gives`() async throws {
        try await onLoop {
            let early = Promise<Int>()
            early.fulfil(1)
            early.fulfil(2)
            #expect(await early.wait(until: .past).value == 1)
            let late = Promise<Int>()
            let waiter = Netpoller.spawn { await late.wait(until: .now + patience).value }
            await letOthersRun()
            late.fulfil(3)
            #expect(await waiter.value == 3)
        }
    }

    @Test func `a wait without a value ends at its deadline or when it is cancelled`() async throws {
        try await onLoop {
            let outcome = await Promise<Int>().wait(until: .past)
            #expect(outcome.value == nil && outcome.wake == .deadline)
            let waiter = Netpoller.spawn { await Promise<Int>().wait(until: .now + patience).wake }
            await letOthersRun()
            waiter.cancel()
            #expect(await waiter.value == .cancelled)
        }
    }

    @Test func `a parked task is woken once; nobody is there for the second wake`() async throws {
        try await onLoop {
            let place = Parking()
            #expect(!place.wake())
            let sleeper = Netpoller.spawn { await place.wait(until: .now + patience) }
            await letOthersRun()
            #expect(place.wake(.closed))
            #expect(!place.wake())
            #expect(await sleeper.value == .closed)
        }
    }

    @Test func `a wake before the wait is not remembered`() async throws {
        try await onLoop {
            let place = Parking()
            place.wake()
            #expect(await place.wait(until: .now + .milliseconds(5)) == .deadline)
        }
    }

    @Test func `work that blocks gives its result and leaves the loop free meanwhile`() async throws {
        try await onLoop {
            let gate = Gate()
            let work = Netpoller.spawn {
                try await Netpoller.offload(until: .now + patience) {
                    gate.pass(); return ThreadCalls.current
                }
            }
            // The loop goes on running tasks and timers while the helper is blocked.
            #expect(await Netpoller.sleep(for: .milliseconds(2)))
            gate.open()
            let helper = try await work.value
            #expect(helper != ThreadCalls.current)
        }
    }

    @Test func `work that blocks too long is abandoned at the deadline, and its result dropped`() async throws {
        try await onLoop {
            let gate = Gate()
            defer { gate.open() }
            let time = try await elapsed {
                await #expect(throws: DescriptorThreadFailure.self) {
                    try await Netpoller.offload(until: .now + .milliseconds(30)) { gate.pass() }
                }
            }
            #expect(time >= .milliseconds(30) && time < patience)
        }
    }

    @Test func `cancelling ends the wait for work that blocks`() async throws {
        try await onLoop {
            let gate = Gate()
            defer { gate.open() }
            let work = Netpoller.spawn { () async -> Bool in
                do throws(DescriptorThreadFailure) {
                    try await Netpoller.offload { gate.pass() }
                    return false
                } catch {
                    if case .cancelled = error { return true }
                    return false
                }
            }
            await letOthersRun()
            work.cancel()
            #expect(await work.value)
        }
    }
}

/// Holds a thread up until it is opened, or for ten seconds.
private final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    func pass() {
        let limit = Deadline.now + patience
        while !isOpen.load(ordering: .acquiring), !limit.hasPassed { usleep(500) }
    }
}
