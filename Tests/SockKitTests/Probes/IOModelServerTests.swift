import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct IOModelServerTests {
    /// Those that can be had here; `uring` is skipped, with a reason, below.
    private static let models = IOModel.allCases.filter(\.isAvailable)
    private static let servingMany = models.filter(\.servesMany)

    private typealias Visit = (result: IOModelResult, waits: [IOModelWait], silence: Duration)

    /// A visit whose silence the server's thread was there for: on a busy machine it may come to its wait late.
    private func visit(_ model: IOModel) async throws -> Visit {
        var visit = try await visitOnce(model)
        for _ in 1..<5 where visit.waits[1].time < visit.silence / 2 { visit = try await visitOnce(model) }
        return visit
    }

    /// A client that has one echo, is silent for a while, has another and ends; the waits are those of the server.
    private func visitOnce(_ model: IOModel) async throws -> Visit {
        let waits = Waits()
        let (result, silence) = try await onLoop {
            let pair = try await loopback()
            let running = Netpoller.spawn { await IOModelServer(model).serve(pair.server) { waits.add($0, of: "x") } }
            // The thread has started once it has answered.
            #expect(try await pair.client.echo("x") == "x")
            // What the wait is for: the time that the peer lets pass.
            let silence = try await elapsed { await Netpoller.sleep(for: .milliseconds(200)) }
            #expect(try await pair.client.echo("hello") == "hello")
            try pair.client.closeWrite()
            let result = try #require(await running.value)
            pair.client.close()
            return (result, silence)
        }
        try #require(waits.all.count == 3)
        return (result, waits.all, silence)
    }

    @Test func `a blocking read is one call and uses no CPU while it waits`() async throws {
        let (result, waits, silence) = try await visit(.blocking)
        let wait = try #require(waits.dropFirst().first)
        #expect(wait.bytes == 5 && wait.calls == 1 && wait.wouldBlock == 0)
        #expect(wait.time >= silence / 2 && wait.processorTime < silence / 4)
        #expect(result.ending == .peer && result.reads == 2 && result.waits.calls == 3 && result.bytesSent == 6)
    }

    @Test func `spinning is a call after the other, and CPU all the while`() async throws {
        let (_, waits, _) = try await visit(.spin)
        let wait = try #require(waits.dropFirst().first)
        #expect(wait.bytes == 5 && wait.calls > 100 && wait.wouldBlock == wait.calls - 1)
        // Each of these calls takes some. Others may have the processor too; left alone it is nearly all of the time.
        #expect(wait.processorTime > .nanoseconds(20 * wait.calls))
        #expect(wait.processorTime <= wait.time + .milliseconds(10))
    }

    @Test func `epoll is one call to wait and one to read, and uses no CPU while it waits`() async throws {
        let (result, waits, silence) = try await visit(.epoll)
        let wait = try #require(waits.dropFirst().first)
        #expect(wait.bytes == 5 && wait.calls == 2 && wait.wouldBlock == 0)
        #expect(wait.time >= silence / 2 && wait.processorTime < silence / 4)
        #expect(result.ending == .peer && result.waits.calls == 6)
    }

    @Test(.needsUring) func `with uring one call waits and has read, and uses no CPU while it waits`() async throws {
        let (result, waits, silence) = try await visit(.uring)
        let wait = try #require(waits.dropFirst().first)
        #expect(wait.bytes == 5 && wait.calls == 1 && wait.wouldBlock == 0)
        #expect(wait.time >= silence / 2 && wait.processorTime < silence / 4)
        #expect(result.ending == .peer && result.reads == 2 && result.waits.calls == 3 && result.bytesSent == 6)
    }

    @Test(arguments: models) func `a thousand round trips are a thousand waits`(model: IOModel) async throws {
        try await onLoop {
            let pair = try await loopback()
            // Where others have the processors, a model that spins gets to its turn late each time.
            pair.client.setDeadline(nil)
            pair.server.setDeadline(nil)
            let running = Netpoller.spawn { await IOModelServer(model).serve(pair.server) }
            for _ in 0..<1000 { #expect(try await pair.client.echo("x") == "x") }
            pair.client.close()
            let result = try #require(await running.value)
            #expect(result.ending == .peer && result.reads == 1000 && result.bytesSent == 1000)
            switch model {
            case .blocking, .uring: #expect(result.waits.calls == 1001)
            case .epoll: #expect(result.waits.calls == 2002)
            case .spin: #expect(result.waits.calls == 1001 + result.waits.wouldBlock)
            }
        }
    }

    /// A ring has room for 64 submissions and 128 completions.
    @Test(arguments: servingMany)
    func `two hundred that speak at once are all answered, each with its own`(model: IOModel) async throws {
        try await onLoop {
            let server = IOModelServer(model)
            var pairs: [Loopback] = []
            for _ in 0..<200 { pairs.append(try await loopback()) }
            let tasks = pairs.map { pair in Netpoller.spawn { await server.serve(pair.server) } }
            for turn in 0..<3 {
                for (number, pair) in pairs.enumerated() { try await pair.client.write("\(turn) to \(number)") }
                for (number, pair) in pairs.enumerated() {
                    #expect(try await pair.client.readText() == "\(turn) to \(number)")
                }
            }
            for pair in pairs { pair.client.close() }
            for task in tasks { #expect(await task.value?.reads == 3) }
        }
    }

    @Test(arguments: servingMany)
    func `three clients are answered in whatever order they speak, and each has its own figures`(model: IOModel)
        async throws
    {
        try await onLoop {
            let server = IOModelServer(model)
            var pairs: [Loopback] = []
            var tasks: [Task<IOModelResult?, Never>] = []
            for number in 0..<3 {
                let pair = try await loopback()
                pairs.append(pair)
                tasks.append(Netpoller.spawn { await server.serve(pair.server) })
                // The others come while the thread is at work.
                #expect(try await pair.client.echo("to \(number)") == "to \(number)")
            }
            for turn in [2, 0, 1, 1, 2, 0] {
                #expect(try await pairs[turn].client.echo("to \(turn)") == "to \(turn)")
            }
            // One leaves, and the others do not notice.
            try pairs[0].client.closeWrite()
            #expect(try #require(await tasks[0].value).bytesSent == 12)
            #expect(try await pairs[1].client.echo("still") == "still")
            for pair in pairs { pair.client.close() }
            #expect(try #require(await tasks[1].value).reads == 4)
            #expect(try #require(await tasks[2].value).reads == 3)
        }
    }

    @Test func `blocking serves the second client when the first has left`() async throws {
        let waits = Waits()
        try await onLoop {
            let server = IOModelServer(.blocking)
            let (first, second) = (try await loopback(), try await loopback())
            let tasks = [("first", first), ("second", second)].map { name, pair in
                Netpoller.spawn { await server.serve(pair.server) { waits.add($0, of: name) } }
            }
            try await second.client.write("early")
            #expect(try await first.client.echo("one") == "one")
            #expect(try await first.client.echo("two") == "two")
            first.client.close()
            #expect(try await second.client.readText() == "early")
            second.client.close()
            for task in tasks { #expect(await task.value?.ending == .peer) }
        }
        #expect(waits.names == ["first", "first", "first", "second", "second"])
    }

    @Test(arguments: models)
    func `more than the buffers hold comes back as it went`(model: IOModel) async throws {
        let bytes = noise(3_000_001)
        try await onLoop {
            let pair = try await loopback()
            let running = Netpoller.spawn { await IOModelServer(model, bufferSize: 5000).serve(pair.server) }
            let writer = Netpoller.spawn {
                try await pair.client.write(bytes)
                try pair.client.closeWrite()
            }
            #expect(try await pair.client.readAll(bytes.count) == bytes)
            try await writer.value
            let result = try #require(await running.value)
            #expect(result.ending == .peer && result.waits.bytes == bytes.count && result.bytesSent == bytes.count)
            pair.client.close()
        }
    }

    @Test(arguments: servingMany)
    func `a client that does not take its echo does not keep the others from theirs`(model: IOModel) async throws {
        try await onLoop {
            let server = IOModelServer(model)
            var small = SocketOptions()
            (small.sendBuffer, small.receiveBuffer) = (65536, 65536)
            let slow = try await loopback(client: small, server: small)
            let quick = try await loopback()
            let tasks = [slow, quick].map { pair in Netpoller.spawn { await server.serve(pair.server) } }
            // Until neither its own buffers nor the server's have any room.
            slow.client.writeDeadline = .now + .milliseconds(200)
            let bytes = noise(4 << 20)
            let sent = try await failure { try await slow.client.write(bytes) }.bytesTransferred
            #expect(try await quick.client.echo("quick") == "quick")
            try slow.client.closeWrite()
            #expect(try await slow.client.readAll() == Array(bytes.prefix(sent)))
            quick.client.close()
            for task in tasks { #expect(await task.value?.ending == .peer) }
            slow.client.close()
        }
    }

    @Test(arguments: models)
    func `stop ends it although the peer says nothing`(model: IOModel) async throws {
        try await onLoop {
            let server = IOModelServer(model)
            let pairs = [try await loopback(), try await loopback()]
            let tasks = pairs.map { pair in Netpoller.spawn { await server.serve(pair.server) } }
            #expect(try await pairs[0].client.echo("x") == "x")
            server.stop()
            for task in tasks { #expect(await task.value?.ending == .stopped) }
            for pair in pairs { pair.client.close() }
        }
    }

    @Test(arguments: models)
    func `a peer that comes after the stop is not waited for`(model: IOModel) async throws {
        try await onLoop {
            let server = IOModelServer(model)
            server.stop()
            let pair = try await loopback()
            #expect(await server.serve(pair.server)?.ending == .stopped)
            pair.client.close()
        }
    }

    @Test(arguments: models)
    func `stop ends it although the peer does not take its echo`(model: IOModel) async throws {
        try await onLoop {
            let server = IOModelServer(model)
            var small = SocketOptions()
            (small.sendBuffer, small.receiveBuffer) = (65536, 65536)
            let pair = try await loopback(client: small, server: small)
            let running = Netpoller.spawn { await server.serve(pair.server) }
            let much = noise(4 << 20)
            pair.client.writeDeadline = .now + .milliseconds(200)
            _ = try await failure { try await pair.client.write(much) }
            server.stop()
            #expect(await running.value?.ending == .stopped)
            pair.client.close()
        }
    }

    @Test(arguments: models)
    func `a reset is told as what it is, and is the end of no other client`(model: IOModel) async throws {
        try await onLoop {
            let server = IOModelServer(model)
            let (broken, other) = (try await loopback(), try await loopback())
            let tasks = [broken, other].map { pair in Netpoller.spawn { await server.serve(pair.server) } }
            broken.client.reset()
            guard case .failed(let error) = await tasks[0].value?.ending else {
                Issue.record("no failure")
                return
            }
            #expect(error.errno == .connectionReset && error.operation == .read)
            #expect(try await other.client.echo("x") == "x")
            other.client.close()
            #expect(await tasks[1].value?.ending == .peer)
        }
    }

    @Test func `the connection that was given away is closed for everybody else`() async throws {
        try await onLoop {
            let server = IOModelServer(.epoll)
            let pair = try await loopback()
            let reader = Netpoller.spawn { try await pair.server.readText() }
            await letOthersRun()
            let running = Netpoller.spawn { await server.serve(pair.server) }
            #expect(try await failure { _ = try await reader.value }.isClosed)
            #expect(await server.serve(pair.server) == nil)
            pair.client.close()
            #expect(await running.value?.ending == .peer)
        }
    }
}

extension Connection {
    /// Writes a text, and reads what comes back.
    fileprivate func echo(_ text: String) async throws(NetworkError) -> String {
        try await write(text)
        return try await readText()
    }
}

/// The waits that a server told of, from its thread, each with its client's name.
private final class Waits: Sendable {
    private let list = Lock<[(name: String, wait: IOModelWait)]>([])

    func add(_ wait: IOModelWait, of name: String) { list.withLock { $0.append((name, wait)) } }

    var all: [IOModelWait] { list.withLock { $0.map(\.wait) } }
    var names: [String] { list.withLock { $0.map(\.name) } }
}
