import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct IOModelServerTests {
    /// A client that is silent for half a second, has one echo and ends, as the server of that model saw it.
    private func visit(_ model: IOModel) async throws -> (result: IOModelResult, waits: [IOModelWait]) {
        let waits = Waits()
        let result = try await onLoop {
            let pair = try await loopback()
            let server = try #require(IOModelServer(pair.server, model) { waits.add($0) })
            let running = Netpoller.spawn { await server.run() }
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
        let first = try #require(waits.first)
        #expect(first.bytes == 5 && first.calls == 1 && first.wouldBlock == 0)
        #expect(first.time >= .milliseconds(450) && first.processorTime < .milliseconds(50))
        #expect(result.ending == .peer && result.reads == 1 && result.calls == 2 && result.bytesSent == 5)
    }

    @Test func `spinning is a thousand calls and more, and CPU all the while`() async throws {
        let first = try #require(try await visit(.spin).waits.first)
        #expect(first.bytes == 5 && first.calls > 1000 && first.wouldBlock == first.calls - 1)
        // Others may have the processor too; by itself it is nearly all of the time.
        #expect(first.processorTime > .milliseconds(50) && first.processorTime <= first.time + .milliseconds(10))
    }

    @Test func `epoll is one call to wait and one to read, and uses no CPU while it waits`() async throws {
        let (result, waits) = try await visit(.epoll)
        let first = try #require(waits.first)
        #expect(first.bytes == 5 && first.calls == 2 && first.wouldBlock == 0)
        #expect(first.time >= .milliseconds(450) && first.processorTime < .milliseconds(50))
        #expect(result.ending == .peer && result.calls == 4)
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
            await Netpoller.sleep(for: .milliseconds(20))
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
