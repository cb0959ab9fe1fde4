import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct WrappedStreamTests {
    @Test func `what was taken already is read first, and then what follows`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let stream = PrefixedStream(Array("left".utf8), pair.client)
            #expect(stream.plainSource == nil && stream.bytesLeft == 4)
            try await pair.server.write(" over")
            #expect(try await text(of: stream, 2) == "le")
            #expect(try await text(of: stream, nil) == "ft")
            #expect(stream.plainSource != nil && stream.bytesLeft == 0)
            #expect(try await text(of: stream, nil) == " over")
            pair.close()
        }
    }

    @Test func `where the end was taken as well, nothing follows`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let stream = PrefixedStream([], pair.client, isLast: true)
            let chunk = try await stream.readChunk(maximum: nil)
            #expect(chunk.isEnd && stream.plainSource == nil)
            pair.close()
        }
    }

    @Test func `frames are output as payloads, and what the end cut off is output and told`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var seen: [Int] = []
            let output = OutputFromFrames(FrameRules(.line), of: pair.client.names) { _, length in seen.append(length) }
            let stream = TransformedStream(pair.client, output)
            #expect(stream.plainSource == nil && stream.plainSink != nil)
            try await pair.server.write("one\ntw")
            #expect(try await text(of: stream, nil) == "one\n")
            try await pair.server.write("o\nhalf")
            try pair.server.closeWrite()
            try await pair.client.waitUntilReceived(6)
            #expect(try await text(of: stream, nil) == "two\n")
            #expect(try await text(of: stream, nil) == "half\n")
            #expect(try await stream.readChunk(maximum: nil).isEnd)
            #expect(output.cutOff?.code == "frame" && output.cutOff?.remote == pair.client.remoteEndpoint)
            #expect(seen == [3, 3])
            pair.close()
        }
    }

    @Test func `bytes that were written in part are shown in part`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var shown = 0
            let stream = WatchedStream(pair.client, seesWritten: { shown += $0.count })
            #expect(stream.plainSink == nil && stream.plainSource != nil)
            let much = [UInt8](repeating: 0, count: 64 << 20)
            stream.writeDeadline = .now + .milliseconds(50)
            let error = try await failure { try await stream.write(much) }
            #expect(error.cause == .timeout && error.bytesTransferred == shown && shown > 0)
            pair.close()
        }
    }
}

@Netpoller
private func text(of stream: any ByteStream, _ maximum: Int?) async throws -> String {
    let chunk = try await stream.readChunk(maximum: maximum)
    return String(decoding: chunk.copy(), as: UTF8.self)
}
