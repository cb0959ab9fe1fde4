import SockKit
import Testing

/// Waiting for a peer to be gone for good, beside whoever reads.
@Suite(.timeLimit(.minutes(5))) struct HangUpTests {
    @Test func `any number may watch for the end beside a reader, who reads on`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let watchers = (0..<3).map { _ in watch(pair.client) }
            let reader = Netpoller.spawn { try await pair.client.readText() }
            let late = watch(pair.client)
            await letOthersRun()
            try await pair.server.write("x")
            #expect(try await reader.value == "x")
            pair.server.reset()
            for watcher in watchers + [late] { #expect(await watcher.value == nil) }
            pair.close()
        }
    }

    @Test func `closing ends every watch and the read beside them`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let watchers = (0..<3).map { _ in watch(pair.client) }
            let reader = Netpoller.spawn { _ = try await pair.client.read(upTo: 1) }
            await letOthersRun()
            pair.client.close()
            for watcher in watchers { #expect(await watcher.value?.isClosed == true) }
            #expect(try await failure { try await reader.value }.isClosed)
            pair.close()
        }
    }

    @Test func `a watch that is cancelled leaves the others`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let (first, second) = (watch(pair.client), watch(pair.client))
            await letOthersRun()
            first.cancel()
            #expect(await first.value?.cause == .cancelled)
            pair.server.reset()
            #expect(await second.value == nil)
            pair.close()
        }
    }

    @Test func `a watch ends at the deadline for reading, also one that is set meanwhile`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.client.readDeadline = .now + .milliseconds(20)
            #expect(await watch(pair.client).value?.isTimeout == true)
            pair.client.readDeadline = nil
            let watcher = watch(pair.client)
            await letOthersRun()
            pair.client.readDeadline = .past
            #expect(await watcher.value?.isTimeout == true)
            pair.close()
        }
    }

    @Test func `a watch that was woken is ended by a close before it runs`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let watcher = watch(pair.client)
            await letOthersRun()
            pair.client.readDeadline = .now + patience
            pair.client.close()
            #expect(await watcher.value?.isClosed == true)
            pair.close()
        }
    }

    /// What the watch failed with; nil where the peer was gone.
    @Netpoller
    private func watch(_ connection: Connection) -> Task<NetworkError?, Never> {
        Netpoller.spawn { () async -> NetworkError? in
            do throws(NetworkError) { try await connection.waitUntilGone() } catch { return error }
            return nil
        }
    }
}
