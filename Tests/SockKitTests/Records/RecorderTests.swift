import SockKit
import Testing

/// A record that is kept while bytes pass.
@Suite(.endToEnd) struct RecorderTests {
    private static let subject = RecordSubject(
        1, .tcp, client: Endpoint("127.0.0.1:5")!, target: Endpoint("127.0.0.1:6")!)

    @Test func `what is read of both sides is in the files, with ends and resets`() async throws {
        let paths = [try scratch("a"), try scratch("b")]
        try await onLoop {
            let recorder = try Recorder(
                [(ByteString(paths[0]), .pcapng), (ByteString(paths[1]), .json)], program: "a test")
            let (client, target) = (try await loopback(), try await loopback())
            let record = recorder.open(Self.subject)
            let up = RecordingStream(client.server, record, .up)
            let down = RecordingStream(target.client, record, .down)
            try await client.client.write("question")
            up.giveBack(try await up.readChunk())
            try await target.server.write("answer")
            down.giveBack(try await down.readChunk())
            try client.client.closeWrite()
            up.giveBack(try await up.readChunk())
            target.server.reset()
            let error = try await failure { down.giveBack(try await down.readChunk()) }
            #expect(error.errno == .connectionReset)
            record.close()
            await recorder.finish()
        }
        for path in paths {
            let recording = try await onLoop { try await Recording.read(ByteString(path)) }
            #expect(recording.story == ["1 127.0.0.1:5 127.0.0.1:6: >question <answer >end <reset"])
        }
    }

    @Test func `a connection that was broken off from here looks to the target as if the client had done it`()
        async throws
    {
        let path = try scratch("a")
        try await onLoop {
            let recorder = try Recorder([(ByteString(path), .json)], program: "a test")
            recorder.open(Self.subject).close()
            await recorder.finish()
        }
        let recording = try await onLoop { try await Recording.read(ByteString(path)) }
        #expect(recording.story == ["1 127.0.0.1:5 127.0.0.1:6: >reset"])
    }

    @Test func `whoever reads on waits for a file that is slow`() async throws {
        try await onLoop {
            let ends = try FileCalls.pipe()
            let reader = FileDescriptor(adopting: ends.reader)
            let writer = FileDescriptor(adopting: ends.writer)
            let recorder = try Recorder([("/proc/self/fd/\(writer.rawValue)", .pcapng)], program: "a test")
            let record = recorder.open(Self.subject)
            let large = [UInt8](repeating: 7, count: 64 << 10)
            var isWaiting = false
            let adding = Netpoller.spawn {
                for _ in 0..<100 {
                    isWaiting = true
                    await record.waitForRoom()
                    isWaiting = false
                    record.take(large.span, .up)
                    await Task.yield()
                }
            }
            try await waitUntil("it waits") { isWaiting }
            await letOthersRun()
            #expect(isWaiting)
            var count = 0
            let finishing = Netpoller.spawn {
                await adding.value
                await recorder.finish()
                return true
            }
            var isOver = false
            Netpoller.spawn { isOver = await finishing.value }
            while try (!isOver || FileCalls.queued(reader.rawValue, .received) > 0) {
                if try FileCalls.queued(reader.rawValue, .received) > 0 {
                    count += try FileCalls.readBlocking(reader.rawValue, upTo: 1 << 16).count
                }
                await Task.yield()
            }
            #expect(count > 100 * large.count)
            _ = writer
        }
    }

    @Test func `a file that cannot be made or written is an error that names it`() async throws {
        try await onLoop {
            let error = try await failure {
                _ = try Recorder([("/nowhere/at/all", .pcapng)], program: "a test")
            }
            #expect(error.description == "write /nowhere/at/all: open: no such file or directory")
            let recorder = try Recorder([("/dev/full", .pcapng)], program: "a test")
            await recorder.finish()
            #expect(recorder.failure?.description == "write /dev/full: no space left on device")
            recorder.open(Self.subject).close()
            await recorder.finish()
        }
    }
}

extension ByteStream {
    fileprivate func giveBack(_ chunk: consuming Chunk) { chunk.giveBack() }
}
