import SockKit
import Testing

/// A file that is written to beside the loop.
@Suite struct FileQueueTests {
    @Netpoller
    private func queue(for number: Int32) throws -> FileQueue {
        try FileQueue(FileCalls.openOutput("/proc/self/fd/\(number)"), named: "a pipe")
    }

    @Test func `what whoever reads did not take in time is lost, and known to the byte`() async throws {
        try await onLoop {
            let ends = try PipeEnds()
            let queue = try queue(for: ends.writer.rawValue)
            let size = 3 << 20
            queue.append { $0 += [UInt8](repeating: 7, count: size) }
            let finishing = Netpoller.spawn { await queue.finish() }
            finishing.cancel()
            await finishing.value
            var taken = 0
            while try FileCalls.queued(ends.reader.rawValue, .received) > 0 {
                taken += try FileCalls.readBlocking(ends.reader.rawValue, upTo: 1 << 16).count
            }
            #expect(taken > 0 && queue.bytesLost == size - taken)
            #expect(queue.failure == nil)
            // Nothing is written behind a hole.
            queue.append { $0.append(7) }
            await queue.finish()
            #expect(try FileCalls.queued(ends.reader.rawValue, .received) == 0)
        }
    }

    @Test func `what is taken in time is not lost`() async throws {
        try await onLoop {
            let ends = try PipeEnds()
            let queue = try queue(for: ends.writer.rawValue)
            queue.append { $0 += Array("all".utf8) }
            let finishing = Netpoller.spawn { await queue.finish() }
            finishing.cancel()
            await finishing.value
            #expect(queue.bytesLost == 0)
            #expect(try FileCalls.readBlocking(ends.reader.rawValue, upTo: 10) == Array("all".utf8))
        }
    }

    @Test func `a regular file gets all of it, however soon the end is to be`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        let bytes = noise(3 << 20)
        try await onLoop {
            let queue = try FileQueue(FileCalls.openOutput(ByteString(path)), named: path)
            queue.append { $0 += bytes }
            let finishing = Netpoller.spawn { await queue.finish() }
            finishing.cancel()
            await finishing.value
            #expect(queue.bytesLost == 0)
        }
        #expect(try contents(of: "\(directory.path)/file") == bytes)
    }
}
