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
                pair.client.close()
                await task.value
                pair.close()
                return Array(all.suffix(count))
            }
            #expect(got == Array(bytes[50..<50 + count]))
        }
    }

    @Test func `a file that never has to wait lets others have their turn`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        let size = 8 << 20
        try writeFile(path, [UInt8](repeating: 1, count: size))
        let sending = Answering { (exchange) async throws(NetworkError) in
            guard let file = try? FileCalls.open(ByteString(path), for: .read) else { return }
            try await exchange.begin(200, length: size)
            try await exchange.send(file, from: 0, count: size)
        }
        try await onLoop {
            let turns = TurnCounter()
            defer { turns.stop() }
            let writes = try await Self.writes(of: sending) { turns.turns }
            #expect(writes.bytes > size && Set(writes.turns).count >= 4, "\(Set(writes.turns).count) turns")
        }
    }

    @Test func `what has to wait has a time of its own for each 16 KiB`() async throws {
        let long = Answering { (exchange) async throws(NetworkError) in
            try await exchange.respond(200, body: [UInt8](repeating: 0, count: 1 << 20))
        }
        try await onLoop {
            let writes = try await Self.writes(of: long) { 0 }
            #expect(writes.bytes > 1 << 20 && writes.largest <= 16 << 10, "\(writes.largest) bytes at once")
        }
    }

    /// What is written in answer to a request, with the turn on the loop that it was written in.
    @Netpoller
    private static func writes(
        of handler: any HTTPHandler, turn: @escaping @Netpoller () -> Int
    ) async throws -> NotedWrites {
        let pair = try await loopback()
        defer { pair.close() }
        let (stream, writes) = (SwallowingStream(pair.server), NotedWrites())
        stream.onWrite = { count in writes.note(count, in: turn()) }
        try await pair.client.write("GET / HTTP/1.0\r\n\r\n")
        try pair.client.closeWrite()
        _ = try await HTTPConversation(stream, HTTPSite(handler)).run()
        return writes
    }

    @Test func `where the kernel sends no file, no deadline for that is left`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        try writeFile(path, noise(60_000))
        try await onLoop {
            let isLeft = Promise<Bool>()
            let sending = Answering { (exchange) async throws(NetworkError) in
                guard let file = try? FileCalls.open(ByteString(path), for: .read) else { return }
                try await exchange.begin(200, length: 60_000)
                try await exchange.send(file, from: 0, count: 60_000)
                isLeft.fulfil(exchange.conversation.stream.writeDeadline != nil)
            }
            let pair = try await loopback()
            defer { pair.close() }
            let refusal = FaultSwitch.install("sendfile", on: pair.server.number, [.invalidArgument])
            defer { refusal.remove() }
            let conversation = HTTPConversation(pair.server, HTTPSite(sending))
            Netpoller.spawn { _ = try? await conversation.run() }
            try await pair.client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await isLeft.wait(until: .now + patience).value == false)
            #expect(refusal.calls == 1)
        }
    }
}

/// What was written to a stream.
@Netpoller
private final class NotedWrites {
    private(set) var bytes = 0
    private(set) var largest = 0
    private(set) var turns: [Int] = []

    func note(_ count: Int, in turn: Int) {
        bytes += count
        largest = max(largest, count)
        turns.append(turn)
    }
}
