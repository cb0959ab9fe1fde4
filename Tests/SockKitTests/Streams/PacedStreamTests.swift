import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct PacedStreamTests {
    @Test func `reads are no larger than asked for, and give what is there`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.server.write("0123456789ABCDE")
            try await pair.client.waitUntilReceived(15)
            var pace = Pace()
            pace.readSize = 10
            let paced = PacedStream(pair.client, pace)
            for expected in ["0123456789", "ABCDE"] {
                let chunk = try await paced.readChunk(maximum: nil)
                #expect(String(decoding: chunk.copy(), as: UTF8.self) == expected)
            }
            pair.close()
        }
    }

    @Test func `writes go in pieces, each when its time has come`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var pace = Pace()
            pace.writeSize = 4
            pace.writeDelay = .milliseconds(10)
            var pieces: [Int] = []
            let paced = PacedStream(WatchedStream(pair.client, seesWritten: { pieces.append($0.count) }), pace)
            let time = try await elapsed { try await paced.write(Array("0123456789".utf8)) }
            #expect(pieces == [4, 4, 2])
            #expect(time >= .milliseconds(20))
            pair.close()
        }
    }

    @Test func `lines that are to be apart are pieces`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var pace = Pace()
            pace.lineDelay = .milliseconds(10)
            var pieces: [String] = []
            let watched = WatchedStream(
                pair.client, seesWritten: { pieces.append(String(decoding: $0.copied, as: UTF8.self)) })
            let paced = PacedStream(watched, pace)
            let time = try await elapsed { try await paced.write(Array("a\nbb\n\nc".utf8)) }
            #expect(pieces == ["a\n", "bb\n", "\n", "c"])
            #expect(time >= .milliseconds(30))
            pair.close()
        }
    }

    @Test func `a rate is kept over many pieces`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var pace = Pace()
            pace.rate = 100_000
            let paced = PacedStream(pair.client, pace)
            let bytes = [UInt8](repeating: 1, count: 30_000)
            let time = try await elapsed { try await paced.write(bytes) }
            // The first slice goes at once, and nothing is waited for after the last.
            #expect(time >= .milliseconds(240) && time < patience)
            pair.close()
        }
    }

    @Test func `a rate takes no message apart`() async throws {
        try await onLoop {
            let pair = try await loopback(.unixpacket)
            var pace = Pace()
            pace.rate = 1_000_000
            let (writer, reader) = (PacedStream(pair.client, pace), PacedStream(pair.server, pace))
            // More than a slice of that rate, and than one read of a stream takes.
            for count in [100_000, 70_000] {
                try await writer.write([UInt8](repeating: 1, count: count))
                let message = try await reader.readChunk(maximum: nil)
                #expect((message.count, message.length) == (count, count))
                message.giveBack()
            }
            pair.close()
        }
    }

    @Test func `hurrying ends the delay that is under way`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var pace = Pace()
            pace.firstReadDelay = .seconds(60)
            let paced = PacedStream(pair.client, pace)
            try await pair.server.write("x")
            let reader = Netpoller.spawn {
                let chunk = try await paced.readChunk(maximum: nil)
                return chunk.count
            }
            await letOthersRun()
            paced.hurry()
            #expect(try await reader.value == 1)
            pair.close()
        }
    }

    @Test func `a reader and a writer wait for their times side by side`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var pace = Pace()
            (pace.readSize, pace.writeSize) = (1, 1)
            (pace.readDelay, pace.writeDelay) = (.milliseconds(7), .milliseconds(5))
            let paced = PacedStream(pair.client, pace)
            let bytes = Array("0123456789".utf8)
            let writer = Netpoller.spawn { try await paced.write(bytes) }
            try await pair.server.write(bytes)
            for _ in bytes {
                let chunk = try await paced.readChunk(maximum: nil)
                #expect(chunk.count == 1)
            }
            try await writer.value
            try await pair.server.waitUntilReceived(10)
            pair.close()
        }
    }
}
