import SockKit
import Testing

/// What a load counts, against servers of a few lines.
@Suite struct LoadCountingTests {
    /// A server that answers the n-th request, from 1, with this text; nil ends the connection.
    @Netpoller
    private final class Server {
        let listener: Listener
        private var served = 0
        private let answer: @Netpoller @Sendable (Int) async -> String?

        init(_ answer: @escaping @Netpoller @Sendable (Int) async -> String?) async throws {
            listener = try await ListenConfiguration().listen(.tcp, "127.0.0.1:0")
            self.answer = answer
            Netpoller.spawn {
                while let connection = try? await self.listener.accept() {
                    Netpoller.spawn { await self.converse(connection) }
                }
            }
        }

        /// Requests without a body come one by one: each read is one.
        private func converse(_ connection: Connection) async {
            defer { connection.close() }
            while (try? await connection.discard()) != nil {
                served += 1
                guard let text = await answer(served) else { return }
                guard (try? await connection.write(text)) != nil else { return }
            }
        }

        func load(_ plan: LoadPlan, _ rules: TransportRules = TransportRules()) async throws -> LoadResult {
            let url = try HTTPURL("http://\(listener.endpoint)/")
            let load = try HTTPLoad(plan, [HTTPRequest(.get, url)], over: Transport(rules: rules))
            let result = await load.run()
            listener.close()
            return result
        }
    }

    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test func `each request is planned, sent and answered once`() async throws {
        try await onLoop {
            let result = try await Server { _ in Self.ok }.load(LoadPlan(repetitions: 200, parallel: 5))
            #expect(result.sent == 200 && result.answered == 200 && result.isComplete)
            #expect(result.statuses == [200: 200] && result.bytes == 400)
            #expect(result.newConnections + result.reusedConnections == 200 && result.newConnections >= 5)
            #expect(result.latency.count == 200 && result.plannedLatency.count == 0 && result.firstByte.count == 200)
            #expect(result.elapsed > .zero && result.processorTime > .zero)
        }
    }

    @Test func `a failure has its phase, and a stale connection is none`() async throws {
        try await onLoop {
            // The third request meets an end on a kept connection: it is sent again on another, and answered.
            let stale = try await Server { $0 == 3 ? nil : Self.ok }.load(LoadPlan(repetitions: 10))
            #expect(stale.answered == 10 && stale.failures.total == 0 && stale.newConnections == 2)
            // It went out twice: once more than requests were sent.
            #expect(stale.staleRepeats == 1 && stale.newConnections + stale.reusedConnections == stale.sent + 1)
            let broken = try await Server { _ in "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" }
            let cut = try await Server { number in number == 1 ? "nonsense\r\n\r\n" : nil }
                .load(LoadPlan(repetitions: 2))
            #expect(cut.failures.total == 2 && cut.failures.sorted.map(\.phase) == [.firstByte, .head], "\(cut)")
            let slow = try await broken.load(LoadPlan(duration: .milliseconds(100)))
            #expect(slow.cut == 1 && slow.answered == 0 && !slow.isComplete)
        }
    }

    @Test func `the times of a request that failed or was cut are in no figure`() async throws {
        try await onLoop {
            let half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
            let closing = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
            let failed = try await Server { $0 == 2 ? "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" : closing }
                .load(LoadPlan(repetitions: 5))
            #expect(failed.answered == 4 && failed.failures.total == 1 && failed.newConnections == 5)
            #expect(failed.firstByte.count == 4 && failed.connect.count == 4 && failed.latency.count == 4)
            let cut = try await Server { _ in half }.load(LoadPlan(duration: .milliseconds(100)))
            #expect(cut.cut == 1 && cut.newConnections == 1)
            #expect(cut.firstByte.count == 0 && cut.connect.count == 0 && cut.latency.count == 0)
        }
    }

    @Test func `a request that is not taken whole fails while it is sent`() async throws {
        try await onLoop {
            let listener = try await ListenConfiguration().listen(.tcp, "127.0.0.1:0")
            defer { listener.close() }
            let put = HTTPRequest(
                .put, try HTTPURL("http://\(listener.endpoint)/"), body: .bytes([UInt8](repeating: 0, count: 64 << 20)))
            let load = try HTTPLoad(LoadPlan(repetitions: 1), [put], over: Transport())
            load.timeout = .milliseconds(100)
            let result = await load.run()
            #expect(result.failures.sorted.map(\.phase) == [.send], "\(result)")
        }
    }

    @Test func `with a rate nobody is early, and who is late is measured from the planned moment`() async throws {
        try await onLoop {
            // The first answer takes 200 ms: the nine that are due in that time wait for it.
            let server = try await Server { number in
                if number == 1 { await Netpoller.sleep(for: .milliseconds(200)) }
                return Self.ok
            }
            let result = try await server.load(LoadPlan(repetitions: 10, rate: 50))
            #expect(result.answered == 10 && result.elapsed >= .milliseconds(180))
            // The rate is that from the first send to the last answer.
            #expect(result.span > .zero && result.span <= result.elapsed && result.rate >= 10 / result.elapsed.seconds)
            let planned = try #require(result.plannedLatency.time(at: 5000))
            let sent = try #require(result.latency.time(at: 5000))
            #expect(planned >= .milliseconds(90) && sent < planned)
        }
    }

    @Test func `connections that may not be kept are made anew for each request`() async throws {
        try await onLoop {
            var rules = TransportRules()
            rules.disableKeepAlives = true
            let result = try await Server { _ in Self.ok }.load(LoadPlan(repetitions: 20, parallel: 2), rules)
            #expect(result.answered == 20 && result.newConnections == 20 && result.connect.count == 20)
        }
    }
}
