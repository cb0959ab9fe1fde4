import SockKit
import Synchronization
import Testing

/// Waiting for a stream without a task.
@Suite(.timeLimit(.minutes(1))) struct RestTests {
    private final class Sleeper: StreamSleeper {
        let wakes = Atomic<Int>(0)

        nonisolated func wake() { wakes.add(1, ordering: .relaxed) }

        var count: Int { wakes.load(ordering: .relaxed) }
    }

    @Test func `bytes, the end, a deadline and a close each wake the sleeper, once`() async throws {
        for cause in ["bytes", "end", "deadline", "moved deadline", "close"] {
            try await onLoop {
                let pair = try await loopback()
                let sleeper = Sleeper()
                if cause == "deadline" { pair.server.readDeadline = .now + .milliseconds(20) }
                #expect(try pair.server.hasNothingNow())
                #expect(pair.server.rest(waking: sleeper))
                await letOthersRun()
                #expect(sleeper.count == 0 || cause == "deadline")
                switch cause {
                case "bytes": try await pair.client.write("x")
                case "end": try pair.client.closeWrite()
                case "moved deadline": pair.server.readDeadline = .past
                case "close": pair.server.close()
                default: break
                }
                try await waitUntil("the sleeper is woken by \(cause)") { sleeper.count == 1 }
                if cause == "bytes" || cause == "deadline" { try await pair.client.write("yz") }
                await letOthersRun()
                #expect(sleeper.count == 1)
                pair.close()
            }
        }
    }

    @Test func `what can be read at once is no reason to rest`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.client.write("abc")
            try await pair.server.waitUntilReceived(3)
            #expect(!pair.server.rest(waking: Sleeper()))
            #expect(try !pair.server.hasNothingNow())
            pair.close()
            #expect(!pair.server.rest(waking: Sleeper()))
        }
    }
}

extension Connection {
    /// Whether a read would have to wait; what it gives instead is dropped.
    fileprivate func hasNothingNow() throws(NetworkError) -> Bool {
        guard let chunk = try readNow() else { return true }
        chunk.giveBack()
        return false
    }
}
