import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct IOModelServerTests {
    /// A client that has one echo, is silent for half a second, has another and ends; the waits are those of the server.
    private func visit(_ model: IOModel) async throws -> (result: IOModelResult, waits: [IOModelWait]) {
        let waits = Waits()
        let result = try await onLoop {
            let pair = try await loopback()
            let server = try #require(IOModelServer(pair.server, model) { waits.add($0) })
            let running = Netpoller.spawn { await server.run() }
            // The thread has started once it has answered.
            try await pair.client.write("x")
            #expect(try await pair.client.readText() == "x")
            // What the wait is for: the time that the peer lets pass.
            await Netpoller.sleep(for: .milliseconds(500))
            try await pair.client.write("hello")
            #expect(try await pair.client.readText() == "hello")
            try pair.client.closeWrite()
            let result = await running.value
            pair.client.close()
            return result
        }
        return (result, waits.all)
    }

    @Test func `a blocking read is one call and uses no CPU while it waits`() async throws {
        let (result, waits) = try await visit(.blocking)
        try #require(waits.count == 3)
        let wait = waits[1]
        #expect(wait.bytes == 5 && wait.calls == 1 && wait.wouldBlock == 0)
        #expect(wait.time >= .milliseconds(300) && wait.processorTime < .milliseconds(50))
        #expect(result.ending == .peer && result.reads == 2 && result.calls == 3 && result.bytesSent == 6)
    }

    @Test func `spinning is a thousand calls and more, and CPU all the while`() async throws {
        let waits = try await visit(.spin).waits
        try #require(waits.count == 3)
        let wait = waits[1]
        #expect(wait.bytes == 5 && wait.calls > 1000 && wait.wouldBlock == wait.calls - 1)
        // Others may have the processor too; left alone it is nearly all of the time.
        #expect(wait.processorTime > .milliseconds(10) && wait.processorTime <= wait.time + .milliseconds(10))
    }

    @Test func `epoll is one call to wait and one to read, and uses no CPU while it waits`() async throws {
        let (result, waits) = try await visit(.epoll)
        try #require(waits.count == 3)
        let wait = waits[1]
        #expect(wait.bytes == 5 && wait.calls == 2 && wait.wouldBlock == 0)
        #expect(wait.time >= .milliseconds(300) && wait.processorTime < .milliseconds(50))
        #expect(result.ending == .peer && result.calls == 6)
    }

    @Test(arguments: IOModel.allCases)
    func `more than the buffers hold comes back as it went`(model: IOModel) async throws {
        let bytes = noise(3_000_001)
        try await onLoop {
            let pair = try await loopback()
            let server = try #require(IOModelServer(pair.server, model, bufferSize: 5000))
            let running = Netpoller.spawn { await server.run() }
            let writer = Netpoller.spawn {
                try await pair.client.write(bytes)
                try pair.client.closeWrite()
            }
            #expect(try await pair.client.readAll(bytes.count) == bytes)
            try await writer.value
            let result = await running.value
            #expect(result.ending == .peer && result.bytesReceived == bytes.count && result.bytesSent == bytes.count)
            pair.client.close()
        }
    }

    @Test(arguments: IOModel.allCases)
    func `stop ends it although the peer says nothing`(model: IOModel) async throws {
        try await onLoop {
            let pair = try await loopback()
            let server = try #require(IOModelServer(pair.server, model))
            let running = Netpoller.spawn { await server.run() }
            // The thread has started once it has answered.
            try await pair.client.write("x")
            #expect(try await pair.client.readText() == "x")
            server.stop()
            #expect(await running.value.ending == .stopped)
            pair.client.close()
        }
    }

    @Test(arguments: IOModel.allCases) func `a reset is told as what it is`(model: IOModel) async throws {
        try await onLoop {
            let pair = try await loopback()
            let server = try #require(IOModelServer(pair.server, model))
            let running = Netpoller.spawn { await server.run() }
            pair.client.reset()
            guard case .failed(let error) = await running.value.ending else {
                Issue.record("no failure")
                return
            }
            #expect(error.errno == .connectionReset && error.operation == .read)
        }
    }

    @Test func `the connection that was given away is closed for everybody else`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let reader = Netpoller.spawn { try await pair.server.readText() }
            await letOthersRun()
            let server = try #require(IOModelServer(pair.server, .epoll))
            #expect(try await failure { _ = try await reader.value }.isClosed)
            #expect(IOModelServer(pair.server, .epoll) == nil)
            withExtendedLifetime(server) {}
            pair.client.close()
        }
    }
}

/// The waits that a server told of, from its thread.
private final class Waits: Sendable {
    private let list = Mutex<[IOModelWait]>([])

    func add(_ wait: IOModelWait) { list.withLock { $0.append(wait) } }

    var all: [IOModelWait] { list.withLock { $0 } }
}
