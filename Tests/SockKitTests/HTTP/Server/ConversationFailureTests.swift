import SockKit
import Testing

/// Handlers that fail, clients that are late, and the order to finish.
@Suite(.timeLimit(.minutes(5))) struct ConversationFailureTests {
    private static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `a handler that says nothing, fails, or sets a field that breaks its line has made a 500`() async throws
    {
        let handlers = [
            Answering { (_) async throws(NetworkError) in },
            Answering { (_) async throws(NetworkError) in
                throw NetworkError(.read, .file("/x"), cause: .system(.inputOutput, call: "read"))
            },
            Answering { (exchange) async throws(NetworkError) in
                try await exchange.respond(200, ["X": "a\r\nSet-Cookie: b"], body: [])
            },
        ]
        for handler in handlers {
            let answer = try await talk(Self.get, handler)
            #expect(answer.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n") && !answer.contains("Cookie"))
        }
    }

    @Test func `an answer that ends short is not taken for a whole one`() async throws {
        let short = Answering { (exchange) async throws(NetworkError) in
            try await exchange.begin(200, length: nil)
            try await exchange.write(Array("half".utf8))
            throw NetworkError(.read, .file("/x"), cause: .system(.inputOutput, call: "read"))
        }
        let answer = try await talk(Self.get, short)
        #expect(answer.hasSuffix("4\r\nhalf\r\n"))
        let promised = Answering { (exchange) async throws(NetworkError) in
            try await exchange.begin(200, length: 10)
            try await exchange.write(Array("half".utf8))
        }
        #expect(try await talk(Self.get + Self.get, promised).hasSuffix("half"))
    }

    @Test func `a head that is late is told so, from its first byte`() async throws {
        try await onLoop {
            let limits = HTTPServerLimits(header: .milliseconds(50), idle: .seconds(30))
            let talk = try await Talk(Answering.target, limits: limits)
            try await talk.send("GET /a HT")
            let answer = try await talk.rest()
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n") && answer.contains("Connection: close"))
            talk.client.close()
        }
    }

    @Test func `content that is late is told so`() async throws {
        try await onLoop {
            let talk = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    _ = try await exchange.readWholeBody(limit: 100)
                }, limits: HTTPServerLimits(body: .milliseconds(50)))
            try await talk.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
            #expect(try await talk.rest().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            talk.client.close()
        }
    }

    @Test(arguments: [true, false]) func `a silent client is let go without a word`(hasAsked: Bool) async throws {
        try await onLoop {
            let talk = try await Talk(Answering.target, limits: HTTPServerLimits(idle: .milliseconds(60)))
            if hasAsked {
                try await talk.send(Self.get)
                _ = try await talk.read(through: "\r\n/a")
            }
            #expect(try await talk.rest().isEmpty)
            #expect(try await talk.task.value.get() == .timeout)
            talk.client.close()
        }
    }

    @Test func `a client that does not read is given up`() async throws {
        try await onLoop {
            let talk = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    let piece = [UInt8](repeating: 0, count: 1 << 20)
                    try await exchange.begin(200, length: 1 << 30)
                    for _ in 0..<1024 { try await exchange.write(piece) }
                }, limits: HTTPServerLimits(write: .milliseconds(50)))
            try await talk.send(Self.get)
            guard case .failure(let error) = await talk.task.value else { throw HarnessError("it was written") }
            #expect(error.cause == .timeout && error.operation == .write)
            talk.client.close()
        }
    }

    @Test func `told to finish, an idle conversation ends at once and a running one behind its answer`() async throws {
        try await onLoop {
            let idle = try await Talk(Answering.target)
            try await idle.send(Self.get)
            _ = try await idle.read(through: "\r\n/a")
            try await waitUntil("it waits for another request") { idle.conversation.isIdle }
            idle.conversation.finish()
            #expect(try await idle.rest().isEmpty)
            #expect(try await idle.task.value.get() == .local)
            idle.client.close()

            let gate = Promise<Bool>()
            let running = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    _ = await gate.wait()
                    try await exchange.respond(200, body: Array("late".utf8))
                })
            try await running.send(Self.get)
            try await waitUntil("the request is there") { running.conversation.requests == 1 }
            running.conversation.finish()
            gate.fulfil(true)
            let answer = try await running.rest()
            #expect(answer.contains("\r\nConnection: close\r\n") && answer.hasSuffix("late"))
            running.client.close()
        }
    }
}
