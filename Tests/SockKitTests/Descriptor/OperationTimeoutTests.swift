import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct OperationTimeoutTests {
    @Test func `each read has the whole time, however many came before`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.client.readTimeout = .milliseconds(150)
            let time = try await elapsed {
                for _ in 0..<4 {
                    try await pair.server.write("x")
                    await Netpoller.sleep(for: .milliseconds(60))
                    _ = try await pair.client.readText()
                }
                let error = try await failure { _ = try await pair.client.read(upTo: 1) }
                #expect(error.isTimeout)
            }
            // A deadline that was set once would have ended it after 150 ms.
            #expect(time >= .milliseconds(4 * 60 + 150) && time < patience)
            pair.close()
        }
    }

    @Test func `a read after one that timed out waits anew`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.client.readTimeout = .milliseconds(20)
            for _ in 0..<3 {
                let time = try await elapsed {
                    let error = try await failure { _ = try await pair.client.read(upTo: 1) }
                    #expect(error.isTimeout)
                }
                #expect(time >= .milliseconds(20))
            }
            try await pair.server.write("late")
            #expect(try await pair.client.readText() == "late")
            pair.close()
        }
    }

    @Test func `a write that blocks for too long says how much of it the kernel took`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.client.writeTimeout = .milliseconds(50)
            let bytes = [UInt8](repeating: 7, count: 64 << 20)
            let error = try await failure { try await pair.client.write(bytes) }
            #expect(error.isTimeout && error.operation == .write)
            let depths = try #require(pair.client.queueDepths)
            let arrived = try #require(pair.server.queueDepths?.received)
            #expect(error.bytesTransferred > 0 && error.bytesTransferred < bytes.count)
            #expect(
                error.bytesTransferred >= arrived && (depths.unacknowledged ?? 0) + arrived >= error.bytesTransferred)
            pair.close()
        }
    }

    @Test func `expiring ends what waits and all that follows, timeouts or not`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.client.readTimeout = patience
            let reader = Netpoller.spawn { _ = try await pair.client.read(upTo: 1) }
            await letOthersRun()
            pair.client.expire()
            #expect(try await failure { try await reader.value }.isTimeout)
            #expect(try await failure { _ = try await pair.client.read(upTo: 1) }.isTimeout)
            #expect(try await failure { try await pair.client.write("x") }.isTimeout)
            pair.close()
        }
    }

    @Test func `a deadline and a time for each read: the earlier one counts, and both stay`() async throws {
        try await onLoop {
            let pair = try await loopback()
            for (deadline, timeout) in [(50, 30_000), (30_000, 50)] {
                let moment = Deadline.now + .milliseconds(deadline)
                pair.client.readDeadline = moment
                pair.client.readTimeout = .milliseconds(timeout)
                let time = try await elapsed {
                    let error = try await failure { _ = try await pair.client.read(upTo: 1) }
                    #expect(error.isTimeout)
                }
                #expect(time >= .milliseconds(49) && time < patience)
                #expect(pair.client.readDeadline == moment)
            }
            pair.client.readDeadline = .past
            #expect(try await failure { _ = try await pair.client.read(upTo: 1) }.isTimeout)
            pair.client.readDeadline = nil
            try await pair.server.write("still")
            #expect(try await pair.client.readText() == "still")
            pair.close()
        }
    }

    @Test func `a deadline that is set while a read has its own time is the one that ends it, if it is earlier`()
        async throws
    {
        try await onLoop {
            let pair = try await loopback()
            for (timeout, deadline) in [(patience, Duration.zero), (.milliseconds(30), patience)] {
                pair.client.readDeadline = nil
                pair.client.readTimeout = timeout
                let reader = Netpoller.spawn { _ = try await pair.client.read(upTo: 1) }
                await letOthersRun()
                pair.client.readDeadline = .now + deadline
                let time = try await elapsed {
                    let error = try await failure { try await reader.value }
                    #expect(error.isTimeout)
                }
                #expect(time < patience / 2)
            }
            pair.close()
        }
    }

    @Test func `what was set is read back`() async throws {
        try await onLoop {
            let pair = try await loopback()
            #expect(pair.client.readTimeout == nil && pair.client.writeTimeout == nil)
            pair.client.readTimeout = .seconds(3)
            pair.client.writeTimeout = .milliseconds(1)
            #expect(pair.client.readTimeout == .seconds(3) && pair.client.writeTimeout == .milliseconds(1))
            pair.client.readTimeout = nil
            #expect(pair.client.readTimeout == nil)
            pair.close()
        }
    }
}
