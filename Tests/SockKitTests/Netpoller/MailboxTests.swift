import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct MailboxTests {
    @Test func `messages come out in the order they were posted, whether somebody waits or not`() async throws {
        try await onLoop {
            let box = Mailbox<Int>()
            box.post(1)
            box.post(2)
            #expect(await box.next(until: .past).message == 1)
            #expect(await box.next(until: nil).message == 2)
            let waiter = Netpoller.spawn { await box.next(until: .now + patience).message }
            await letOthersRun()
            box.post(3)
            #expect(await waiter.value == 3)
        }
    }

    @Test func `an empty box ends the wait at its deadline or when the task is cancelled`() async throws {
        try await onLoop {
            let box = Mailbox<Int>()
            for deadline in [Deadline.past, .now + .milliseconds(5)] {
                let outcome = await box.next(until: deadline)
                #expect(outcome.message == nil && outcome.wake == .deadline)
            }
            let waiter = Netpoller.spawn { await box.next(until: .now + patience).wake }
            await letOthersRun()
            waiter.cancel()
            #expect(await waiter.value == .cancelled)
        }
    }

    @Test func `the deadline of a wait that is over does not end the next one`() async throws {
        try await onLoop {
            let box = Mailbox<Int>()
            var soon = Deadline.now
            var first: Int?
            // On a busy machine the deadline may come first.
            while first == nil {
                soon = .now + .milliseconds(50)
                let waiter = Netpoller.spawn { [soon] in await box.next(until: soon).message }
                await letOthersRun()
                box.post(1)
                first = await waiter.value
                if first == nil { _ = await box.next(until: .past) }
            }
            let second = Netpoller.spawn { await box.next(until: nil).message }
            await Netpoller.sleep(until: soon + .milliseconds(5))
            box.post(2)
            #expect(await second.value == 2)
        }
    }
}
