import Testing

@testable import SockKit

/// What streams, and those who join two of them, make of a connection that is broken off in the middle: what went is told as
/// gone, what did not as lost, and neither is told twice.
@Suite(.timeLimit(.minutes(5))) struct BrokenOffTests {
    // MARK: Frames that are cut off

    @Test func `the part of a frame that came before a reset is given before the reset is told`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let output = OutputFromFrames(FrameRules(.line), of: pair.client.names)
            let stream = TransformedStream(pair.client, output)
            try await pair.server.write("one\nhalf")
            try await pair.client.waitUntilReceived(8)
            #expect(try await text(of: stream) == "one\n")
            pair.server.reset()
            #expect(try await text(of: stream) == "half\n")
            for _ in 0..<2 {
                let error = try await failure { _ = try await stream.readChunk(maximum: nil) }
                #expect(error.errno == .connectionReset)
            }
            #expect(output.cutOff?.code == "frame")
            pair.close()
        }
    }

    @Test func `a read that takes too long cuts no frame off`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let output = OutputFromFrames(FrameRules(.line), of: pair.client.names)
            let stream = TransformedStream(pair.client, output)
            try await pair.server.write("ha")
            try await pair.client.waitUntilReceived(2)
            pair.client.readTimeout = .milliseconds(20)
            let error = try await failure { _ = try await stream.readChunk(maximum: nil) }
            #expect(error.isTimeout && output.cutOff == nil)
            pair.client.readTimeout = nil
            try await pair.server.write("lf\n")
            #expect(try await text(of: stream) == "half\n")
            pair.close()
        }
    }

    @Test func `what there is of a frame is taken once, and nothing of one that was refused`() async throws {
        try await onLoop {
            let pair = try await loopback()
            var rules = FrameRules(.line)
            rules.maximum = 4
            let output = OutputFromFrames(rules, of: pair.client.names)
            var made: [UInt8] = []
            let (begun, tooLong) = (Array("one\nhal".utf8), Array("lo there".utf8))
            try output.push(begun.span, into: &made)
            let (rest, again) = (output.takeRest(), output.takeRest())
            #expect(String(decoding: made, as: UTF8.self) == "one\n")
            #expect(String(decoding: rest, as: UTF8.self) == "hal\n" && again.isEmpty && output.cutOff == nil)
            try? output.push(tooLong.span, into: &made)
            let refused = output.takeRest()
            #expect(refused.isEmpty)
            pair.close()
        }
    }

    @Netpoller
    private func text(of stream: TransformedStream) async throws -> String {
        let chunk = try await stream.readChunk(maximum: nil)
        return String(decoding: chunk.copy(), as: UTF8.self)
    }

    // MARK: A junction that ends while something is being given

    /// Takes a little of what it is given and no more, until it is told to stop.
    private final class Reluctant: WrappedStream {
        static let most = 3
        let begun = Promise<Void>()
        let stopped = Promise<Void>()
        override var plainSink: PlainDescriptor? { nil }

        override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
            begun.fulfil(())
            await Netpoller.sleep(until: nil)
            stopped.fulfil(())
            throw names.failure(.write, .cancelled).after(Self.most)
        }
    }

    /// When its figures are asked for, the task that gives may have stopped already.
    enum Asked: String, CaseIterable, Sendable {
        case atOnce, later
    }

    @Test(arguments: Asked.allCases)
    func `what was being given when a junction ended is counted as given, and the rest as lost`(
        asked: Asked
    ) async throws {
        try await onLoop {
            let (left, right) = (try await loopback(), try await loopback())
            let far = Reluctant(right.client)
            let junction = Junction(left.server, far)
            junction.start()
            try await left.client.write("0123456789")
            _ = await far.begun.wait(until: .now + patience)
            junction.stop()
            if asked == .later {
                _ = await far.stopped.wait(until: .now + patience)
                await letOthersRun()
            }
            await junction.settle()
            #expect(junction.bytesUp == Reluctant.most && junction.bytesLost.up == 10 - Reluctant.most)
            #expect(junction.bytesDown == 0 && junction.bytesLost.down == 0)
            // It is not counted twice.
            await junction.settle()
            #expect(junction.bytesLost.up == 10 - Reluctant.most)
            left.close()
            right.close()
        }
    }

    // MARK: Slow writes that are cut off

    /// What a write waits for before its next piece: here longer than anybody does.
    enum Slowness: String, CaseIterable, Sendable {
        case pieces, lines, rate

        var pace: Pace {
            var pace = Pace()
            switch self {
            case .pieces: (pace.writeSize, pace.writeDelay) = (4, .seconds(3600))
            case .lines: pace.lineDelay = .seconds(3600)
            case .rate: pace.rate = 1
            }
            return pace
        }
    }

    @Test(arguments: Slowness.allCases)
    func `a slow write that is cut off while it waits says how much had gone`(slowness: Slowness) async throws {
        try await onLoop {
            let pair = try await loopback()
            let seen = Log<Int>()
            let watched = WatchedStream(pair.client, seesWritten: { seen.entries.append($0.count) })
            let paced = PacedStream(watched, slowness.pace)
            let writer = Netpoller.spawn {
                try await paced.write(Array(String(repeating: "a line\n", count: 1000).utf8))
            }
            // Nothing but the next piece's time is waited for from then on.
            try await waitUntil("the first piece") { !seen.entries.isEmpty }
            writer.cancel()
            let error = try await failure { try await writer.value }
            #expect(error.cause == .cancelled && error.bytesTransferred > 0)
            #expect(error.bytesTransferred == seen.entries.reduce(0, +))
            pair.close()
        }
    }
}
