import Testing

@testable import SockKit

/// Each phase has its limit: a server is silent in each.
@Suite(.timeLimit(.minutes(5))) struct TransportTimeoutTests {
    private static let short = Duration.milliseconds(50)

    @Test func `a dial that nobody answers`() async throws {
        try await onLoop {
            let hole = try await BlackHole()
            defer { hole.close() }
            let transport = Transport(rules: .with { $0.dialTimeout = Self.short })
            let request = HTTPRequest(.get, try HTTPURL("http://\(hole.endpoint)/"))
            let error = try await failure { _ = try await transport.roundTrip(request) }
            #expect(error.operation == .dial && error.isTimeout)
        }
    }

    @Test func `a dial that takes longer than the exchange may`() async throws {
        try await onLoop {
            let hole = try await BlackHole()
            defer { hole.close() }
            let request = HTTPRequest(.get, try HTTPURL("http://\(hole.endpoint)/"), deadline: .now + Self.short)
            let error = try await failure { _ = try await Transport().roundTrip(request) }
            #expect(error.operation == .dial && error.isTimeout)
        }
    }

    @Test func `a server that does not read the content`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.head()
                await Netpoller.sleep(for: patience)
            }
            defer { server.close() }
            var post = try server.post(.bytes([UInt8](repeating: 0, count: 64 << 20)))
            // On a busy machine the time may be over before the first byte.
            var error: NetworkError
            var limit = Self.short
            repeat {
                post.deadline = .now + limit
                let request = post
                error = try await failure { _ = try await Transport().roundTrip(request) }
                limit = limit * 2
            } while error.bytesTransferred == 0 && limit < patience
            #expect(error.isTimeout && error.operation == .write)
            #expect(error.description.hasSuffix("before the request was sent"), "\(error)")
            #expect(error.bytesTransferred > 0 && error.bytesTransferred < 64 << 20, "\(error.bytesTransferred)")
        }
    }

    @Test func `a server that does not answer`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.beSilent() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.responseHeaderTimeout = Self.short })
            let get = try server.get()
            let error = try await failure { _ = try await transport.roundTrip(get) }
            #expect(error.isTimeout && error.description.contains("response header timeout"), "\(error)")
            var late = try server.get()
            // Enough for the dial, also where the machine is busy.
            late.deadline = .now + .seconds(2)
            let request = late
            let other = try await failure { _ = try await Transport().roundTrip(request) }
            #expect(other.isTimeout && other.description.hasSuffix("before the head of the answer came"), "\(other)")
        }
    }

    @Test func `the response header timeout ends with the head`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.responseHeaderTimeout = patience })
            let get = HTTPRequest(.get, try server.url(), deadline: .now + patience * 2)
            let response = try await transport.roundTrip(get)
            #expect(response.connection.stream.readDeadline == get.deadline)
            #expect(try await response.text() == "ok")
        }
    }

    @Test func `a server that sleeps in the content: the client's limit is for all of it`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
                try await peer.beSilent()
            }
            defer { server.close() }
            // The head must have come before it is over, however busy the machine is.
            let client = HTTPClient(timeout: .seconds(4))
            let request = HTTPRequest(.get, try server.url())
            let response = try await client.send(request)
            let error = try await failure { _ = try await response.readAll() }
            #expect(error.isTimeout && error.bytesTransferred == 3, "\(error)")
            #expect(error.description.hasSuffix("before the content had come"))
        }
    }

    @Test func `a server that never permits the content gets it after a while`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.expectContinueTimeout = Self.short })
            let post = try server.post(.bytes(Array("content".utf8)), fields: ["Expect": "100-continue"])
            let time = try await elapsed { _ = try await transport.text(post) }
            #expect(time >= Self.short && server.requests[0].hasSuffix("\r\n\r\ncontent"))
        }
    }

    @Test func `a limit of one exchange does not stay with the connection`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport()
            var get = try server.get()
            _ = try await transport.text(get)
            get.deadline = nil
            let response = try await transport.roundTrip(get)
            #expect(response.isReused && response.connection.stream.readDeadline == nil)
            #expect(try await response.text() == "ok")
        }
    }

    @Test func `a cancelled task gives up in each phase`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.beSilent() }
            let hole = try await BlackHole()
            defer { server.close(); hole.close() }
            for url in [try server.url(), try HTTPURL("http://\(hole.endpoint)/")] {
                let task = Netpoller.spawn { try await Transport().roundTrip(HTTPRequest(.get, url)) }
                await letOthersRun()
                task.cancel()
                let error = try await failure { _ = try await task.value }
                #expect(error.code == "cancelled")
            }
        }
    }
}
