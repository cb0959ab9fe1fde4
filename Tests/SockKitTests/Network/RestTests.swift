import SockKit
import Synchronization
import Testing

/// Waiting for a stream without a task.
@Suite(.timeLimit(.minutes(5))) struct RestTests {
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

    /// Reads and answers on the spot, rests again, and closes the connection at "bye".
    private final class Answerer: StreamSleeper {
        let connection: Connection
        // Invariant: only the loop's thread touches it.
        nonisolated(unsafe) private(set) var heard: [String] = []

        init(_ connection: Connection) { self.connection = connection }

        func wake() { _ = Self.goOn(self) }

        private static let goOn = Netpoller.onLoop(answer)

        @Netpoller
        private static func answer(_ me: Answerer) -> Bool {
            guard let chunk = try? me.connection.readNow() else { return false }
            let text = String(decoding: chunk.copy(), as: UTF8.self)
            unsafe me.heard.append(text)
            _ = try? me.connection.writeNow(chunk)
            chunk.giveBack()
            if text == "bye" { me.connection.close() }
            return me.connection.rest(waking: me)
        }
    }

    @Test func `a sleeper may read, write, rest again and close on the spot, without any task`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let answerer = Answerer(pair.server)
            #expect(try pair.server.hasNothingNow())
            #expect(pair.server.rest(waking: answerer))
            for text in ["one", "two", "bye"] {
                try await pair.client.write(text)
                let answer = try await pair.client.readChunk()
                #expect(String(decoding: answer.copy(), as: UTF8.self) == text)
                answer.giveBack()
            }
            #expect(try await pair.client.discard() == nil)
            #expect(unsafe answerer.heard == ["one", "two", "bye"])
            pair.close()
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
