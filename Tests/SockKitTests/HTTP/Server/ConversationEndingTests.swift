import SockKit
import Testing

/// Ends of conversations that must not take with them what was answered.
@Suite(.timeLimit(.minutes(5))) struct ConversationEndingTests {
    private static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let last = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test func `a byte too many does not cut off the answer that is on its way`() async throws {
        let body = noise(8 << 20)
        let long = Answering { (exchange) async throws(NetworkError) in try await exchange.respond(200, body: body) }
        let got = try await onLoop {
            let talk = try await Talk(long)
            try await talk.send(Self.last)
            _ = try await talk.read(through: "\r\n\r\n")
            try await talk.send("x")
            let got = try await talk.client.readAll()
            talk.client.close()
            _ = await talk.task.value
            return got
        }
        #expect(got == body)
    }

    @Test func `a request that came before the order to finish is answered`() async throws {
        try await onLoop {
            let goesOn = Promise<Bool>()
            let talk = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    try await exchange.respond(200, body: Array(exchange.request.target.utf8))
                    guard exchange.conversation.requests == 1 else { return }
                    // Its head has gone, and said nothing of an end.
                    try await exchange.flush()
                    _ = await goesOn.wait()
                })
            try await talk.send(Self.get)
            _ = try await talk.read(through: "\r\n/a")
            // It is in the kernel, and nobody has looked.
            try await talk.send(Self.get)
            talk.conversation.finish()
            goesOn.fulfil(true)
            let answer = try await talk.rest()
            #expect(answer.contains("\r\nConnection: close\r\n") && answer.hasSuffix("\r\n/a"), "\(answer)")
            talk.client.close()
            #expect(try await talk.task.value.get() == .local)
        }
    }

    @Test func `what was answered before an answer that breaks off arrives`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        try writeFile(path, [1, 2, 3])
        let handler = Answering { (exchange) async throws(NetworkError) in
            guard exchange.request.target == "/file" else { return try await exchange.respond(200, text: "whole") }
            guard let file = try? FileCalls.open(ByteString(path), for: .read) else { return }
            try await exchange.begin(200, length: 10)
            try await exchange.send(file, from: 0, count: 10)
        }
        let answer = try await talk(Self.get + "GET /file HTTP/1.1\r\nHost: a\r\n\r\n", handler)
        #expect(answer.contains("\r\n\r\nwhole"), "\(answer)")
    }

    @Test func `an answer that lets wait is not waited for by a client that is gone`() async throws {
        try await onLoop {
            let talk = try await Talk(
                Answering { (exchange) async throws(NetworkError) in
                    try await exchange.pause(for: .seconds(3600))
                    try await exchange.respond(200, body: [])
                })
            try await talk.send(Self.get)
            try await waitUntil("the request is there") { talk.conversation.requests == 1 }
            talk.client.reset()
            guard case .failure(let error) = await talk.task.value else { throw HarnessError("it was answered") }
            #expect(error.errno == .connectionReset)
        }
    }

    @Test func `a client that has only ended its side is answered after a pause`() async throws {
        let answer = try await talk(
            Self.get,
            Answering { (exchange) async throws(NetworkError) in
                try await exchange.pause(for: .milliseconds(20))
                try await exchange.respond(200, body: Array("late".utf8))
            })
        #expect(answer.hasSuffix("\r\nlate"), "\(answer)")
    }
}
