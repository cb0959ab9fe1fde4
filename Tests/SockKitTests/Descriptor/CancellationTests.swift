import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
    @Test func `a cancelled task's read, write and accept end with cancelled`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let listener = try await listen()
            let tasks = [
                Netpoller.spawn { _ = try await pair.client.read(upTo: 1) },
                Netpoller.spawn { try await pair.client.write([UInt8](repeating: 1, count: 32 << 20)) },
                Netpoller.spawn { _ = try await listener.accept() },
            ]
            await letOthersRun()
            for task in tasks {
                task.cancel()
                let error = try await failure { try await task.value }
                #expect(error.cause == .cancelled && error.code == "cancelled" && !error.isTimeout)
                #expect(error.description.hasSuffix(": operation was canceled"))
            }
            listener.close()
            pair.close()
        }
    }

    @Test func `cancelling from outside the loop works as well`() async throws {
        let pair = try await onLoop { try await loopback() }
        let reader = Netpoller.spawn { _ = try await pair.client.read(upTo: 1) }
        reader.cancel()
        try await onLoop {
            let error = try await failure { try await reader.value }
            #expect(error.cause == .cancelled)
            pair.close()
        }
    }

    @Test func `a cancelled task still gets what needs no waiting`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.client.write("there")
            try await pair.server.waitUntilReceived(5)
            let reader = Netpoller.spawn { () async throws -> String in
                while !Task.isCancelled { await Task.yield() }
                return try await pair.server.readText()
            }
            reader.cancel()
            #expect(try await reader.value == "there")
            pair.close()
        }
    }

    @Test func `the connection outlives a cancelled read`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let reader = Netpoller.spawn { _ = try await pair.server.read(upTo: 1) }
            await letOthersRun()
            reader.cancel()
            #expect(try await failure { try await reader.value }.cause == .cancelled)
            try await pair.client.write("on")
            #expect(try await pair.server.readText() == "on")
            pair.close()
        }
    }
}
