import Testing

@testable import SockKit

/// Two loopback connections: what is written at one outer end comes out at the other.
@Suite(.timeLimit(.minutes(5))) struct RelayTests {
    @Netpoller
    private struct Line {
        let near: Loopback
        let far: Loopback

        init() async throws {
            near = try await loopback()
            far = try await loopback()
        }

        func relay(_ rules: RelayRules = RelayRules()) -> Relay { Relay(near.server, far.client, rules: rules) }

        func close() {
            near.close()
            far.close()
        }
    }

    @Test func `bytes and ends pass both ways`() async throws {
        try await onLoop {
            let line = try await Line()
            let relay = line.relay()
            let run = Netpoller.spawn { await relay.run() }
            try await line.near.client.write("question")
            try line.near.client.closeWrite()
            #expect(String(decoding: try await line.far.server.readAll(), as: UTF8.self) == "question")
            try await line.far.server.write("a late answer")
            try line.far.server.closeWrite()
            #expect(String(decoding: try await line.near.client.readAll(), as: UTF8.self) == "a late answer")
            let result = await run.value
            guard case .done = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(result.bytesToFar == 8 && result.bytesToNear == 13 && result.saidEnd)
            line.close()
        }
    }

    @Test func `a silence after one side's end is waited for and no longer`() async throws {
        try await onLoop {
            let line = try await Line()
            var rules = RelayRules()
            rules.farEnd.wait = .silence(.milliseconds(50))
            let relay = line.relay(rules)
            let run = Netpoller.spawn { await relay.run() }
            try line.far.server.closeWrite()
            let result = await run.value
            guard case .otherStayedOpen = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(result.farEnded && !result.nearEnded)
            line.close()
        }
    }

    @Test func `an end that is the end of all waits for nobody`() async throws {
        try await onLoop {
            let line = try await Line()
            var rules = RelayRules()
            rules.nearEnd = RelayRules.End(.never, then: .nothing)
            let relay = line.relay(rules)
            let run = Netpoller.spawn { await relay.run() }
            try await line.near.client.write("all of it")
            try line.near.client.closeWrite()
            let result = await run.value
            guard case .done = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(result.bytesToFar == 9 && !result.saidEnd)
            line.close()
        }
    }

    @Test func `an empty input is no end that is worth saying, where the rules say so`() async throws {
        try await onLoop {
            let line = try await Line()
            var rules = RelayRules()
            rules.nearEnd.notice = .unlessEmpty
            let relay = line.relay(rules)
            let run = Netpoller.spawn { await relay.run() }
            try line.near.client.closeWrite()
            try await line.far.server.write("still here")
            try line.far.server.closeWrite()
            #expect(String(decoding: try await line.near.client.readAll(), as: UTF8.self) == "still here")
            #expect(!(await run.value).saidEnd)
            line.close()
        }
    }

    @Test func `a far side that resets is a failure that names it`() async throws {
        try await onLoop {
            let line = try await Line()
            let relay = line.relay()
            let run = Netpoller.spawn { await relay.run() }
            line.far.server.reset()
            let result = await run.value
            guard case .failed(let error) = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(error.errno == .connectionReset && error.remote == line.far.client.remoteEndpoint)
            line.close()
        }
    }

    @Test func `stopping it ends it although nothing comes`() async throws {
        try await onLoop {
            let line = try await Line()
            let relay = line.relay()
            let run = Netpoller.spawn { await relay.run() }
            await letOthersRun()
            relay.stop()
            guard case .cancelled = (await run.value).ending else { throw UnexpectedEnding("no cancellation") }
            line.close()
        }
    }

    @Test func `what one side does not take is given back`() async throws {
        try await onLoop {
            let line = try await Line()
            // Copied, and not moved by the kernel, so that something is in between when it fails.
            let near = WatchedStream(line.near.server, seesRead: { _ in })
            line.far.client.writeTimeout = .milliseconds(50)
            let relay = Relay(near, line.far.client)
            let run = Netpoller.spawn { await relay.run() }
            let much = [UInt8](repeating: 7, count: 32 << 20)
            let writer = Netpoller.spawn { try? await line.near.client.write(much) }
            let result = await run.value
            guard case .failed(let error) = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(error.cause == .timeout && error.operation == .write)
            #expect(!result.unsent.isEmpty && result.unsent.allSatisfy { $0 == 7 })
            line.close()
            await writer.value
        }
    }

    /// A side that takes nothing more from the beginning, and still gives.
    private final class GoneStream: WrappedStream {
        override func waitUntilGone() async throws(NetworkError) {}
    }

    @Test func `a near side that takes nothing more is heard to its end where the rules say that it still gives`()
        async throws
    {
        try await onLoop {
            let line = try await Line()
            var rules = RelayRules()
            rules.givesWhenGone = true
            let relay = Relay(GoneStream(line.near.server), line.far.client, rules: rules)
            let run = Netpoller.spawn { await relay.run() }
            await letOthersRun()
            try await line.near.client.write("still here")
            try line.near.client.closeWrite()
            let result = await run.value
            // The far side has not ended: nobody is left whom it could tell anything.
            guard case .done = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(result.bytesToFar == 10 && !result.farEnded && !result.saidEnd)
            line.close()
        }
    }

    @Test func `a far side that is taken as ended is read no more, and the near side may still speak`() async throws {
        try await onLoop {
            let line = try await Line()
            let relay = line.relay()
            let run = Netpoller.spawn { await relay.run() }
            await letOthersRun()
            relay.endFar()
            let told = try await line.near.client.readAll()
            #expect(told == [])
            try await line.far.server.write("nobody reads this")
            try await line.near.client.write("last words")
            try line.near.client.closeWrite()
            let result = await run.value
            guard case .done = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(result.bytesToNear == 0 && result.bytesToFar == 10 && result.farEnded)
            line.close()
        }
    }

    /// Takes its time for each write, which a cancellation ends.
    private final class SlowSink: WrappedStream {
        let begun = Promise<Void>()
        override var plainSink: PlainDescriptor? { nil }

        override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
            begun.fulfil(())
            guard await Netpoller.sleep(for: .milliseconds(100)) else { throw names.failure(.write, .cancelled) }
            try await super.write(bytes)
        }
    }

    /// What was read before its reader was cancelled is given all the same.
    private final class StubbornSource: WrappedStream {
        let begun = Promise<Void>()
        let isReleased = Promise<Void>()
        override var plainSource: PlainDescriptor? { nil }

        override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
            begun.fulfil(())
            await Netpoller.spawn { [isReleased] in _ = await isReleased.wait() }.value
            return try await super.readChunk(maximum: maximum)
        }
    }

    @Test(arguments: [false, true])
    func `what was read of a far side that is taken as ended is given to the near side`(isLate: Bool) async throws {
        try await onLoop {
            let line = try await Line()
            let (near, far) = (SlowSink(line.near.server), StubbornSource(line.far.client))
            let relay = Relay(near, far)
            let run = Netpoller.spawn { await relay.run() }
            try await line.far.server.write("taken")
            try await line.far.client.waitUntilReceived(5)
            // The reading is cut off either as it has the bytes, or while they are being given.
            if isLate { _ = await far.begun.wait(until: .now + patience) } else { far.isReleased.fulfil(()) }
            if !isLate { _ = await near.begun.wait(until: .now + patience) }
            relay.endFar()
            far.isReleased.fulfil(())
            let told = try await line.near.client.readAll()
            #expect(String(decoding: told, as: UTF8.self) == "taken")
            try line.near.client.closeWrite()
            let result = await run.value
            guard case .done = result.ending else { throw UnexpectedEnding(result.ending) }
            #expect(result.bytesToNear == 5 && result.farEnded)
            line.close()
        }
    }

    @Test func `a relay that is stopped does not wait for a near side that is still to be given something`()
        async throws
    {
        try await onLoop {
            let line = try await Line()
            let relay = line.relay()
            let run = Netpoller.spawn { await relay.run() }
            let much = [UInt8](repeating: 7, count: 32 << 20)
            let writer = Netpoller.spawn { try? await line.far.server.write(much) }
            try await waitUntil("a full near side") { line.near.client.bytesWaiting > 0 }
            relay.endFar()
            relay.stop()
            guard case .cancelled = await run.value.ending else { throw UnexpectedEnding("no cancellation") }
            line.close()
            await writer.value
        }
    }

    @Test func `a far side that had ended before the relay ran is never read`() async throws {
        try await onLoop {
            let line = try await Line()
            let relay = line.relay()
            relay.endFar()
            try await line.far.server.write("nobody reads this")
            let run = Netpoller.spawn { await relay.run() }
            #expect(try await line.near.client.readAll() == [])
            try line.near.client.closeWrite()
            #expect(await run.value.bytesToNear == 0)
            line.close()
        }
    }
}

private struct UnexpectedEnding: Error {
    let what: String

    init(_ what: Any) { self.what = "\(what)" }
}
