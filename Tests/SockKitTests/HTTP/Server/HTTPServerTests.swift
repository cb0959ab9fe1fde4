import SockKit
import Testing

/// The server as a program of somebody else's has it.
@Suite(.timeLimit(.minutes(5))) struct HTTPServerTests {
    @Test func `it serves until shutdown, which waits for what is running`() async throws {
        try await onLoop {
            let gate = Promise<Bool>()
            let server = HTTPServer(
                Answering { (exchange) async throws(NetworkError) in
                    if exchange.request.target == "/slow" { _ = await gate.wait() }
                    try await exchange.respond(200, text: "done")
                })
            let listener = try await listen()
            let serving = Netpoller.spawn { try await server.serve(listener) }
            let client = try await Dialer().dial(.tcp, listener.endpoint.description)
            client.setDeadline(.now + patience)
            try await client.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            let idle = try await Dialer().dial(.tcp, listener.endpoint.description)
            idle.setDeadline(.now + patience)
            try await waitUntil("both are served") { server.connections == 2 }
            try await waitUntil("the request has come") { server.requests == 1 }
            let ending = Netpoller.spawn { await server.shutdown(grace: patience) }
            #expect(try await idle.readAll().isEmpty)
            gate.fulfil(true)
            #expect(String(decoding: try await client.readAll(), as: UTF8.self).hasSuffix("done"))
            #expect(await ending.value)
            try await serving.value
            #expect(server.connections == 0)
        }
    }

    @Test func `what is not done within the grace is cut off`() async throws {
        try await onLoop {
            let server = HTTPServer(
                Answering { (exchange) async throws(NetworkError) in
                    await Netpoller.sleep(until: nil)
                    throw exchange.names.failure(.write, .cancelled)
                })
            let listener = try await listen()
            let serving = Netpoller.spawn { try await server.serve(listener) }
            let client = try await Dialer().dial(.tcp, listener.endpoint.description)
            try await client.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            try await waitUntil("the request has come") { server.requests == 1 }
            #expect(await server.shutdown(grace: .milliseconds(20)) == false)
            try await serving.value
            client.close()
        }
    }

    @Test(arguments: [1000, 100_000, 3_000_000])
    func `a part of a file is sent, in the kernel and through a stream that is not plain`(count: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        let bytes = noise(count + 100)
        try writeFile(path, bytes)
        let sending = Answering { (exchange) async throws(NetworkError) in
            guard let file = try? FileCalls.open(ByteString(path), for: .read) else { return }
            try await exchange.begin(200, length: count)
            try await exchange.send(file, from: 50, count: count)
        }
        for isPlain in [true, false] {
            let got = try await onLoop { () async throws -> [UInt8] in
                let pair = try await loopback()
                let stream: any ByteStream = isPlain ? pair.server : WatchedStream(pair.server, seesWritten: { _ in })
                let conversation = HTTPConversation(stream, HTTPSite(sending))
                let task = Netpoller.spawn {
                    _ = try? await conversation.run()
                    pair.server.close()
                }
                try await pair.client.write("GET / HTTP/1.0\r\n\r\n")
                let all = try await pair.client.readAll(Int.max)
                await task.value
                pair.close()
                return Array(all.suffix(count))
            }
            #expect(got == Array(bytes[50..<50 + count]))
        }
    }
}
