import Testing

@testable import SockKit

/// One end of a loopback connection that is read with faults, and its other end, which writes.
@Suite(.timeLimit(.minutes(2))) struct FaultySourceTests {
    @Netpoller
    private final class Way {
        let writer: Connection
        let source: FaultySource
        private let pair: Loopback
        var cuts: [FaultyCut] = []
        var silences: [Int] = []

        init(_ network: Network = .tcp, seed: UInt64 = 1, _ change: (inout StreamFaults) -> Void) async throws {
            pair = try await loopback(network)
            writer = pair.client
            source = FaultySource(pair.server)
            source.onCut = { [unowned self] in self.cuts.append($0) }
            source.onSilence = { [unowned self] in self.silences.append($0) }
            apply(seed: seed, change)
        }

        /// Dice that were thrown before stay, whatever the seed is.
        func apply(seed: UInt64 = 1, _ change: (inout StreamFaults) -> Void) {
            var faults = StreamFaults()
            change(&faults)
            source.apply([(id: 1, faults: faults, seed: seed)])
        }

        /// Everything to the end, and how large its pieces were.
        func readAll() async throws -> (bytes: [UInt8], pieces: [Int]) {
            var (bytes, pieces): ([UInt8], [Int]) = ([], [])
            while true {
                let chunk = try await source.readChunk(maximum: nil)
                if chunk.isEnd { return (bytes, pieces) }
                bytes += chunk.copy()
                pieces.append(chunk.count)
            }
        }

        func text(upTo maximum: Int? = nil) async throws -> String {
            String(decoding: try await source.readChunk(maximum: maximum).copy(), as: UTF8.self)
        }

        func close() {
            source.end()
            pair.close()
        }
    }

    private static let latency = Duration.milliseconds(60)

    @Test func `latency delays bytes, the end comes as late, and many are under way at once`() async throws {
        try await onLoop {
            let latency = Duration.milliseconds(400)
            let way = try await Way { $0.latency = latency }
            let reading = Netpoller.spawn { () async throws -> [Deadline] in
                var times: [Deadline] = []
                for index in 0..<10 {
                    #expect(try await way.text(upTo: 1) == "\(index)")
                    times.append(.now)
                }
                #expect(try await way.source.readChunk(maximum: nil).isEnd)
                return times + [.now]
            }
            var sent: [Deadline] = []
            for index in 0..<10 {
                sent.append(.now)
                try await way.writer.write("\(index)")
            }
            try await waitUntil("all of them under way together") { way.source.bytesHeld == 10 }
            sent.append(.now)
            try way.writer.closeWrite()
            for (left, came) in zip(sent, try await reading.value) { #expect(came - left >= latency) }
            way.close()
        }
    }

    @Test func `a reset comes as late as all else, after what was sent before it`() async throws {
        try await onLoop {
            let way = try await Way { $0.latency = Self.latency }
            // A reader waits already.
            let first = Netpoller.spawn { try await way.text() }
            try await way.writer.write("last words")
            #expect(try await first.value == "last words")
            let start = Deadline.now
            way.writer.reset()
            await #expect(throws: NetworkError.self) { _ = try await way.text() }
            #expect(.now - start >= Self.latency)
            way.close()
        }
    }

    @Test func `jitter keeps the order, and nothing comes before its time`() async throws {
        try await onLoop {
            for isNormal in [false, true] {
                let way = try await Way {
                    $0.latency = .milliseconds(30)
                    $0.jitter = .init(.milliseconds(30), isNormal: isNormal)
                }
                let data = (0..<200).map { UInt8($0) }
                Netpoller.spawn {
                    for byte in data {
                        try await way.writer.write([byte])
                        await Netpoller.sleep(for: .milliseconds(1))
                    }
                    try way.writer.closeWrite()
                }
                #expect(try await way.readAll().bytes == data)
                way.close()
            }
        }
    }

    @Test func `what waits is bounded, and all of it comes`() async throws {
        try await onLoop {
            let way = try await Way { $0.latency = .milliseconds(300) }
            let data = [UInt8](repeating: 9, count: 24 << 20)
            let writing = Netpoller.spawn {
                try await way.writer.write(data)
                try way.writer.closeWrite()
            }
            let reading = Netpoller.spawn { try await way.readAll().bytes.count }
            var most = 0
            while true {
                most = max(most, way.source.bytesHeld)
                if most > 3 << 20 { break }
                await Netpoller.sleep(for: .milliseconds(1))
            }
            #expect(try await reading.value == data.count)
            // A read more than the limit, at most.
            #expect(most <= 4 << 20 + 64 << 10)
            try await writing.value
            way.close()
        }
    }

    @Test func `a rate is not exceeded, and its first bytes come at once`() async throws {
        try await onLoop {
            let way = try await Way { $0.rate = 100_000 }
            try await way.writer.write([UInt8](repeating: 1, count: 50_000))
            try way.writer.closeWrite()
            let start = Deadline.now
            let (bytes, pieces) = try await way.readAll()
            // The end comes when the last byte would have gone.
            #expect(.now - start >= .milliseconds(499))
            #expect(bytes.count == 50_000 && pieces.allSatisfy { $0 <= 800 })
            way.close()
        }
    }

    @Test func `a slice is so many bytes, and a pause comes before the next`() async throws {
        try await onLoop {
            let way = try await Way { $0.slice = .init(4, .milliseconds(10)) }
            try await way.writer.write("0123456789")
            try way.writer.closeWrite()
            let start = Deadline.now
            let (bytes, pieces) = try await way.readAll()
            #expect(bytes == Array("0123456789".utf8) && pieces == [4, 4, 2])
            #expect(.now - start >= .milliseconds(20))
            way.close()
        }
    }

    @Test func `a stall comes once, after its bytes`() async throws {
        try await onLoop {
            let way = try await Way { $0.stall = .init(.milliseconds(80), after: 3) }
            try await way.writer.write("abcdefgh")
            try way.writer.closeWrite()
            #expect(try await way.text() == "abc")
            let start = Deadline.now
            #expect(try await way.text() == "defgh")
            #expect(.now - start >= .milliseconds(80))
            #expect(try await way.source.readChunk(maximum: nil).isEnd)
            way.close()
        }
    }

    @Test func `a stall in the place of one that has passed comes as well`() async throws {
        try await onLoop {
            let way = try await Way { $0.stall = .init(.milliseconds(1), after: 3) }
            try await way.writer.write("abcdefgh")
            #expect(try await way.text() == "abc")
            #expect(try await way.text() == "defgh")
            way.apply { $0.stall = .init(.milliseconds(80), after: 10) }
            try await way.writer.write("ijkl")
            #expect(try await way.text() == "ij")
            let start = Deadline.now
            #expect(try await way.text() == "kl")
            #expect(.now - start >= .milliseconds(80))
            way.close()
        }
    }

    @Test(arguments: [true, false], [0, 1, 70_001])
    func `a cut comes after exactly so many bytes`(resets: Bool, size: Int) async throws {
        try await onLoop {
            let way = try await Way {
                if resets { $0.resetAfter = .bytes(size) } else { $0.closeAfter = .bytes(size) }
            }
            let writing = Netpoller.spawn { try? await way.writer.write([UInt8](repeating: 1, count: 200_000)) }
            var count = 0
            let reading = Netpoller.spawn {
                while let chunk = try? await way.source.readChunk(maximum: nil) { count += chunk.count }
            }
            try await waitUntil("the cut") { !way.cuts.isEmpty }
            #expect(way.cuts == [FaultyCut(resets: resets, isExact: true, id: 1)])
            #expect(count == size)
            reading.cancel()
            await reading.value
            way.close()
            await writing.value
        }
    }

    @Test func `a cut at a time comes whatever goes on, and not before`() async throws {
        try await onLoop {
            let start = Deadline.now
            let way = try await Way { $0.closeAfter = .time(.milliseconds(50)) }
            try await waitUntil("the cut") { !way.cuts.isEmpty }
            #expect(.now - start >= .milliseconds(50))
            #expect(way.cuts == [FaultyCut(resets: false, isExact: false, id: 1)])
            way.close()
        }
    }

    @Test func `after the drop there is silence, and the end is kept back`() async throws {
        try await onLoop {
            let way = try await Way { $0.dropAfter = 5 }
            try await way.writer.write("hello, world")
            #expect(try await way.text() == "hello")
            try await way.writer.write("more")
            try way.writer.closeWrite()
            // It reads as an end, so that whoever reads can stop, and says that nobody is to be told.
            #expect(try await way.source.readChunk(maximum: nil).isEnd)
            #expect(way.source.isSilent && way.silences == [1])
            way.close()
        }
    }

    @Test func `the same seed changes the same bits, however the bytes come`() async throws {
        try await onLoop {
            let data = [UInt8](repeating: 0, count: 100_000)
            var results: [[UInt8]] = []
            for (seed, piece) in [(UInt64(7), 100_000), (7, 999), (8, 100_000)] {
                let way = try await Way(seed: seed) { $0.corruption = 0.01 }
                Netpoller.spawn {
                    for start in stride(from: 0, to: data.count, by: piece) {
                        try await way.writer.write(Array(data[start..<min(start + piece, data.count)]))
                        await Task.yield()
                    }
                    try way.writer.closeWrite()
                }
                results.append(try await way.readAll().bytes)
                way.close()
            }
            #expect(results[0] == results[1] && results[0] != results[2])
            let changed = results[0].filter { $0 != 0 }
            #expect(changed.allSatisfy { $0.nonzeroBitCount == 1 })
            // 1,000 are expected, with a deviation of 31.
            #expect((700...1300).contains(changed.count))
        }
    }

    @Test func `messages stay whole, empty ones too`() async throws {
        try await onLoop {
            let way = try await Way(.unixpacket) {
                $0.slice = .init(2, .milliseconds(1))
                $0.latency = .milliseconds(5)
                $0.resetAfter = .bytes(9)
            }
            let reading = Netpoller.spawn { try await way.text() }
            for text in ["one", "", "three", "four"] { try await way.writer.write(text) }
            #expect(try await reading.value == "one")
            let empty = try await way.source.readChunk(maximum: nil)
            #expect(empty.isEmpty && !empty.isEnd)
            #expect(try await way.text() == "three")
            // The next one does not fit any more.
            let rest = Netpoller.spawn { try? await way.text() }
            try await waitUntil("the cut") { !way.cuts.isEmpty }
            rest.cancel()
            #expect(await rest.value == nil)
            way.close()
        }
    }

    @Test func `faults change while bytes are waited for, and what was counted stays`() async throws {
        try await onLoop {
            let way = try await Way { $0.latency = Self.latency }
            let first = Netpoller.spawn { try await way.text() }
            try await way.writer.write("a")
            #expect(try await first.value == "a")
            way.apply { $0.resetAfter = .bytes(3) }
            try await way.writer.write("bcdef")
            var rest = ""
            let reading = Netpoller.spawn { while let text = try? await way.text() { rest += text } }
            try await waitUntil("the cut") { !way.cuts.isEmpty }
            #expect(rest == "bc")
            reading.cancel()
            way.close()
        }
    }

    @Test func `faults that are added while bytes are being taken do not count those`() async throws {
        try await onLoop {
            let way = try await Way { _ in }
            try await way.writer.write("abc")
            #expect(try await way.text() == "abc")
            var cutting = StreamFaults()
            cutting.resetAfter = .bytes(2)
            way.source.apply([(id: 2, faults: cutting, seed: 2)])
            try await way.writer.write("defg")
            var rest = ""
            let reading = Netpoller.spawn { while let text = try? await way.text() { rest += text } }
            try await waitUntil("the cut") { !way.cuts.isEmpty }
            #expect(rest == "de")
            reading.cancel()
            way.close()
        }
    }

    @Test func `a cut that is due already comes at once, though nothing arrives`() async throws {
        try await onLoop {
            let way = try await Way { _ in }
            let reading = Netpoller.spawn { try? await way.text() }
            await letOthersRun()
            way.apply { $0.resetAfter = .bytes(0) }
            #expect(way.cuts.count == 1)
            reading.cancel()
            _ = await reading.value
            way.close()
        }
    }

    @Test func `two sets add up`() async throws {
        try await onLoop {
            let way = try await Way { _ in }
            var (late, sliced) = (StreamFaults(), StreamFaults())
            late.latency = .milliseconds(30)
            sliced.latency = .milliseconds(20)
            sliced.slice = .init(1, .zero)
            way.source.apply([(id: 1, faults: late, seed: 1), (id: 2, faults: sliced, seed: 2)])
            let start = Deadline.now
            try await way.writer.write("xy")
            #expect(try await way.text() == "x")
            #expect(.now - start >= .milliseconds(50))
            way.close()
        }
    }
}
