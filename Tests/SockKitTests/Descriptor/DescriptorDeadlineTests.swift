import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct DescriptorDeadlineTests {
    @Test func `a deadline that has passed fails every read at once, until it is set again`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.client.write("queued")
            try await pair.server.waitUntilReceived(6)
            pair.server.readDeadline = .past
            for _ in 0..<3 {
                let time = try await elapsed {
                    let error = try await failure { _ = try await pair.server.read(upTo: 10) }
                    #expect(error.isTimeout && error.code == "timeout" && error.bytesTransferred == 0)
                    #expect(error.description.hasSuffix(": i/o timeout"))
                }
                #expect(time < patience)
            }
            // Nothing was consumed meanwhile.
            pair.server.readDeadline = nil
            #expect(try await pair.server.readText() == "queued")
            pair.close()
        }
    }

    @Test func `a deadline for writing does not concern reading, nor the other way round`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.client.writeDeadline = .past
            pair.server.readDeadline = .past
            #expect(try await failure { try await pair.client.write("x") }.isTimeout)
            try await pair.server.write("y")
            #expect(try await pair.client.readText() == "y")
            pair.client.writeDeadline = .now + patience
            try await pair.client.write("x")
            pair.close()
        }
    }

    @Test func `a read waits for its deadline and no longer`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let time = try await elapsed {
                pair.client.readDeadline = .now + .milliseconds(50)
                let error = try await failure { _ = try await pair.client.read(upTo: 1) }
                #expect(error.isTimeout)
            }
            #expect(time >= .milliseconds(50) && time < patience)
            pair.close()
        }
    }

    @Test func `a deadline set by another task wakes who waits`() async throws {
        try await onLoop {
            let pair = try await loopback()
            for moment in [Deadline.past, .now + .milliseconds(5)] {
                pair.client.readDeadline = nil
                let reader = Netpoller.spawn { _ = try await pair.client.read(upTo: 1) }
                await letOthersRun()
                pair.client.readDeadline = moment
                #expect(try await failure { try await reader.value }.isTimeout)
            }
            pair.close()
        }
    }

    @Test(arguments: [nil, patience])
    func `a deadline that is put off, or lifted, does not end the wait at the old moment`(
        span: Duration?
    ) async throws {
        try await onLoop {
            for attempt in 1...20 {
                let pair = try await loopback()
                defer { pair.close() }
                let old = Deadline.now + .milliseconds(20 * attempt)
                pair.client.readDeadline = old
                let reader = Netpoller.spawn { try await pair.client.readText() }
                await letOthersRun()
                pair.client.readDeadline = span.map { .now + $0 }
                // On a loaded machine the moment may have come before it was put off.
                if old.hasPassed { continue }
                await Netpoller.sleep(until: old + .milliseconds(10))
                try await pair.server.write("late")
                #expect(try await reader.value == "late")
                return
            }
            Issue.record("the machine is too slow to put a deadline off")
        }
    }

    @Test func `a deadline that is brought forward counts`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let reader = Netpoller.spawn { _ = try await pair.client.read(upTo: 1) }
            await letOthersRun()
            let time = try await elapsed {
                pair.client.readDeadline = .now + .milliseconds(10)
                let error = try await failure { try await reader.value }
                #expect(error.isTimeout)
            }
            #expect(time >= .milliseconds(10) && time < patience)
            pair.close()
        }
    }

    @Test func `a deadline that somebody waited for once does not wake a later wait`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let old = Deadline.now + .milliseconds(100)
            pair.client.readDeadline = old
            let first = Netpoller.spawn { _ = try await pair.client.read(upTo: 1) }
            await letOthersRun()
            pair.client.readDeadline = .past
            #expect(try await failure { try await first.value }.isTimeout)
            pair.client.readDeadline = .now + patience
            let second = Netpoller.spawn { try await pair.client.readText() }
            await Netpoller.sleep(until: old + .milliseconds(10))
            try await pair.server.write("still")
            #expect(try await second.value == "still")
            pair.close()
        }
    }

    @Test func `both deadlines are set in one go and read back`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let moment = Deadline.now + .seconds(3)
            pair.client.setDeadline(moment)
            #expect(pair.client.readDeadline == moment && pair.client.writeDeadline == moment)
            pair.client.setDeadline(nil)
            #expect(pair.client.readDeadline == nil && pair.client.writeDeadline == nil)
            pair.close()
        }
    }
}
