import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct HTTPRetryTests {
    /// Rules that need no patience.
    private static func rules(_ count: Int) -> RetryRules {
        var rules = RetryRules(count: count)
        rules.firstPause = .milliseconds(1)
        return rules
    }

    /// One that asks everybody to come again after so many seconds.
    @Netpoller
    private static func busy(for seconds: Int) async throws -> ScriptedServer {
        try await ScriptedServer { peer in
            while try await peer.request() != nil {
                try await peer.send("HTTP/1.1 503 X\r\nRetry-After: \(seconds)\r\nContent-Length: 2\r\n\r\nno")
            }
        }
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func `an answer that is no last word is asked for again`(status: Int) async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                while try await peer.request() != nil {
                    try await peer.send("HTTP/1.1 \(status) X\r\nContent-Length: 1\r\n\r\nx")
                    guard try await peer.request() != nil else { return }
                    try await peer.answer()
                }
            }
            defer { server.close() }
            let client = HTTPClient(retries: Self.rules(1))
            var pauses: [Duration] = []
            let response = try await client.send(server.post(.bytes([1]))) { event in
                if case .retrying(.status(let found, phrase: "X"), 1, let pause) = event, Int(found.code) == status {
                    pauses.append(pause)
                }
            }
            #expect(response.status == 200 && pauses == [.milliseconds(1)])
        }
    }

    @Test func `after the last retry the answer is returned as it is`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                while try await peer.request() != nil {
                    try await peer.send("HTTP/1.1 503 X\r\nContent-Length: 2\r\n\r\nno")
                }
            }
            defer { server.close() }
            let response = try await HTTPClient(retries: Self.rules(2)).send(server.get())
            #expect(try await response.text() == "no")
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a server that asks for a longer wait than there is time is not asked again`() async throws {
        try await onLoop {
            let server = try await Self.busy(for: 3600)
            defer { server.close() }
            var byEnd = Self.rules(3)
            byEnd.end = .now + patience
            for client in [HTTPClient(timeout: patience, retries: Self.rules(3)), HTTPClient(retries: byEnd)] {
                var told: [Duration] = []
                let response = try await client.send(server.get()) { event in
                    if case .notRetrying(.status(503, "X"), let pause, let limit) = event, limit <= patience {
                        told.append(pause)
                    }
                }
                #expect(try await response.text() == "no" && told == [.seconds(3600)])
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test func `where nothing limits it no server is waited for that asks for more than an hour`() async throws {
        try await onLoop {
            let server = try await Self.busy(for: 3601)
            defer { server.close() }
            var limits: [Duration] = []
            let response = try await HTTPClient(retries: Self.rules(3)).send(server.get()) { event in
                if case .notRetrying(_, _, let limit) = event { limits.append(limit) }
            }
            #expect(try await response.text() == "no" && limits == [.seconds(3600)])
        }
    }

    @Test func `the pauses double`() async throws {
        try await onLoop {
            var pauses: [Duration] = []
            let request = HTTPRequest(.get, try HTTPURL("http://127.0.0.1:1/"))
            _ = try await failure {
                _ = try await HTTPClient(retries: Self.rules(4)).send(request) { event in
                    if case .retrying(.error, _, let pause) = event { pauses.append(pause) }
                }
            }
            #expect(pauses == [1, 2, 4, 8].map { .milliseconds($0) })
        }
    }

    @Test func `Retry-After counts, in seconds or as a moment`() {
        func pause(_ value: String?) -> Duration? {
            var fields = Fields()
            fields["Retry-After"] = value
            return RetryRules.retryAfter(
                ResponseHead(503, fields: fields), now: Timestamp(since1970: 784_111_777_000_000_000))
        }
        #expect(pause("120") == .seconds(120) && pause("0") == .zero && pause(nil) == nil)
        #expect(pause("Sun, 06 Nov 1994 08:49:40 GMT") == .seconds(3))
        #expect(pause("Sun, 06 Nov 1994 08:49:00 GMT") == .zero)
        #expect(pause("soon") == nil && pause("-1") == nil && pause("") == nil)
        #expect(pause("99999999999999999999") == .seconds(Int32.max))
    }

    @Test func `what may have been done is not done again, what cannot be sent again neither`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in _ = try await peer.request() }
            defer { server.close() }
            let client = HTTPClient(retries: Self.rules(3))
            let post = try server.post(.bytes([1]))
            _ = try await failure { _ = try await client.send(post) }
            #expect(server.requests.count == 1)
            let get = try server.get()
            _ = try await failure { _ = try await client.send(get) }
            #expect(server.requests.count == 5)
        }
    }

    @Test func `a retry that would come after the end of the exchange does not wait for it`() async throws {
        try await onLoop {
            var request = HTTPRequest(.get, try HTTPURL("http://127.0.0.1:1/"))
            request.deadline = .now + .milliseconds(20)
            let late = request
            let error = try await failure { _ = try await HTTPClient(retries: RetryRules(count: 3)).send(late) }
            #expect(error.isTimeout)
        }
    }
}
