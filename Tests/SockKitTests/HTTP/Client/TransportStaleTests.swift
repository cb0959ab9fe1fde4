import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct TransportStaleTests {
    /// A server that ends each connection without a word when the second request on it has come.
    @Netpoller
    private static func closingOnSecond() async throws -> ScriptedServer {
        try await ScriptedServer { peer in
            _ = try await peer.request()
            try await peer.answer()
            _ = try await peer.request()
        }
    }

    @Test func `a GET over a stale connection goes out again over a new one`() async throws {
        try await onLoop {
            let server = try await Self.closingOnSecond()
            defer { server.close() }
            let transport = Transport()
            _ = try await transport.text(server.get())
            var retries: [NetworkError] = []
            let response = try await transport.roundTrip(server.get()) { event in
                if case .retryingStale(let error) = event { retries.append(error) }
            }
            #expect(try await response.text() == "ok")
            #expect(!response.isReused && server.connections == 2 && server.requests.count == 3)
            #expect(retries.count == 1 && retries.allSatisfy { $0.operation == .read })
        }
    }

    @Test func `a POST that may have arrived is not repeated, unless it says that it may be`() async throws {
        try await onLoop {
            let server = try await Self.closingOnSecond()
            defer { server.close() }
            let transport = Transport()
            _ = try await transport.text(server.get())
            let post = try server.post(.bytes([1]))
            let error = try await failure { _ = try await transport.roundTrip(post) }
            #expect(error.operation == .read && server.requests.count == 2)
            _ = try await transport.text(server.get())
            let keyed = try server.post(.bytes([1]), fields: ["Idempotency-Key": "x"])
            #expect(try await transport.text(keyed) == "ok")
        }
    }

    @Test func `a POST does not go out over a connection whose end has come`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.answer()
            }
            defer { server.close() }
            let transport = Transport()
            for _ in 0..<3 {
                let post = try server.post(.bytes([1]))
                #expect(try await transport.text(post) == "ok")
                try await waitUntil("the server has closed") { server.open == 0 }
            }
            #expect(server.requests.count == 3)
        }
    }

    @Test func `what fails on a new connection is not tried again`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in _ = try await peer.request() }
            defer { server.close() }
            let get = try server.get()
            let error = try await failure { _ = try await Transport().roundTrip(get) }
            #expect(error.code == "closed" && error.description.hasSuffix("without an answer"))
            #expect(server.connections == 1)
        }
    }

    @Test func `once an answer has begun nothing is tried again`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.answer()
                _ = try await peer.request()
                try await peer.send("HTTP/1.1 2")
            }
            defer { server.close() }
            let transport = Transport()
            _ = try await transport.text(server.get())
            let get = try server.get()
            let error = try await failure { _ = try await transport.roundTrip(get) }
            #expect(error.code == "truncated" && server.connections == 1)
        }
    }

    @Test func `a 408 to an idle connection is its end, and no answer`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.answer()
                try await peer.send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                try await peer.beSilent()
            }
            defer { server.close() }
            let transport = Transport()
            for _ in 0..<3 {
                let response = try await transport.roundTrip(server.get())
                #expect(response.status == 200 && !response.isReused)
                _ = try await response.drain()
            }
            #expect(server.connections == 3)
        }
    }

    @Test func `a 408 that crosses a request on its way is its end as well`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.answer()
                guard peer.number == 1 else { return try await peer.answerAll() }
                _ = try await peer.head()
                try await peer.send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            }
            defer { server.close() }
            let transport = Transport()
            _ = try await transport.text(server.get())
            #expect(try await transport.roundTrip(server.get()).status == 200)
        }
    }

    @Test func `among ten thousand reuses of connections that end at random no GET is lost`() async throws {
        try await onLoop {
            let server = try await Self.randomlyClosing()
            defer { server.close() }
            let transport = Transport()
            var reused = 0
            for number in 0..<10_000 {
                let response = try await transport.roundTrip(server.get("/\(number)"))
                if response.isReused { reused += 1 }
                #expect(try await response.drain() == 2)
            }
            #expect(reused > 5_000 && server.connections > 100)
        }
    }

    @Test func `and no POST arrives twice`() async throws {
        try await onLoop {
            let server = try await Self.randomlyClosing()
            defer { server.close() }
            let transport = Transport()
            var failed = 0
            for number in 0..<2_000 {
                do { _ = try await transport.roundTrip(server.post(.bytes([1]), "/\(number)")).drain() } catch {
                    failed += 1
                }
            }
            let paths = server.requests.map { $0.split(separator: " ")[1] }
            #expect(Set(paths).count == paths.count && paths.count >= 2_000 - failed)
        }
    }

    /// Ends connections at random moments: at once after an answer, a little later, or when a request has come.
    @Netpoller
    private static func randomlyClosing() async throws -> ScriptedServer {
        let dice = Dice()
        return try await ScriptedServer { peer in
            var served = 0
            while try await peer.request() != nil {
                let chance = dice.roll()
                if chance == 0, served > 0 { return }
                served += 1
                try await peer.answer()
                if chance == 1 { return }
                if chance == 2 {
                    await letOthersRun()
                    return
                }
            }
        }
    }
}

/// Random numbers that are the same in each run.
@Netpoller
private final class Dice {
    private var generator = SeededGenerator(seed: 11)

    func roll() -> Int { Int.random(in: 0..<20, using: &generator) }
}
